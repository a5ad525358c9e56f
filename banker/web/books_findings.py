"""The findings that still stand, and which purse a person could mend."""

import re
from collections.abc import Sequence

import msgspec

from banker.books.samples import Verified
from banker.books.verify import Finding

# The check whose findings a correction mends: a purse beside the sum of its entries.
MENDED_CHECK = "balances"

_account = re.compile(r"account ([1-9][0-9]{0,8}) \(.*")


class Standing(msgspec.Struct, frozen=True):
    """A finding, and the number of the purse that it names where that can be mended."""

    finding: Finding
    account_id: int | None


def standing_findings(verified: Sequence[Verified], count: int | None) -> list[Standing]:
    """What the last verification found, and the last whole one, each finding once."""
    if not count:
        return []
    last = [*verified[:1], *[one for one in verified if one.whole][:1]]
    found = dict.fromkeys(finding for one in last for finding in one.findings)
    return [Standing(finding, _account_id(finding)) for finding in found]


def _account_id(finding: Finding) -> int | None:
    named = _account.fullmatch(finding.row)
    return int(named[1]) if named and finding.check == MENDED_CHECK else None
