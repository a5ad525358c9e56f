"""An export on its way to a client: a few at once, at the client's pace, and never kept.

Each is written by a task of its own, which holds a connection for as long as it reads. It ends, and
the connection goes back, when the client leaves, takes nothing for a minute, or is put out.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Protocol

import structlog

from banker.books import export
from banker.books.export import Chosen, Row, What
from banker.database import Pool, reading, transaction
from banker.errors import ExportsBusy

MOST_AT_ONCE = 2
# Pieces that wait for the client; a piece is what some hundred rows come to.
PIECES_AHEAD = 2
STALL_S = 60.0
# How long an export may go on after its reader was put out.
LOOK_AGAIN_S = 5.0

_log = structlog.get_logger()

StillIn = Callable[[], Awaitable[bool]]


class Sheet(Protocol):
    """A form in which a table is written, from its head to its foot."""

    def head(self) -> bytes:
        """What stands before the rows."""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Some rows more; nothing where the form waits for more of them."""

    def foot(self) -> bytes:
        """What stands behind the rows."""


class BrokenOff(Exception):
    """What was sent of an export is not all of it."""


class Downloads:
    """The exports that a worker has under way; `closing` ends them."""

    def __init__(self, pool: Pool, closing: asyncio.Event) -> None:
        self._pool = pool
        self._closing = closing
        self._under_way: set[Download] = set()

    async def begin(
        self, what: What, form: str, chosen: Chosen, sheet: Sheet, is_still_in: StillIn
    ) -> "Download":
        """An export that is noted in the trail and stands at its first piece. Raises `ExportsBusy`,
        and `NotFound` for a phase or a person that there is not."""
        if len(self._under_way) >= MOST_AT_ONCE:
            raise ExportsBusy()
        download = Download(self._pieces(what, form, chosen, sheet, is_still_in))
        self._under_way.add(download)
        download.task.add_done_callback(lambda _: self._under_way.discard(download))
        await download.begun()
        return download

    async def _pieces(
        self, what: What, form: str, chosen: Chosen, sheet: Sheet, is_still_in: StillIn
    ) -> AsyncGenerator[bytes, None]:
        async with transaction(self._pool) as connection:
            await export.note(connection, what, form, chosen)
        loop = asyncio.get_running_loop()
        look_at = loop.time() + LOOK_AGAIN_S
        async with (
            reading(self._pool) as connection,
            aclosing(export.batches(connection, what, chosen)) as batches,
        ):
            yield sheet.head()
            async for rows in batches:
                yield await asyncio.to_thread(sheet.rows, rows)
                if self._closing.is_set():
                    raise BrokenOff("the worker closes")
                if loop.time() >= look_at:
                    if not await is_still_in():
                        raise BrokenOff("the reader was put out")
                    look_at = loop.time() + LOOK_AGAIN_S
        yield sheet.foot()


class Download:
    """The pieces of one export, in order, for one client. Raises `BrokenOff` where they come to no
    end, so that nobody takes what there is for all of it."""

    def __init__(self, written: AsyncGenerator[bytes, None]) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(PIECES_AHEAD)
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_whole = False
        self.task = asyncio.create_task(self._write(written), name="export")

    async def begun(self) -> None:
        """Wait for the first piece. Raises what kept it from coming."""
        try:
            await self._begun
        except asyncio.CancelledError:
            self.task.cancel()
            raise

    async def leave(self) -> None:
        """The client takes no more."""
        self.task.cancel()

    def __aiter__(self) -> "Download":
        return self

    async def __anext__(self) -> bytes:
        piece = await self._pieces.get()
        if piece is not None:
            self._room.release()
            return piece
        if not self._is_whole:
            raise BrokenOff("the export came to no end")
        raise StopAsyncIteration

    async def _write(self, written: AsyncGenerator[bytes, None]) -> None:
        try:
            async with aclosing(written):
                async for piece in written:
                    await self._hand_over(piece)
            self._is_whole = True
        except Exception as lost:
            if self._begun.done():
                _log.warning("export broken off", reason=str(lost) or type(lost).__name__)
            else:
                self._begun.set_exception(lost)
        finally:
            self._begun.cancel()
            self._pieces.put_nowait(None)

    async def _hand_over(self, piece: bytes) -> None:
        if not piece:
            return
        try:
            async with asyncio.timeout(STALL_S):
                await self._room.acquire()
        except TimeoutError:
            raise BrokenOff("the client takes nothing") from None
        self._pieces.put_nowait(piece)
        if not self._begun.done():
            self._begun.set_result(None)
