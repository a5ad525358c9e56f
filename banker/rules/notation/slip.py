"""A slip: the whole text of a collector, read into bets."""

import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from banker.rules.money import from_cents, money, to_cents
from banker.rules.notation import plainest
from banker.rules.notation.chat import pasted_complaints
from banker.rules.notation.fold import Folded, fold
from banker.rules.notation.line import is_silent, read_claim, read_line
from banker.rules.notation.plainest import LONGEST_TEXT_BYTES, MOST_LINES
from banker.rules.notation.problem import (
    BAD_STAKE,
    EMPTY,
    TOO_LONG,
    TOTAL_DIFFERS,
    Complaint,
    Problem,
    Unreadable,
)
from banker.rules.notation.stake import LARGEST_STAKE_CENTS, shown
from banker.rules.notation.stakes import Groups
from banker.rules.number import NUMBERS, label

MOST_NUMBERS = 100_000
MOST_GROUPS_SHOWN = 4


class Bet(msgspec.Struct, frozen=True):
    """A number and all that the slip stakes on it."""

    number: int
    amount: Decimal


class Line(msgspec.Struct, frozen=True):
    """A line that reads: how many numbers it names, what it stakes on them in all, and the
    reading in a few figures for the page. A total's line names no number and stakes nothing."""

    line: int
    text: str
    count: int
    amount: Decimal
    reading: str


class Slip(msgspec.Struct, frozen=True):
    """All that a text says. With a problem it is to be refused whole; its bets are then those of
    the lines that do read. Bets are in number order, each number once."""

    bets: tuple[Bet, ...]
    count: int
    total: Decimal
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def stakes(self) -> dict[int, int]:
        """Cents by number, in number order."""
        return {bet.number: to_cents(bet.amount) for bet in self.bets}


def parse(text: str) -> Slip:
    """The reading of any text at all; what is wrong with it is told, never raised."""
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_TEXT_BYTES:
        detail = "a slip has at most 64 KiB of text; send it in parts."
        return Slip((), 0, from_cents(0), (), (Problem(1, 1, "", TOO_LONG, detail),))
    reading = _Reading()
    for line, original in enumerate(_lines_of(text), 1):
        if line > MOST_LINES:
            reading.stop(line, original, f"a slip has at most {MOST_LINES:,} lines")
        if reading.is_stopped:
            break
        plain = plainest.LINE.fullmatch(original)
        if plain is None:
            reading.read(line, original)
        else:
            reading.take(line, original, int(plain[1]), int(plain[2]))
    return reading.slip()


def write(bets: Iterable[Bet]) -> str:
    """Bets in the normal form, a line for each: read again, it gives the same bets."""
    return "\n".join(f"{label(bet.number)}={money(bet.amount).removesuffix('.00')}" for bet in bets)


_line_end = re.compile("\r\n|\r|\n")


def _lines_of(text: str) -> list[str]:
    lines = _line_end.split(text) if "\r" in text else text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


class _Reading:
    """What has been read so far: sums in cents by number, and lines, claims and problems."""

    def __init__(self) -> None:
        self.cents = [0] * len(NUMBERS)
        self.named = 0
        self.lines: list[Line] = []
        self.groups: list[tuple[int, str, Groups]] = []
        self.claims: list[tuple[int, str, Folded, int]] = []
        self.problems: list[Problem] = []
        self.is_stopped = False

    def take(self, line: int, original: str, number: int, whole: int) -> None:
        """A stake without cents on one number."""
        if self._has_room(line, original, 1):
            self.cents[number] += whole * 100
            self.groups.append((line, original, [((number,), whole * 100)]))
            amount = from_cents(whole * 100)
            self.lines.append(Line(line, original, 1, amount, f"1 × {whole:,}"))

    def read(self, line: int, original: str) -> None:
        """Any line."""
        folded = fold(original)
        if is_silent(folded.text):
            return
        try:
            claimed = read_claim(folded.text)
            groups = [] if claimed is not None else read_line(folded.text)
        except Unreadable as refusal:
            complaints = pasted_complaints(original, folded) or refusal.complaints
            self.problems += (each.stated(line, original, folded) for each in complaints)
            return
        if claimed is not None:
            self.claims.append((line, original, folded, claimed))
            return
        count = sum(len(numbers) for numbers, _ in groups)
        if not self._has_room(line, original, count):
            return
        staked = sum(len(numbers) * cents for numbers, cents in groups)
        for numbers, cents in groups:
            for number in numbers:
                self.cents[number] += cents
        self.groups.append((line, original, groups))
        self.lines.append(Line(line, original, count, from_cents(staked), _shown(groups, staked)))

    def stop(self, line: int, original: str, limit: str) -> None:
        """Read no further: the limit is met at this line."""
        detail = f"{limit}; nothing from here on is read. Send it in parts."
        self.problems.append(Problem(line, 1, original, TOO_LONG, detail))
        self.is_stopped = True

    def slip(self) -> Slip:
        """The whole, once every line has been read."""
        total = sum(self.cents)
        self._weigh()
        self._compare(total)
        bets = tuple(
            Bet(number, from_cents(cents)) for number, cents in enumerate(self.cents) if cents
        )
        if not (bets or self.problems):
            detail = "the slip has no bets. Write a number and its stake: 123 500."
            self.problems.append(Problem(1, 1, "", EMPTY, detail))
        self.lines.sort(key=lambda line: line.line)
        self.problems.sort(key=lambda problem: (problem.line, problem.column))
        return Slip(bets, len(bets), from_cents(total), tuple(self.lines), tuple(self.problems))

    def _has_room(self, line: int, original: str, count: int) -> bool:
        self.named += count
        if self.named > MOST_NUMBERS:
            self.stop(line, original, f"a slip names at most {MOST_NUMBERS:,} numbers")
        return not self.is_stopped

    def _weigh(self) -> None:
        """A number's stakes must fit together into one bet; blame the line that breaks it."""
        if max(self.cents) <= LARGEST_STAKE_CENTS:
            return
        sums = [0] * len(NUMBERS)
        for line, original, groups in self.groups:
            heavy = set()
            for numbers, cents in groups:
                for number in numbers:
                    sums[number] += cents
                    if sums[number] - cents <= LARGEST_STAKE_CENTS < sums[number]:
                        heavy.add(number)
            if heavy:
                self.problems.append(_too_heavy(line, original, sorted(heavy)))

    def _compare(self, total: int) -> None:
        """The total claimed, once, against the slip's own; not while other lines do not read."""
        for line, original, folded, _ in self.claims[1:]:
            words = f"the total is claimed once, and line {self.claims[0][0]} claims it."
            complaint = Complaint(0, len(folded.text), TOTAL_DIFFERS, words)
            self.problems.append(complaint.stated(line, original, folded))
        has_problems = bool(self.problems)
        for line, original, folded, claimed in self.claims:
            agrees = claimed == total
            reading = "✓ agrees" if agrees and len(self.claims) == 1 else ""
            self.lines.append(Line(line, original, 0, from_cents(0), reading))
            if not agrees and not has_problems:
                words = f"the slip adds up to {shown(total)}, not to {shown(claimed)}."
                complaint = Complaint(0, len(folded.text), TOTAL_DIFFERS, words)
                self.problems.append(complaint.stated(line, original, folded))


def _shown(groups: Groups, staked: int) -> str:
    counts: dict[int, int] = {}
    for numbers, cents in groups:
        counts[cents] = counts.get(cents, 0) + len(numbers)
    if len(counts) > MOST_GROUPS_SHOWN:
        return f"{sum(counts.values()):,} numbers = {shown(staked)}"
    shares = " + ".join(f"{count:,} × {shown(cents)}" for cents, count in counts.items())
    is_plain = len(counts) > 1 or 1 in counts.values()
    return shares if is_plain else f"{shares} = {shown(staked)}"


def _too_heavy(line: int, original: str, numbers: list[int]) -> Problem:
    detail = (
        f"with this line the stakes on {label(numbers[0])} come to more than "
        f"{shown(LARGEST_STAKE_CENTS)}, the most that one bet may hold."
    )
    return Problem(line, 1, original, BAD_STAKE, detail)
