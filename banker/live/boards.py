"""The boards of one worker, each made when somebody first looks and let go when nobody does."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog

from banker.database import Pool
from banker.live.board import Board
from banker.live.message import Message

TICK_S = 0.1
# What was committed and never told is found by looking.
LOOK_S = 15.0
# How long a board waits for a database that is away before it tries again.
AWAY_S = 1.0

_log = structlog.get_logger()


class Boards:
    """One board a phase."""

    def __init__(self, pool: Pool, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._now = now
        self._boards: dict[int, Board] = {}
        self._keepers: dict[int, asyncio.Task[None]] = {}
        self._making = asyncio.Lock()

    async def board(self, phase_id: int) -> Board:
        """The board of a phase, current; watch it at once. Raises `NotFound`."""
        if phase_id not in self._keepers:
            async with self._making:
                if phase_id not in self._keepers:
                    await self._make(phase_id)
        board = self._boards[phase_id]
        with board.watched():
            return board

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
        keepers = list(self._keepers.values())
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)

    async def _make(self, phase_id: int) -> None:
        # Heard from while it is read for the first time: what is told meanwhile is not lost.
        board = self._boards[phase_id] = Board(self._pool, phase_id, self._now)
        try:
            await board.load()
        except BaseException:
            del self._boards[phase_id]
            raise
        keeper = asyncio.create_task(self._keep(board), name=f"board {phase_id}")
        self._keepers[phase_id] = keeper

    async def _keep(self, board: Board) -> None:
        """Tick whenever something is new, at most ten times a second, until nobody watches."""
        loop = asyncio.get_running_loop()
        look_at = loop.time() + LOOK_S
        try:
            while not board.is_idle():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await board.dirty.wait()
                try:
                    if loop.time() >= look_at:
                        look_at = loop.time() + LOOK_S
                        await board.look()
                    if board.dirty.is_set():
                        board.dirty.clear()
                        await board.advance()
                except Exception as lost:
                    name = type(lost).__name__
                    _log.warning("board cannot read", phase=board.phase_id, reason=name)
                    board.doubt()
                    await asyncio.sleep(AWAY_S)
                await asyncio.sleep(TICK_S)
        finally:
            # However it ended: the next who looks has a new one made.
            del self._boards[board.phase_id], self._keepers[board.phase_id]
