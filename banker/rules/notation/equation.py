"""Lines with `=`: terms to its left, their stake to its right."""

import re

from banker.rules.notation.problem import (
    AMBIGUOUS,
    NO_STAKE,
    UNKNOWN_TERM,
    Complaint,
    Unreadable,
)
from banker.rules.notation.stakes import (
    Groups,
    Stakes,
    put,
    read_stakes,
    stakes_complaint,
    two_ways,
)
from banker.rules.notation.term import TERM_PATTERN, expand, trouble

_item = re.compile(rf"(?:[0-9]{{3}}-[0-9]{{3}}|{TERM_PATTERN})(?=[ ,/.]|$)")
_separator = re.compile(r" ?[,/] ?| ?\.(?!\.) ?| ")
_word = re.compile(r"[^ ,/.]+")
_signs = re.compile(r"[ ,/.]+")
_number = re.compile("[0-9]{3}")
_lone_range = re.compile(r"([0-9]{3}) ?(-|~|\.\.) ?([0-9]{3})")
_dashed_numbers = re.compile(r"[0-9]{3}(?:-[0-9]{3}){2,}")

# A term of the left side: its text as a term, and where it stands.
Item = tuple[str, int]


def read_equation(text: str) -> Groups:
    """The bets of a line that has a `=`. Raises `Unreadable`, with all that is wrong in it."""
    left, _, right = text.partition("=")
    if "=" in right or ";" in text:
        raise two_ways(text, 0, "one = in a line, without ;. Give each its own line: 123 = 500.")
    complaints: list[Complaint] = []
    items = _items(left.rstrip(" "), complaints)
    stakes = _stakes(text, len(left) + 1, complaints)
    if complaints or stakes is None:
        raise Unreadable(complaints)
    return _put(items, stakes, text)


def _stakes(text: str, after: int, complaints: list[Complaint]) -> Stakes | None:
    right = text[after:].lstrip(" ")
    if not right:
        complaints.append(
            Complaint(0, len(text), NO_STAKE, "the stake is missing after =: 123 = 500.")
        )
        return None
    stakes = read_stakes(right, after_equals=True)
    if stakes is None:
        complaints.append(stakes_complaint(right, len(text) - len(right)))
    return stakes


def _put(items: list[Item], stakes: Stakes, text: str) -> Groups:
    if all(_number.fullmatch(term) for term, _ in items):
        return put([(int(term), at) for term, at in items], stakes)
    if stakes.orders is not None:
        raise two_ways(
            text, 0, "a stake for other orders goes with plain numbers: 123 = 500 r 300."
        )
    return [(expand(term) or (), stakes.each) for term, _ in items]


def _items(left: str, complaints: list[Complaint]) -> list[Item]:
    if not left:
        complaints.append(Complaint(0, 1, UNKNOWN_TERM, "a number is missing before =: 123 = 500."))
        return []
    lone = _lone_range.fullmatch(left)
    if lone is not None:
        return _accepted([], f"{lone[1]}~{lone[3]}", 0, len(left), complaints)
    items: list[Item] = []
    place = 0
    while place < len(left):
        item = _item.match(left, place)
        end = item.end() if item else _end_of_word(left, place)
        term = left[place:end]
        if item is None:
            complaints.append(_complaint(term, place))
        elif term.endswith(" r") and left[:place].endswith(" ") and _ends_in_number(items, place):
            words = f"which numbers is r for? Write it close: {term[:3]}r."
            complaints.append(Complaint(items[-1][1], end, AMBIGUOUS, words))
        else:
            _accepted(items, _as_range(term), place, end, complaints)
        separator = _separator.match(left, end)
        place = separator.end() if separator else end
        if separator and place == len(left):
            complaints.append(
                Complaint(end, place, UNKNOWN_TERM, "a number is missing after this sign.")
            )
    return items


def _accepted(
    items: list[Item], term: str, start: int, end: int, complaints: list[Complaint]
) -> list[Item]:
    if expand(term) is None:
        complaints.append(Complaint(start, end, *trouble(term)))
    else:
        items.append((term, start))
    return items


def _as_range(term: str) -> str:
    return term.replace("-", "~")


def _ends_in_number(items: list[Item], place: int) -> bool:
    return bool(items) and items[-1][1] + 4 == place and len(items[-1][0]) == 3


def _end_of_word(left: str, place: int) -> int:
    """The end of what is no term: a word, or signs that have no term between them."""
    match = _word.match(left, place) or _signs.match(left, place)
    return match.end() if match else len(left)


def _complaint(word: str, at: int) -> Complaint:
    end = at + len(word)
    if _dashed_numbers.fullmatch(word):
        words = "a range or a list? Write 120~129 = 500, or 111 222 333 = 500."
        return Complaint(at, end, AMBIGUOUS, words)
    if not word.strip(" ,/."):
        return Complaint(at, end, UNKNOWN_TERM, "one sign between two numbers: 111, 222 = 500.")
    return Complaint(at, end, *trouble(word))
