"""HTTP/1.1 by hand: what a client library would never send, and every header that comes back."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

Header = tuple[str, str]

PATIENCE_S = 20.0


class Answered(NamedTuple):
    """One answer, with its headers in lower case as they came."""

    status: int
    headers: list[Header]
    body: bytes

    @property
    def json(self) -> Any:
        """The content."""
        return msgspec.json.decode(self.body)

    def header(self, name: str) -> str | None:
        """A header that is there once, or None."""
        found = [value for known, value in self.headers if known == name]
        assert len(found) < 2, self.headers
        return found[0] if found else None


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self._reader = reader

    async def ask(self, path: str, headers: Sequence[Header], body: bytes = b"") -> Answered:
        """A POST and its answer."""
        await self.send(request(path, headers, body))
        return await self.answer()

    async def send(self, *pieces: bytes) -> None:
        """Bytes as they are, each piece on its own."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def answer(self) -> Answered:
        """The next answer."""
        async with asyncio.timeout(PATIENCE_S):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip("\r\n").split("\r\n")
            status = int(first.split(" ")[1])
            pairs = [line.partition(":") for line in lines]
            headers = [(name.lower(), value.strip()) for name, _, value in pairs]
            if status == 100:
                return Answered(status, headers, b"")
            length = int(dict(headers).get("content-length", "0"))
            return Answered(status, headers, await self._reader.readexactly(length))

    async def ended(self) -> bool:
        """Whether the other end hangs up without another word."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read(1) == b""

    async def drain(self) -> None:
        """Read whatever comes until the other end hangs up."""
        while await self._reader.read(2**20):
            pass


def request(path: str, headers: Iterable[Header], body: bytes = b"") -> bytes:
    """A POST as it goes over the wire; nothing is added to it but the host."""
    lines = [f"POST {path} HTTP/1.1", "Host: banker", *(f"{one}: {is_}" for one, is_ in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@asynccontextmanager
async def wired(address: str) -> AsyncIterator[Wire]:
    """A connection to a worker."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()
