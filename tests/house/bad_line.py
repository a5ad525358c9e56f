"""A line to Postgres that loses what it is told to lose."""

import asyncio
from contextlib import suppress
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

Loss = Literal["the order to commit", "the answer to a commit"]
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class BadLine:
    """Stands between a pool and Postgres and passes everything on, but for its `losses`: each is
    suffered by the next connection that commits, which is cut with it."""

    def __init__(self, url: str) -> None:
        self.losses: list[Loss] = []
        self._to = urlsplit(url)
        self._calls: set[asyncio.Task[None]] = set()
        self._port = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The same role and database, by way of the line."""
        role = f"{self._to.username}:{self._to.password or ''}"
        return f"postgresql://{role}@127.0.0.1:{self._port}{self._to.path}?sslmode=disable"

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def mend(self) -> None:
        """Take connections, at the same address as before."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection, and take none."""
        assert self._server is not None
        self._server.close()
        calls = list(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._calls.add(task)
        try:
            await _Call(self.losses, (reader, writer), await self._reach()).last()
        except asyncio.CancelledError:
            pass  # the line was cut
        finally:
            writer.transport.abort()
            self._calls.discard(task)

    async def _reach(self) -> Ends:
        options = parse_qs(self._to.query)
        if "host" in options:
            folder, port = options["host"][0], options["port"][0]
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self._to.hostname, self._to.port or 5432)


class _Call:
    """One connection over the line."""

    def __init__(self, losses: list[Loss], near: Ends, far: Ends) -> None:
        self._losses = losses
        self._near = near
        self._far = far
        self._deaf = False

    async def last(self) -> None:
        """Until either end hangs up, or a loss."""
        pumps = [asyncio.create_task(pump) for pump in (self._ask(), self._answer())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            self._far[1].transport.abort()

    async def _ask(self) -> None:
        with suppress(OSError):
            while asked := await self._near[0].read(65536):
                if b"COMMIT;" in asked and self._losses:
                    if self._losses.pop(0) == "the order to commit":
                        return
                    self._deaf = True
                self._far[1].write(asked)
                await self._far[1].drain()

    async def _answer(self) -> None:
        with suppress(OSError):
            while answered := await self._far[0].read(65536):
                if self._deaf:
                    return
                self._near[1].write(answered)
                await self._near[1].drain()
