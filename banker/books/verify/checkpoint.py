"""Checkpoints: where a verification without a finding left the books, and where the next begins."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from banker.books.verify.scope import Checkpoint, Scope, Staked
from banker.database import Connection, queries

_checkpoint = queries("verify/checkpoint")

# A closing, a draw or the end of a bonus is stamped before it is seen, by as long as its
# transaction took.
_UNSEEN = timedelta(minutes=10)


class Account(msgspec.Struct, frozen=True):
    """An account at a checkpoint: what its entries came to, and the last sequence of them."""

    account_id: int
    total: Any
    sequence: int


class Survey(msgspec.Struct, frozen=True):
    """What a verification saw, and would keep: the last transfer and link below which nothing is
    still to come, every account there; and of the purses, how many hold what their entries say."""

    at: datetime
    up_to: int
    position: int
    accounts: list[Account]
    account_count: int
    equal_count: int


async def last(connection: Connection) -> Checkpoint | None:
    """The checkpoint to begin at; None where there is none yet."""
    row = await _checkpoint.read_last(connection)
    return row and Checkpoint(row["up_to"], row["position"], row["at"])


async def scope(connection: Connection, since: Checkpoint | None) -> Scope:
    """What there is to go over from a checkpoint on; everything, without one."""
    if since is None:
        return Scope()
    after = since.at - _UNSEEN
    phases = await _checkpoint.touched_phases(connection, since=since.up_to, after=after)
    staked = {
        row["phase_id"]: Staked(
            row["up_to"],
            row["voided_up_to"],
            Counter(dict(zip(row["numbers"], map(int, row["cents"]), strict=True))),
            Counter(dict(zip(row["numbers"], map(int, row["weights"]), strict=True))),
        )
        async for row in _checkpoint.read_staked(connection, phases=phases)
    }
    return Scope(since.up_to, since.position, after, phases, staked)


async def survey(connection: Connection, since: Checkpoint | None) -> Survey:
    """The books as this moment leaves them, in the transaction of the verification itself."""
    bounds = await _checkpoint.read_bounds(connection)
    start = since.up_to if since else 0
    up_to = max(start, bounds["transfer_id"])
    rows = [row async for row in _checkpoint.survey(connection, since=start, up_to=up_to)]
    purses = [row for row in rows if row["is_purse"]]
    return Survey(
        at=bounds["at"],
        up_to=up_to,
        position=max(since.position if since else 0, bounds["position"]),
        accounts=[Account(row["id"], row["total"], row["sequence"]) for row in rows],
        account_count=len(purses),
        equal_count=sum(row["is_equal"] for row in purses),
    )


async def keep(connection: Connection, seen: Survey, staked: Mapping[int, Staked]) -> None:
    """Write what was seen, for the next verification to begin at; an older one is left behind."""
    for phase_id, one in staked.items():
        numbers = sorted(one.cents)
        await _checkpoint.keep_staked(
            connection,
            phase_id=phase_id,
            up_to=one.up_to,
            voided_up_to=one.voided_up_to,
            numbers=numbers,
            cents=[one.cents[number] for number in numbers],
            weights=[one.weights[number] for number in numbers],
        )
    await _checkpoint.keep(
        connection,
        up_to=seen.up_to,
        account_ids=[account.account_id for account in seen.accounts],
        totals=[account.total for account in seen.accounts],
        sequences=[account.sequence for account in seen.accounts],
    )
