"""The figures of the books with small bars beside them, to be compared at a glance."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from banker.books.trial import Bracket, Line, Trial
from banker.web.rendering import shown


class TrialBar(msgspec.Struct, frozen=True):
    """A line of the trial balance, and its sides in percent of the longest."""

    line: Line
    debit_percent: int
    credit_percent: int


class BracketBar(msgspec.Struct, frozen=True):
    """A bracket in words, and its purses in percent of the fullest bracket."""

    words: str
    bracket: Bracket
    percent: int


def trial_bars(trial: Trial) -> list[TrialBar]:
    """Every line, its sides measured by the longest."""
    longest = max((side for line in trial.lines for side in (line.debit, line.credit)), default=0)
    return [
        TrialBar(line, _percent(line.debit, longest), _percent(line.credit, longest))
        for line in trial.lines
    ]


def bracket_bars(brackets: Sequence[Bracket]) -> list[BracketBar]:
    """Every bracket that holds a purse, measured by the fullest."""
    fullest = max((one.account_count for one in brackets), default=0)
    return [BracketBar(_words(one), one, _percent(one.account_count, fullest)) for one in brackets]


def _words(bracket: Bracket) -> str:
    if bracket.least is None and bracket.most is None:
        return "owe"
    if bracket.least is None:
        return f"below {shown(bracket.most)}"
    if bracket.most is None:
        return f"{shown(bracket.least)} and more"
    return f"from {shown(bracket.least)}"


def _percent(part: Decimal | int, whole: Decimal | int) -> int:
    """At least 1 where there is anything, so that it is seen."""
    return max(1, int(100 * part / whole)) if part and whole else 0
