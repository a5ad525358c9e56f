"""What became of a load, counted while it is sent."""

import math
from array import array
from collections import Counter

import msgspec

from banker.bench.spread import Spread, spread

TAKEN = 201


class Sent(msgspec.Struct, frozen=True):
    """What became of a load: `count` slips with `bets` bets were accepted within `seconds`, which
    last from the first acceptance after the warm-up to the first after the time was over: slips
    that travel together are answered together, and no such crowd is cut in two.

    `by_status` counts all answers, beside `late` (given up at the deadline), `lost` (the line ended
    first) and `unsent` (due, but every line was waiting to the end). `times` are of the accepted,
    from sending, or in an open loop from falling due; what was late or unsent is among them with as
    long as it had waited. `cpu_s` is the work of the load's own process.
    """

    count: int
    bets: int
    seconds: float
    by_status: dict[str, int]
    times: Spread | None
    cpu_s: float


class Tally:
    """Counts what happens between two moments (`time.perf_counter`), or where the loop is open what
    was due between them."""

    def __init__(self, is_open: bool) -> None:
        self.starts_at = self.ends_at = math.inf
        self._is_open = is_open
        self._taken = self._bets = 0
        self._first_at = self._next_at = 0.0
        self._by_status: Counter[str] = Counter()
        self._times = array("d")

    def answer(self, status: int, due_at: float, now: float, bets: int) -> None:
        """A slip has its answer."""
        if status == TAKEN:
            self._take(now, bets)
        self._count(str(status), due_at, now, timed=status == TAKEN)

    def late(self, due_at: float, now: float) -> None:
        """A slip is given up."""
        self._count("late", due_at, now, timed=True)

    def lost(self, due_at: float, now: float) -> None:
        """Nobody knows what became of a slip."""
        self._count("lost", due_at, now, timed=False)

    def unsent(self, due_at: float) -> None:
        """A slip was never sent."""
        self._count("unsent", due_at, self.ends_at, timed=True)

    def sent(self, cpu_s: float) -> Sent:
        """The whole."""
        return Sent(
            count=self._taken,
            bets=self._bets,
            seconds=max((self._next_at or self.ends_at) - (self._first_at or self.starts_at), 0),
            by_status=dict(self._by_status),
            times=spread(self._times),
            cpu_s=cpu_s,
        )

    def _take(self, now: float, bets: int) -> None:
        if self.starts_at <= now < self.ends_at:
            self._first_at = self._first_at or now
            self._taken += 1
            self._bets += bets
        elif now >= self.ends_at:
            self._next_at = self._next_at or now

    def _count(self, outcome: str, due_at: float, now: float, timed: bool) -> None:
        if self.starts_at <= (due_at if self._is_open else now) < self.ends_at:
            self._by_status[outcome] += 1
            if timed:
                self._times.append(now - due_at)
