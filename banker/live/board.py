"""What one worker knows of a phase: read from Postgres once, kept current by the stream.

A board in doubt (a gap in the versions, a line that was lost) reads Postgres again. Its figures are
worked out once a tick for all viewers, at most ten times a second.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books import exposure, ticket
from banker.books import phase as phases
from banker.books.news import TicketLine
from banker.books.phase import Phase
from banker.database import Pool, reading
from banker.live import figures
from banker.live.feed import LENGTH, Feed
from banker.live.message import Changed, Message, Moved, Placed, Pulse, Refused
from banker.rules.limits import Exposure
from banker.rules.risk import Risk

# Messages of two workers may overtake each other on their way; a gap that lasts is real.
GAP_PATIENCE_S = 0.05
# A board that nobody watches for so long is let go.
IDLE_S = 60.0
LATELY_S = 90.0


class Board:
    """One phase. `tick` grows whenever viewers have something new to see."""

    def __init__(self, pool: Pool, phase_id: int, now: Callable[[], datetime]) -> None:
        self.phase_id = phase_id
        self.tick = 0
        self.snapshot_tick = 0
        self.phase: Phase
        self.exposures: list[Exposure] = []
        self.feed = Feed()
        self.intake: list[tuple[datetime, Decimal]] = []
        self.changed_at: list[int] = [0] * 1000
        self.risk: Risk
        # When the oldest of what the present tick shows was told, by the teller's wall clock.
        self.told_at: float | None = None
        # Frames that all viewers share, by event and by the tick they start from, each with the
        # tick it was made at. They go when the board is let go.
        self.frames: dict[tuple[str, int], tuple[int, bytes]] = {}
        self._untold_since: float | None = None
        self._next_tick = asyncio.Event()
        self.dirty = asyncio.Event()
        self._pool = pool
        self._now = now
        self._early: dict[int, Placed] = {}
        self._gap_since: float | None = None
        self._loading = False
        self._reload = True
        self._whole = False
        self._viewers = 0
        self._watched_at = time.monotonic()

    @property
    def version(self) -> int:
        """The version of the phase that the board stands at."""
        return self.phase.version

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Kept current while the block lasts, and a little longer."""
        self._viewers += 1
        try:
            yield
        finally:
            self._viewers -= 1
            self._watched_at = time.monotonic()

    def is_idle(self) -> bool:
        """Whether nobody has watched it for a while."""
        return not self._viewers and time.monotonic() - self._watched_at > IDLE_S

    def doubt(self) -> None:
        """Read the phase anew at the next tick."""
        self._reload = True
        self.dirty.set()

    def hear(self, said: Message) -> None:
        """Take in what the stream told of this phase."""
        if isinstance(said, Pulse | Moved):
            return
        if isinstance(said, Changed):
            self.doubt()
        elif isinstance(said, Refused):
            self.feed.refuse(self.tick + 1, said, self._now())
            self.dirty.set()
        elif self._loading:
            self._early[said.version] = said
        elif said.version > self.version:
            if self._untold_since is None:
                self._untold_since = said.sent_at or None
            self._early[said.version] = said
            self._catch_up()
            self.dirty.set()

    async def load(self) -> None:
        """Read the phase from Postgres as it stands at one moment. Raises `NotFound`.

        What was told before the reading begins is in the books already. What is told while it lasts
        may be older or newer than what is read: it waits, and is taken in afterwards.
        """
        self._early.clear()
        self._reload, self._loading = False, True
        try:
            async with reading(self._pool) as connection:
                standing = await exposure.standing(connection, self.phase_id)
                newest = await ticket.newest(connection, self.phase_id, LENGTH)
                intake = await exposure.intake_by_minute(connection, self.phase_id)
        except BaseException:
            self._reload = True
            raise
        finally:
            self._loading = False
        self.phase = standing.phase
        self.exposures = standing.exposures
        self._refill(newest, intake)
        self._gap_since = None
        self._early = {
            version: early for version, early in self._early.items() if version > self.version
        }
        self._catch_up()
        if self._gap_since is not None:
            # What was told while the books were read may not be followed by anything else.
            self.dirty.set()
        self.assess()

    async def look(self) -> None:
        """Doubt what is shown where the books say otherwise: a worker may die between its commit
        and its telling."""
        async with reading(self._pool) as connection:
            read = await phases.read(connection, self.phase_id)
        if _outline(read) != _outline(self.phase):
            self.doubt()

    async def advance(self) -> None:
        """Take a step of the clock: what is new is worked out, and the viewers are woken."""
        if self._gap_since is not None:
            if time.monotonic() - self._gap_since > GAP_PATIENCE_S:
                self._reload = True
            else:
                self.dirty.set()
        whole, self._whole = self._reload or self._whole, False
        if self._reload:
            await self.load()
        else:
            self.assess()
        self.tick += 1
        self.told_at, self._untold_since = self._untold_since, None
        if whole:
            self.snapshot_tick = self.tick
        self._next_tick.set()
        self._next_tick = asyncio.Event()

    async def past(self, tick: int) -> None:
        """Wait until there is something newer than a tick. All who wait are woken at once: with a
        lock to pass on, the last of many would hear of it much later than the first."""
        while self.tick <= tick:
            await self._next_tick.wait()

    def assess(self) -> None:
        """Work the figures out anew."""
        self.risk = figures.assessed(self.phase, self.exposures)

    def _catch_up(self) -> None:
        """Apply what follows on the version the board stands at; the rest waits."""
        while (said := self._early.pop(self.version + 1, None)) is not None:
            self._apply(said)
        if not self._early:
            self._gap_since = None
        elif self._gap_since is None:
            self._gap_since = time.monotonic()

    def _apply(self, said: Placed) -> None:
        for number, stake, weighed in said.exposures:
            self.exposures[number].staked_cents = stake
            self.exposures[number].weight = weighed
            self.changed_at[number] = self.tick + 1
        self.phase = msgspec.structs.replace(
            self.phase,
            version=said.version,
            total_in=said.total_in,
            commission=said.commission,
            ticket_count=said.ticket_count,
            bet_count=said.bet_count,
        )
        if said.tickets:
            self.feed.take(self.tick + 1, said.tickets)
            self._grow(said.tickets[-1].placed_at, said.total_in)
        if said.voided:
            # Lines that go are not told in deltas: viewers are shown the whole anew.
            self.feed.give_back(said.voided)
            self._grow(self._now(), said.total_in)
            self._whole = True

    def _grow(self, moment: datetime, total_in: Decimal) -> None:
        minute = moment.replace(second=0, microsecond=0)
        if self.intake and self.intake[-1][0] >= minute:
            self.intake[-1] = (self.intake[-1][0], total_in)
        else:
            self.intake.append((minute, total_in))

    def _refill(
        self, newest: list[ticket.Ticket], by_minute: list[tuple[datetime, Decimal, int]]
    ) -> None:
        self.intake = []
        taken = Decimal(0)
        lately = 0
        for minute, total, count in by_minute:
            taken += total
            self.intake.append((minute, taken))
            lately = count if (self._now() - minute).total_seconds() < LATELY_S else 0
        standing = [one for one in reversed(newest) if one.voided_at is None]
        lines = [
            TicketLine(one.sequence, one.username, one.bet_count, one.total, one.placed_at)
            for one in standing
        ]
        self.feed.refill(self.tick, lines, lately)


def _outline(phase: Phase) -> tuple[object, ...]:
    return (
        phase.version,
        phase.state,
        phase.intake_open,
        phase.name,
        phase.closes_at,
        phase.global_limit,
        phase.total_limit,
    )
