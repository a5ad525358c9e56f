"""Somebody who watches the wall."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from tests.cast import Cast
from tests.web.conftest import Api


class Frame(msgspec.Struct, frozen=True):
    """One event as it arrived; `at` is the monotonic clock."""

    id: str
    event: str
    data: Any
    at: float

    @property
    def version(self) -> int:
        """The version that the id names."""
        return int(self.id.rpartition(":")[2])


class Viewer:
    """The events of a stream, one after another."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self, *events: str, patience_s: float = 5.0) -> Frame:
        """The next event, of some kinds or of any. Raises `StopAsyncIteration` at the end."""
        async with asyncio.timeout(patience_s):
            while True:
                frame = await self._read()
                if not events or frame.event in events:
                    return frame

    async def until(self, version: int, patience_s: float = 5.0) -> Frame:
        """The first figures that stand at a version or later. A heartbeat has none, and may come
        before the figures of the version that it names."""
        async with asyncio.timeout(patience_s):
            while True:
                frame = await self._read()
                if frame.event != "heartbeat" and frame.version >= version:
                    return frame

    async def rest(self) -> list[Frame]:
        """What comes until the stream ends."""
        frames = []
        try:
            while True:
                frames.append(await self._read())
        except StopAsyncIteration:
            return frames

    async def _read(self) -> Frame:
        fields: dict[str, str] = {}
        while line := await anext(self._lines):
            name, _, value = line.partition(": ")
            fields[name] = value
        return Frame(
            fields["id"], fields["event"], msgspec.json.decode(fields["data"]), time.monotonic()
        )


@asynccontextmanager
async def watching(address: str, cast: Cast, name: str = "min") -> AsyncIterator[Viewer]:
    """A viewer of the stream of the test's phase, by the API."""
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        headers = {"Authorization": f"Bearer {await Api(client).token(name)}"}
        path = f"/api/phases/{cast.phase.id}/stream"
        async with client.stream("GET", path, headers=headers) as response:
            assert response.status_code == 200
            yield Viewer(response)
