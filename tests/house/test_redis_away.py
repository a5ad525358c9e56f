"""Redis killed or hung, and back again, while slips come in and somebody watches the wall."""

import asyncio
import itertools
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from banker import embedded, worker
from banker.database import Pool
from banker.embedded import Embedded, House
from tests.balanced import assert_books_balance
from tests.cast import Cast
from tests.house.conftest import Doors, eventually
from tests.serving import serving

# The reader cuts a line that is silent for 4 s.
NOTICED_S = 10.0
MENDED_S = 8.0
SLOWEST_SLIP_S = 2.0


@pytest.mark.parametrize("away", ["killed", "hung"])
async def test_slips_go_on_without_redis_and_the_wall_is_right_when_it_is_back(
    pool: Pool, cast: Cast, own_redis: Embedded, doors: "Watched", away: str
) -> None:
    server = own_redis.redis
    assert server is not None
    assert server.pid is not None
    async with doors.watching("min", f"/api/phases/{cast.phase.id}/stream") as wall:
        async with _sending(doors, cast) as sent:
            await eventually(lambda: wall.redis == "ok" and len(sent) > 10, NOTICED_S)
            os.kill(server.pid, signal.SIGKILL if away == "killed" else signal.SIGSTOP)
            await eventually(lambda: wall.redis == "down", NOTICED_S)
            before = len(sent)
            await eventually(lambda: len(sent) > before + 20, NOTICED_S)
            health = await doors.ask("min", "GET", "/health")
            assert (health.status_code, health.json()) == (
                200,
                {"status": "ok", "postgres": "ok", "redis": "down"},
            )
        # Nobody sends any more: what the wall missed, it must find by itself.
        assert wall.version < await _version(doors, cast)
        if away == "killed":
            assert not server.runs()
            server.start()
        else:
            os.kill(server.pid, signal.SIGCONT)
        await eventually(lambda: wall.redis == "ok", NOTICED_S)
        await _assert_right(doors, cast, wall)
        wall.events.clear()
        async with _sending(doors, cast) as sent:
            await eventually(lambda: len(sent) > 10, NOTICED_S)
        await _assert_right(doors, cast, wall)
        assert "delta" in wall.events
    await assert_books_balance(pool)


class Wall:
    """The risk page of a viewer: what the stream told it."""

    def __init__(self) -> None:
        self.redis = ""
        self.version = -1
        self.events: list[str] = []
        self.numbers: dict[str, str] = {}

    async def watch(self, client: httpx.AsyncClient, path: str, token: str) -> None:
        """Follow the stream until cancelled."""
        headers = {"Authorization": f"Bearer {token}"}
        async with client.stream("GET", path, headers=headers, timeout=None) as stream:
            assert stream.status_code == 200
            event = ""
            async for line in stream.aiter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self._see(event, msgspec.json.decode(line.removeprefix("data: ")))

    def _see(self, event: str, told: dict[str, Any]) -> None:
        self.events.append(event)
        if event == "heartbeat":
            self.redis = told["redis"]
            return
        self.version = told["version"]
        if event == "snapshot":
            self.numbers = {one["number"]: one["total_bet"] for one in told["numbers"]}
        else:
            self.numbers.update(told["numbers"])


@pytest.fixture
def own_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    """A Redis of this test's own, to be killed; heartbeats come sooner than every 5 s."""
    monkeypatch.setattr(worker, "HEARTBEAT_S", 1.0)
    with tempfile.TemporaryDirectory(prefix="banker-redis-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        with embedded.start(Path(folder) / "house", postgres=False) as started:
            yield started
        started.place.erase()


class Watched(Doors):
    """The doors of two workers, and the wall of one of them."""

    def __init__(self, clients: list[httpx.AsyncClient]) -> None:
        super().__init__(clients)
        self._client = clients[0]

    @asynccontextmanager
    async def watching(self, name: str, path: str) -> AsyncIterator[Wall]:
        """The wall as a person sees it."""
        wall = Wall()
        watching = asyncio.create_task(wall.watch(self._client, path, await self.token(name)))
        try:
            yield wall
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


@pytest.fixture
async def doors(house: House, cast: Cast, own_redis: Embedded) -> AsyncIterator[Watched]:
    """Two workers that hear each other through that Redis alone."""
    on_own = msgspec.structs.replace(house, redis_url=own_redis.house.redis_url)
    async with (
        serving(on_own) as one,
        serving(on_own) as other,
        httpx.AsyncClient(base_url=one, timeout=30) as at_one,
        httpx.AsyncClient(base_url=other, timeout=30) as at_other,
    ):
        yield Watched([at_one, at_other])


@asynccontextmanager
async def _sending(doors: Doors, cast: Cast) -> AsyncIterator[list[float]]:
    """Four collectors' worth of slips while the block lasts; the seconds that each took."""
    over = asyncio.Event()
    seconds: list[float] = []

    async def send(place: int) -> None:
        while not over.is_set():
            number = next(_numbers)
            text = f"{number % 1000:03d} {place + 1}.50\n137 0.01"
            path = f"/api/phases/{cast.phase.id}/tickets"
            answer = await doors.ask("aung", "POST", path, {"text": text}, key=f"slip-{number}")
            assert answer.status_code == 201, answer.text
            seconds.append(answer.elapsed.total_seconds())
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        for place in range(4):
            group.create_task(send(place))
        try:
            yield seconds
        finally:
            over.set()
    assert max(seconds) < SLOWEST_SLIP_S


_numbers = itertools.count()


async def _version(doors: Doors, cast: Cast) -> int:
    risk = await doors.read("min", f"/api/phases/{cast.phase.id}/risk")
    version: int = risk["version"]
    return version


async def _assert_right(doors: Doors, cast: Cast, wall: Wall) -> None:
    """Within seconds the wall shows what the books have."""
    risk = await doors.read("min", f"/api/phases/{cast.phase.id}/risk")
    await eventually(lambda: wall.version >= risk["version"], MENDED_S)
    assert wall.version == risk["version"]
    assert wall.numbers == {one["number"]: one["total_bet"] for one in risk["numbers"]}
