"""One worker process: its pool, its line to Redis, its boards and its desk."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog

from banker import desk, metrics
from banker.books import exposure
from banker.books.trunk import Trunks
from banker.database import RETRIED, Pool, connect_pool, persist
from banker.desk import Desk
from banker.door import Door
from banker.jobs.keeper import Keeper
from banker.live.board import Board
from banker.live.boards import Boards
from banker.live.frame import Frames
from banker.live.message import Message
from banker.live.purses import Purses
from banker.live.seats import Seat, Seats
from banker.live.stream import Stream
from banker.sampler import Sampler
from banker.settings import Settings

HEARTBEAT_S = 5.0
STREAM_LIFE_S = 1800.0
# How long a stream that has nothing to say may oversleep its end.
OVERSLEEP_S = 0.5
PAUSE_S = 0.5
# Lanes that may be at work at once, two a phase: phases that are held must leave some to others.
LANES = 4 * desk.LANES

_log = structlog.get_logger()


class Worker:
    """What the handlers of one process share."""

    def __init__(self, settings: Settings, pool: Pool, lanes: Pool, epoch: str) -> None:
        # Of this life alone: the next may have the same number, on the same machine.
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"
        self.settings = settings
        self.pool = pool
        self.stream = Stream(settings.redis_url, epoch)
        self.boards = Boards(pool, _now)
        self.purses = Purses()
        self.seats = Seats()
        self.desk = Desk(lanes, self.stream)
        self.door = Door(pool)
        self.trunks = Trunks()
        self.jobs = Keeper(settings.database_url, self.stream, self.name)
        self.sampler = Sampler(pool, self.desk, self.name)
        self.closing = asyncio.Event()
        self.stream.on_message = self._hear
        self.stream.on_up = self._doubt

    async def frames(self, phase_id: int, user_id: int) -> AsyncGenerator[bytes, None]:
        """The events of a phase for one viewer: a snapshot, then what is new, never a queue.

        Ends after half an hour, when the person opens too many others, or when the worker closes.
        Raises `NotFound` before the first.
        """
        board = await self.boards.board(phase_id)
        if not self.stream.up:
            board.doubt()
        return self._follow(board, user_id)

    async def money(self, user_id: int) -> AsyncGenerator[bytes, None]:
        """An event whenever money of a person may have moved, for one page; the page then reads it.

        Ends after half an hour, when the person opens too many others, or when the worker closes.
        """
        ends_at = asyncio.get_running_loop().time() + STREAM_LIFE_S
        with (
            self.purses.watched(user_id) as moved,
            self.seats.taken(user_id, wake=moved.set) as seat,
        ):
            moved.set()
            while not self._is_over(seat, ends_at):
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        await moved.wait()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                moved.clear()
                if not self._is_over(seat, ends_at):
                    yield b"event: money\ndata: moved\n\n"

    def close(self) -> None:
        """End all streams."""
        self.closing.set()
        self.purses.doubt_all()

    def _hear(self, said: Message) -> None:
        self.boards.hear(said)
        self.purses.hear(said)

    def _doubt(self) -> None:
        """The line was away: whoever watches reads anew."""
        self.boards.doubt_all()
        self.purses.doubt_all()

    async def _follow(self, board: Board, user_id: int) -> AsyncGenerator[bytes, None]:
        with (
            metrics.viewers.track_inprogress(),
            board.watched(),
            self.seats.taken(user_id) as seat,
        ):
            async for frame in self._frames_of(board, seat):
                yield frame

    async def _frames_of(self, board: Board, seat: Seat) -> AsyncGenerator[bytes, None]:
        frames = Frames(board, self.stream.epoch)
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + STREAM_LIFE_S
        seen = board.tick
        yield frames.snapshot()
        yield frames.heartbeat(self.stream.up, _now())
        beat_at = loop.time() + HEARTBEAT_S
        while not self._is_over(seat, ends_at):
            if await self._ticked(board, seen, beat_at - loop.time()):
                since, seen = seen, board.tick
                yield frames.delta(since)
            if loop.time() >= beat_at:
                beat_at = loop.time() + HEARTBEAT_S
                yield frames.heartbeat(self.stream.up, _now())

    def _is_over(self, seat: Seat, ends_at: float) -> bool:
        now = asyncio.get_running_loop().time()
        return self.closing.is_set() or seat.is_lost or now >= ends_at

    async def _ticked(self, board: Board, seen: int, patience_s: float) -> bool:
        """Wait for a tick after `seen`, for as long as the next heartbeat lets."""
        try:
            async with asyncio.timeout(max(0.05, min(patience_s, OVERSLEEP_S))):
                await board.past(seen)
        except TimeoutError:
            return False
        return board.tick > seen


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Worker]:
    """A worker with its connections, closed in order at the end."""
    async with (
        _connected(settings.database_url) as pool,
        _connected(settings.database_url, most=LANES, plan_once=True) as lanes,
    ):
        epoch = await persist(pool, exposure.epoch)
        worker = Worker(settings, pool, lanes, epoch)
        worker.stream.start()
        worker.jobs.start()
        worker.sampler.start()
        try:
            yield worker
        finally:
            worker.close()
            await asyncio.gather(worker.jobs.stop(), worker.sampler.stop())
            await worker.stream.stop()
            await worker.boards.stop()


@asynccontextmanager
async def _connected(url: str, **bounds: Any) -> AsyncIterator[Pool]:
    """A pool, closed at the end."""
    pool = await _pool(url, bounds)
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(2):
                await pool.close()
        except TimeoutError:
            pool.terminate()


async def _pool(url: str, bounds: Mapping[str, Any]) -> Pool:
    """A pool, as soon as Postgres answers: a worker may be started again while it is away."""
    while True:
        try:
            return await connect_pool(url, **bounds)
        except RETRIED as away:
            if isinstance(away, ValueError):
                raise  # no address at all
            _log.warning("postgres away", reason=type(away).__name__)
        await asyncio.sleep(PAUSE_S)


def _now() -> datetime:
    return datetime.now(UTC)
