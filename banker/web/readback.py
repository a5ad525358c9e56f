"""A slip read back to its collector while it is typed: what is wrong and where it stands, what does
not fit, what it comes to. Nothing is stored and nothing is locked; placing judges again."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from banker.books.exposure import Standing
from banker.books.phase import Phase
from banker.live.figures import intake_of
from banker.rules import limits, notation
from banker.rules.limits import Offender
from banker.rules.money import from_cents
from banker.rules.notation import Bet, Line, Problem, Slip
from banker.rules.notation.fold import fold
from banker.rules.number import label
from banker.web.rendering import shown

MOST_TOLD = 40
MOST_BETS_SHOWN = 60
MOST_COMMENTS = 20
MOST_MARKS = 2_000
TICK = "✓ "

State = Literal["blank", "unreadable", "stopped", "room", "funds", "ready"]


class Readback(msgspec.Struct, frozen=True):
    """What the page tells of a slip. `offenders` ask more than their room; `left_together` is set
    where each number fits but the phase's total limit does not hold all of them; `available` is
    set where the balance is less than the total; `stop` says why the phase takes no slip."""

    slip: Slip
    state: State
    stop: str
    offenders: tuple[Offender, ...]
    left_together: Decimal | None
    available: Decimal | None
    has_prefixes: bool

    @property
    def status(self) -> str:
        """The state in the few words that stand beside the button."""
        lines = len({problem.line for problem in self.slip.problems})
        over = len(self.offenders)
        return {
            "blank": "",
            "unreadable": f"{lines:,} line{'' if lines == 1 else 's'} to mend",
            "stopped": "no slips are taken",
            "room": f"{over:,} number{'' if over == 1 else 's'} over the room"
            if over
            else "over the phase’s limit",
            "funds": "more than the balance",
            "ready": "ready to send",
        }[self.state]

    def margins(self) -> list[tuple[int, str, str]]:
        """What stands to the right of each line: line, words, and kind (`""`, `good`, `bad`,
        `warn`)."""
        if self.state == "blank":
            return []
        wrong = {problem.line: problem.problem for problem in reversed(self.slip.problems)}
        over = {line.line: numbers for line, numbers in self._lines_over()}
        margins = [(line, code.replace("-", " "), "bad") for line, code in wrong.items()]
        for line in self.slip.lines:
            if line.line in wrong:
                continue
            numbers = over.get(line.line, [])
            if not numbers:
                margins.append((line.line, *_margin(line)))
            elif len(numbers) == 1:
                margins.append((line.line, f"room {_shown(numbers[0].room)}", "warn"))
            else:
                margins.append((line.line, f"{len(numbers)} over the room", "warn"))
        return margins

    def marks(self) -> list[tuple[int, int, int, str]]:
        """What is underlined: line and column from 1, length in code points, and kind. As many at
        most as a page draws while somebody types."""
        if self.state == "blank":
            return []
        marks = [
            (problem.line, problem.column, max(len(problem.text), 1), "bad")
            for problem in self.slip.problems
        ]
        for line, numbers in self._lines_over():
            if len(marks) >= MOST_MARKS:
                break
            marks += [(line.line, *span, "warn") for span in _spans(line.text, numbers)]
        return marks[:MOST_MARKS]

    def _lines_over(self) -> Iterator[tuple[Line, list[Offender]]]:
        """The lines that stake on numbers over their room. A line does not keep its numbers, so
        those that may be concerned are read once more."""
        if not self.offenders:
            return
        over = {one.number: one for one in self.offenders}
        for line in self.slip.lines:
            bets = notation.parse(line.text).bets if line.count else ()
            numbers = [over[bet.number] for bet in bets if bet.number in over]
            if numbers:
                yield line, numbers


def read_back(text: str, standing: Standing, available: Decimal) -> Readback:
    """The reading of a text against the phase as it stands and the collector's money."""
    slip = notation.parse(text)
    stop = why_stopped(standing.phase)
    offenders = [] if stop else judge(slip, standing)
    together = next((one.room for one in offenders if one.asked <= one.room), None)
    is_short = slip.total > available
    state: State = "ready"
    if not text.strip():
        state = "blank"
    elif slip.problems:
        state = "unreadable"
    elif stop:
        state = "stopped"
    elif offenders:
        state = "room"
    elif is_short:
        state = "funds"
    return Readback(
        slip=slip,
        state=state,
        stop=stop,
        offenders=() if together is not None else tuple(offenders),
        left_together=None if together is None else from_cents(together),
        available=available if is_short else None,
        has_prefixes=bool(slip.problems) and notation.strip_chat_prefixes(text) is not None,
    )


def fitted(text: str, standing: Standing, numbers: Iterable[int] | None) -> str:
    """The slip in its normal form, with the numbers named (all where None) lowered to their room
    and left out where there is none, and a comment that says so. A slip with problems is given
    back as it is: what it says is not known."""
    slip = notation.parse(text)
    if slip.problems:
        return text
    offenders = {one.number: one for one in judge(slip, standing) if one.asked > one.room}
    lowered = offenders.keys() if numbers is None else offenders.keys() & set(numbers)
    comments = [
        f"# {label(one.number)} asked {_shown(one.asked)}, room {_shown(one.room)}"
        for one in offenders.values()
        if one.number in lowered
    ]
    if len(comments) > MOST_COMMENTS:
        comments = [f"# {len(comments):,} numbers lowered to their room"]
    bets = [
        Bet(bet.number, from_cents(offenders[bet.number].room)) if bet.number in lowered else bet
        for bet in slip.bets
    ]
    return "\n".join([*comments, notation.write(bet for bet in bets if bet.amount > 0)])


def judge(slip: Slip, standing: Standing) -> list[Offender]:
    """All that stands against the slip's numbers as the phase stands."""
    phase = standing.phase
    return limits.verdict(
        slip.stakes, {one.number: one for one in standing.exposures}, intake_of(phase)
    )


def why_stopped(phase: Phase) -> str:
    """Why a phase takes no slip, in words; empty where it does."""
    if phase.takes_slips:
        return ""
    if phase.state == "draft":
        return f"{phase.name} is not open yet."
    if phase.state == "open" and not phase.overdue:
        return f"The taking of slips is stopped in {phase.name} for the moment."
    return f"{phase.name} takes no more slips: {_ended(phase)}."


def told(problems: tuple[Problem, ...]) -> list[Problem]:
    """The problems that the page spells out."""
    return list(problems[:MOST_TOLD])


def _ended(phase: Phase) -> str:
    return "its closing time has passed" if phase.state == "open" else f"it is {phase.state}"


def _shown(cents: int) -> str:
    return shown(from_cents(cents))


def _margin(line: Line) -> tuple[str, str]:
    """What stands beside a line, and its kind. The page's fonts have no tick: colour says it."""
    if line.reading.startswith(TICK):
        return line.reading.removeprefix(TICK), "good"
    if len(line.reading) <= 24:
        return line.reading, ""
    return f"{line.count:,} = {shown(line.amount)}", ""


_written = re.compile("(?<![0-9])[0-9]{3}(?![0-9])")


def _spans(text: str, numbers: list[Offender]) -> list[tuple[int, int]]:
    """Where the numbers are first written in a line, column from 1 and length; where none is
    written out, the whole line names them."""
    folded = fold(text)
    found: dict[str, tuple[int, int]] = {}
    for match in _written.finditer(folded.text):
        found.setdefault(match.group(), match.span())
    spans = []
    for one in numbers:
        if (place := found.get(label(one.number))) is not None:
            start, end = folded.span(*place)
            spans.append((start + 1, end - start))
    if spans:
        return spans
    stripped = text.strip()
    return [(text.index(stripped) + 1, len(stripped))]
