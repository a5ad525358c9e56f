"""A way to a server that can be cut, and opened again."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit, urlunsplit


class Relay:
    """Carries bytes from a loopback port of its own to the server that a URL names; `url` leads
    through it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        default = 5432 if parts.scheme.startswith("postgres") else 6379
        self._host = asked.get("host", [parts.hostname or ""])[0]
        self._port = int(asked.get("port", [parts.port or default])[0])
        self._path = parts.path if parts.scheme == "unix" else ""
        if self._host.startswith("/"):
            self._path = f"{self._host}/.s.PGSQL.{self._port}"
        self._writers: set[asyncio.StreamWriter] = set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._own_port = free.getsockname()[1]
        login = parts.netloc.rpartition("@")[0]
        place = f"{login}@127.0.0.1:{self._own_port}" if login else f"127.0.0.1:{self._own_port}"
        if parts.scheme == "unix":
            parts = parts._replace(scheme="redis", path="")
        self.url = urlunsplit(parts._replace(netloc=place, query=""))

    async def open(self) -> None:
        """Let through."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._own_port)

    async def cut(self) -> None:
        """Let nobody through any more, and those who came through no further."""
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._path:
            far_reader, far_writer = await asyncio.open_unix_connection(self._path)
        else:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))


@asynccontextmanager
async def relayed(url: str) -> AsyncIterator[Relay]:
    """A relay that is open."""
    relay = Relay(url)
    await relay.open()
    try:
        yield relay
    finally:
        await relay.cut()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
