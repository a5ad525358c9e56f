"""The commonest line, a number and a whole stake: read without the general reader, and just as that
would read it."""

import re

from banker.rules.notation.stake import LARGEST_STAKE_CENTS
from banker.rules.number import LABELS

LONGEST_TEXT_BYTES = 64 * 1024
MOST_LINES = 2_000

_PATTERN = r" *([0-9]{3})(?: +| *[-=:/*@,] *|\. *| +\. +)([1-9][0-9]{0,8}) *"
LINE = re.compile(_PATTERN)
_numbers = {label: number for number, label in enumerate(LABELS)}
_lines = re.compile(f"^{_PATTERN}$", re.MULTILINE)


def plain_stakes(text: str) -> dict[int, int] | None:
    """Cents by number, in number order, of a slip that has no other lines; None for any other slip,
    which `parse` reads."""
    count = text.count("\n") + (not text.endswith("\n"))
    if count > MOST_LINES or len(text) > LONGEST_TEXT_BYTES:
        return None
    lines = _lines.findall(text)
    if len(lines) != count:
        return None
    lines.sort()
    stakes = {_numbers[number]: int(whole) * 100 for number, whole in lines}
    if len(stakes) < count:
        stakes = dict.fromkeys(stakes, 0)
        for number, whole in lines:
            stakes[_numbers[number]] += int(whole) * 100
        if max(stakes.values()) > LARGEST_STAKE_CENTS:
            return None
    return stakes
