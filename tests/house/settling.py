"""A draw that somebody enters, and a process that does so, to be killed."""

import asyncio
import multiprocessing
from multiprocessing.connection import Connection as Channel
from typing import Any

import msgspec

from banker.books import resettlement, settlement
from banker.books.settlement import FIRST, Draw
from banker.database import connect_pool, persist
from tests.house.full_phases import DRAWN, MEANT

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


class Entry(msgspec.Struct, frozen=True):
    """A draw that somebody enters: the first of a phase, or one that puts it right."""

    phase_id: int
    actor_id: int
    revision: int = FIRST

    async def enter(self, connection: Any) -> settlement.Settlement:
        """Settle, or settle anew."""
        if self.revision == FIRST:
            draw = Draw(DRAWN, "the radio", self.actor_id)
            return await settlement.settle(connection, self.phase_id, draw)
        draw = Draw(MEANT, "the gazette", self.actor_id, "misheard")
        return await resettlement.resettle(connection, self.phase_id, draw)


class Clerk:
    """A process of its own that enters a draw when it is told to."""

    def __init__(self, url: str, entry: Entry) -> None:
        self._channel, other = _context.Pipe()
        arguments = (url, msgspec.json.encode(entry), other)
        self._process = _context.Process(target=_work, args=arguments, daemon=True)
        self._process.start()
        other.close()

    async def ready(self) -> None:
        """Wait until it is connected."""
        assert await asyncio.to_thread(self._channel.recv) == "ready"

    def go(self) -> None:
        """Tell it to enter the draw."""
        self._channel.send("go")

    async def done(self) -> None:
        """Wait until it has."""
        assert await asyncio.to_thread(self._channel.recv) == "done"

    def kill(self) -> None:
        """`kill -9`, wherever it is."""
        self._process.kill()
        self._process.join()


def _work(url: str, entry: bytes, channel: Channel) -> None:
    asyncio.run(_enter(url, msgspec.json.decode(entry, type=Entry), channel))


async def _enter(url: str, entry: Entry, channel: Channel) -> None:
    async with await connect_pool(url, least=1, most=1) as pool:
        channel.send("ready")
        assert channel.recv() == "go"
        await persist(pool, entry.enter)
        channel.send("done")
