"""Plain numbers and a stake, parted by marks: `123-500`, `111/222/333-500`.

The same signs join numbers, part them from their stake and stand inside a stake, so every way of
parting the end of the line is tried; the line reads where just one way is left, and a sure one.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from banker.rules.notation.stake import CURRENCY_PATTERN
from banker.rules.notation.stakes import Groups, Stakes, put, read_stakes, two_ways

_run = re.compile(r"[0-9]{3}(?![0-9])(?:(?: ?[-,/.] ?| )[0-9]{3}(?![0-9]))*")
_number = re.compile("[0-9]{3}")
_mark = re.compile(r" ?[-:/*@,.] ?| ")
_glued_to_number = re.compile(r"[0-9]{3}\.")
# A stake with orders that may as well be the next number of a list, and its orders.
_number_first = re.compile(r"[0-9]{3} ?r")
_decimal = re.compile(rf"[0-9]+\.[0-9]+(?: ?{CURRENCY_PATTERN})?(?: ?r.*)?")

JOINERS = frozenset(" ,/.")
# A stake of nine digits in groups looks like three numbers: so far back may the stake begin.
_LONGEST_STAKE_IN_NUMBERS = 3


class Parting(NamedTuple):
    """One way of reading the line: so many numbers, the mark after them, the stakes behind it."""

    named: int
    joiner: str | None
    mark: str
    written: str
    stakes: Stakes

    @property
    def sign(self) -> str:
        return self.mark.strip(" ") or " "


def read_plain(text: str, at: int) -> Groups | None:
    """Stakes on plain numbers; `None` where the text is of another kind.

    Raises `Unreadable` where it could mean two things.
    """
    run = _run.match(text)
    if run is None:
        return None
    places = [match.start() for match in _number.finditer(run.group())]
    fewest = max(1, len(places) - _LONGEST_STAKE_IN_NUMBERS)
    partings = [
        parting
        for count in range(fewest, len(places) + 1)
        if (parting := _parted(text, places, count)) is not None
    ]
    if not partings:
        return None
    chosen = partings[0]
    if len(partings) > 1 and not _is_decimal_stake(partings):
        raise two_ways(text, at, _advice(partings))
    if not _is_sure(chosen):
        raise two_ways(text, at, _advice(partings))
    numbers = [(int(text[place : place + 3]), at + place) for place in places[: chosen.named]]
    return put(numbers, chosen.stakes)


def _parted(text: str, places: list[int], count: int) -> Parting | None:
    end = places[count - 1] + 3
    mark = _mark.match(text, end)
    if mark is None:
        return None
    written = text[mark.end() :]
    stakes = read_stakes(written)
    if stakes is None:
        return None
    gaps = {text[one + 3 : other].strip(" ") or " " for one, other in pairwise(places[:count])}
    joiner = gaps.pop() if len(gaps) == 1 else None
    return Parting(count, joiner, mark.group(), written, stakes)


def _is_decimal_stake(partings: list[Parting]) -> bool:
    """`123 500.50` is 500.50 on 123, though `.` might mark a stake of 50: a number, a space and
    an amount of money are the plainest line there is."""
    first, *others = partings
    return (
        first.named == 1
        and first.mark == " "
        and _decimal.fullmatch(first.written) is not None
        and all(other.mark == "." for other in others)
    )


def _is_sure(parting: Parting) -> bool:
    written, mark, sign = parting.written, parting.mark, parting.sign
    has_orders = parting.stakes.orders is not None
    if mark == " .":
        return False
    if has_orders and sign in ",/." and _number_first.match(written):
        return False
    if parting.named == 1:
        if sign == ",":
            in_stake = "," in written or _glued_to_number.match(written)
            return not in_stake and not (has_orders and " " in mark)
        return sign != "." or not ("," in written or "." in written)
    if parting.joiner not in JOINERS or parting.joiner == sign:
        return False
    if sign == " " and has_orders:
        return False
    if mark == "." and parting.joiner == " ":
        return False
    return not (sign == "," and " " in mark and parting.named == 2)


def _advice(partings: list[Parting]) -> str:
    if any(parting.joiner == "-" for parting in partings):
        return "a range or a list? Write 120~129 = 500, or 120 129 = 500."
    return (
        "could be read in two ways. Put = before the stake, as in 111 222 = 500 "
        "or 123=500,000, and part bets with ; or a new line."
    )
