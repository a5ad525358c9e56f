"""The newest slips of a phase, taken and refused, and how many are taken in a minute."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.news import TicketLine
from banker.live.message import Refused

LENGTH = 30
MINUTE_S = 60.0


class RefusedLine(msgspec.Struct, frozen=True):
    """A slip that was not taken, as the feed shows it; `at` is the hearing worker's clock."""

    collector: str
    count: int
    total: Decimal
    code: str
    numbers: tuple[str, ...]
    at: datetime


class Feed:
    """Lines with the tick of the board at which viewers first see them, the oldest first."""

    def __init__(self) -> None:
        self.tickets: deque[tuple[int, TicketLine]] = deque(maxlen=LENGTH)
        self.refusals: deque[tuple[int, RefusedLine]] = deque(maxlen=LENGTH)
        self._paced: deque[tuple[float, int]] = deque()

    def refill(self, tick: int, lines: Iterable[TicketLine], lately: int) -> None:
        """The tickets as the books have them; `lately` is how many came in the last minute."""
        self.tickets.clear()
        self.tickets.extend((tick, line) for line in lines)
        if lately and not self._paced:
            self._paced.append((time.monotonic(), lately))

    def take(self, tick: int, lines: Sequence[TicketLine]) -> None:
        """Tickets that were just told of."""
        self.tickets.extend((tick, line) for line in lines)
        self._paced.append((time.monotonic(), len(lines)))
        self.slips_per_minute()

    def give_back(self, sequences: Iterable[int]) -> None:
        """Tickets that are void now are shown no more."""
        void = set(sequences)
        standing = [one for one in self.tickets if one[1].sequence not in void]
        self.tickets.clear()
        self.tickets.extend(standing)

    def refuse(self, tick: int, said: Refused, at: datetime) -> None:
        """A slip that was not taken."""
        line = RefusedLine(said.collector, said.count, said.total, said.code, said.numbers, at)
        self.refusals.append((tick, line))

    def slips_per_minute(self) -> int:
        """Tickets heard of in the last minute."""
        since = time.monotonic() - MINUTE_S
        while self._paced and self._paced[0][0] < since:
            self._paced.popleft()
        return sum(count for _, count in self._paced)
