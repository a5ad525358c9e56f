"""What can be wrong with a slip, where it stands, and in which words a collector is told."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from banker.rules.notation.fold import Folded

UNKNOWN_TERM = "unknown-term"
NOT_THREE_DIGITS = "not-three-digits"
NO_STAKE = "no-stake"
BAD_STAKE = "bad-stake"
BAD_RANGE = "bad-range"
NO_ORDERS = "no-orders"
AMBIGUOUS = "ambiguous"
TOTAL_DIFFERS = "total-differs"
TOO_LONG = "too-long"
EMPTY = "empty"

CODES = (
    UNKNOWN_TERM,
    NOT_THREE_DIGITS,
    NO_STAKE,
    BAD_STAKE,
    BAD_RANGE,
    NO_ORDERS,
    AMBIGUOUS,
    TOTAL_DIFFERS,
    TOO_LONG,
    EMPTY,
)

LONGEST_QUOTE = 40


class Problem(msgspec.Struct, frozen=True):
    """A span of the slip that cannot be taken. Lines and columns count from 1, columns in code
    points of the text as it came, and `text` is what stands there."""

    line: int
    column: int
    text: str
    problem: str
    detail: str


class Complaint(NamedTuple):
    """A problem while its line is still being read: a span of the folded line."""

    start: int
    end: int
    problem: str
    words: str
    quotes_line: bool = False

    def stated(self, line: int, original: str, folded: Folded) -> Problem:
        """The same, over the text as it came."""
        start, end = folded.span(self.start, self.end)
        is_short = len(original) <= LONGEST_QUOTE
        quoted = original.strip() if self.quotes_line and is_short else original[start:end]
        if len(quoted) > LONGEST_QUOTE:
            quoted = quoted[:LONGEST_QUOTE] + "…"
        # A folded K is a word of its own, and a k to everyone else.
        detail = f"“{quoted}” — {self.words.replace('K', 'k')}"
        return Problem(line, start + 1, original[start:end], self.problem, detail)


class Unreadable(Exception):
    """The span does not read, or reads in two ways."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__(self.complaints)
