"""What one worker knows of a phase: read from Postgres once, kept current by the stream.

A board in doubt (a gap in the versions, a line that was lost) reads Postgres again. Its figures are
worked out once a tick for all viewers, at most ten times a second.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import msgspec
import structlog

from banker.books import exposure, ticket
from banker.books.news import TicketLine
from banker.books.phase import Phase
from banker.database import Pool, reading
from banker.errors import NotFound
from banker.live.message import Changed, Message, Placed, Pulse, Refused, cents, weight
from banker.rules.limits import Exposure
from banker.rules.risk import Risk, assess

TICK_S = 0.1
# Messages of two workers may overtake each other on their way; a gap that lasts is real.
GAP_PATIENCE_S = 0.05
FEED_LENGTH = 30

_log = structlog.get_logger()


class RefusedLine(msgspec.Struct, frozen=True):
    """A slip that was not taken, as the feed shows it; `at` is the hearing worker's clock."""

    collector: str
    count: int
    total: Decimal
    code: str
    numbers: tuple[str, ...]
    at: datetime


class Board:
    """One phase. `tick` grows whenever viewers have something new to see."""

    def __init__(self, pool: Pool, phase_id: int, now: Callable[[], datetime]) -> None:
        self.phase_id = phase_id
        self.tick = 0
        self.snapshot_tick = 0
        self.phase: Phase
        self.exposures: list[Exposure] = []
        self.stakes: list[int] = []
        self.weights: list[int] = []
        self.tickets: deque[tuple[int, TicketLine]] = deque(maxlen=FEED_LENGTH)
        self.refusals: deque[tuple[int, RefusedLine]] = deque(maxlen=FEED_LENGTH)
        self.intake: list[tuple[datetime, Decimal]] = []
        self.changed_at: list[int] = [0] * 1000
        self.risk: Risk
        self.ticked = asyncio.Condition()
        self._pool = pool
        self._now = now
        self._early: dict[int, Placed] = {}
        self._gap_since: float | None = None
        self._loading = False
        self._reload = True
        self._dirty = asyncio.Event()
        self._paced: deque[tuple[float, int]] = deque()

    @property
    def version(self) -> int:
        """The version of the phase that the board stands at."""
        return self.phase.version

    def slips_per_minute(self) -> int:
        """Tickets heard of in the last minute."""
        since = time.monotonic() - 60
        while self._paced and self._paced[0][0] < since:
            self._paced.popleft()
        return sum(count for _, count in self._paced)

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
                newest = await ticket.newest(connection, self.phase_id, FEED_LENGTH)
                intake = await exposure.intake_by_minute(connection, self.phase_id)
        except BaseException:
            self._reload = True
            raise
        finally:
            self._loading = False
        self.phase = standing.phase
        self.exposures = standing.exposures
        self.stakes = [cents(one.total_bet) for one in standing.exposures]
        self.weights = [weight(one.weight) for one in standing.exposures]
        self.tickets.clear()
        for one in reversed(newest):
            if one.voided_at is None:
                line = TicketLine(
                    one.sequence, one.username, one.bet_count, one.total, one.placed_at
                )
                self.tickets.append((self.tick, line))
        self._read_intake(intake)
        self._gap_since = None
        self._early = {
            version: early for version, early in self._early.items() if version > self.version
        }
        self._catch_up()
        self.assess()

    def assess(self) -> None:
        """Work the figures out anew."""
        commission = cents(self.phase.commission)
        self.risk = assess(self.stakes, self.weights, commission, self.phase.prizes)

    def doubt(self) -> None:
        """Read the phase anew at the next tick."""
        self._reload = True
        self._dirty.set()

    def hear(self, said: Message) -> None:
        """Take in what the stream told of this phase."""
        if isinstance(said, Pulse):
            return
        if isinstance(said, Changed):
            self.doubt()
        elif isinstance(said, Refused):
            line = RefusedLine(
                said.collector, said.count, said.total, said.code, said.numbers, self._now()
            )
            self.refusals.append((self.tick + 1, line))
            self._dirty.set()
        elif self._loading:
            self._early[said.version] = said
        elif said.version > self.version:
            self._early[said.version] = said
            self._catch_up()
            self._dirty.set()

    async def keep(self) -> None:
        """Tick whenever something is new, at most ten times a second. Runs until cancelled."""
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._advance()
            await asyncio.sleep(TICK_S)

    async def _advance(self) -> None:
        if self._gap_since is not None:
            if time.monotonic() - self._gap_since > GAP_PATIENCE_S:
                self._reload = True
            else:
                self._dirty.set()
        fresh = self._reload
        if fresh:
            try:
                await self.load()
            except NotFound:
                return
            except Exception as lost:
                _log.warning("board cannot read", phase=self.phase_id, reason=type(lost).__name__)
                self._dirty.set()
                return
        else:
            self.assess()
        async with self.ticked:
            self.tick += 1
            if fresh:
                self.snapshot_tick = self.tick
            self.ticked.notify_all()

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
            self.stakes[number] = stake
            self.weights[number] = weighed
            self.exposures[number].total_bet = Decimal(stake).scaleb(-2)
            self.exposures[number].weight = Decimal(weighed).scaleb(-4)
            self.changed_at[number] = self.tick + 1
        self.phase = msgspec.structs.replace(
            self.phase,
            version=said.version,
            total_in=said.total_in,
            commission=said.commission,
            ticket_count=said.ticket_count,
            bet_count=said.bet_count,
        )
        for line in said.tickets:
            self.tickets.append((self.tick + 1, line))
        if said.tickets:
            self._paced.append((time.monotonic(), len(said.tickets)))
            minute = said.tickets[-1].placed_at.replace(second=0, microsecond=0)
            if self.intake and self.intake[-1][0] >= minute:
                self.intake[-1] = (self.intake[-1][0], said.total_in)
            else:
                self.intake.append((minute, said.total_in))

    def _read_intake(self, by_minute: list[tuple[datetime, Decimal, int]]) -> None:
        self.intake = []
        taken = Decimal(0)
        for minute, total, _ in by_minute:
            taken += total
            self.intake.append((minute, taken))
        if by_minute and not self._paced:
            last_minute, _, count = by_minute[-1]
            if (self._now() - last_minute).total_seconds() < 90:
                self._paced.append((time.monotonic(), count))


class Boards:
    """The boards of one worker, each made when somebody first looks."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now
        self._boards: dict[int, Board] = {}
        self._keepers: dict[int, asyncio.Task[None]] = {}
        self._making = asyncio.Lock()

    async def board(self, phase_id: int) -> Board:
        """The board of a phase, current. Raises `NotFound`."""
        if phase_id not in self._keepers:
            async with self._making:
                if phase_id not in self._keepers:
                    await self._make(phase_id)
        return self._boards[phase_id]

    def hear(self, said: Message) -> None:
        """Pass on what the stream told."""
        board = self._boards.get(getattr(said, "phase_id", -1))
        if board is not None:
            board.hear(said)

    def doubt_all(self) -> None:
        """The line was away: every board reads its phase anew."""
        for board in self._boards.values():
            board.doubt()

    async def stop(self) -> None:
        """End all ticking."""
        for keeper in self._keepers.values():
            keeper.cancel()
        await asyncio.gather(*self._keepers.values(), return_exceptions=True)

    async def _make(self, phase_id: int) -> None:
        # Heard from while it is read for the first time: what is told meanwhile is not lost.
        board = self._boards[phase_id] = Board(self._pool, phase_id, self._now)
        try:
            await board.load()
        except BaseException:
            del self._boards[phase_id]
            raise
        self._keepers[phase_id] = asyncio.create_task(board.keep(), name=f"board {phase_id}")
