"""The whole service on a ground, as the console starts it: a crew of workers behind one address."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import msgspec
from redis.asyncio import Redis

from banker import console
from banker.books import exposure
from banker.crew import CannotServe, keep_workers
from banker.settings import Settings

HOST = "127.0.0.1"
START_PATIENCE_S = 30.0
LOOK_S = 0.05


class Service(msgspec.Struct, frozen=True, eq=False):
    """A service that runs. `words` are the crew's, of workers that died and were started again."""

    address: str
    words: list[str]

    def demand_calm(self) -> None:
        """A worker that died under load spoils whatever was measured. Raises `CannotServe`."""
        if self.words:
            raise CannotServe("; ".join(self.words))


@asynccontextmanager
async def served(settings: Settings, workers: int) -> AsyncIterator[Service]:
    """The service on a free port of this machine, ended with the block; every address in the
    settings is filled in. Raises `CannotServe` where it does not start, or a worker died."""
    words: list[str] = []
    ended = asyncio.Event()
    with console.listen(HOST, 0) as listener:
        complete = msgspec.structs.replace(
            settings, host=HOST, port=listener.getsockname()[1], workers=workers
        )
        crew = asyncio.create_task(keep_workers(complete, listener, words.append, ended))
        try:
            service = Service(console.address(complete), words)
            await _ready(service, complete)
            yield service
            service.demand_calm()
        finally:
            ended.set()
            await crew


async def _ready(service: Service, settings: Settings) -> None:
    """Wait until every worker listens to the stream, as it does from its start, and one answers."""
    try:
        async with (
            asyncio.timeout(START_PATIENCE_S),
            Redis.from_url(settings.redis_url) as redis,
            httpx.AsyncClient(base_url=service.address) as client,
        ):
            channel = await _channel(settings)
            while True:
                service.demand_calm()
                [(_, listeners)] = await redis.pubsub_numsub(channel)
                if listeners >= settings.workers:
                    break
                await asyncio.sleep(LOOK_S)
            health = await client.get("/health")
    except TimeoutError:
        raise CannotServe(f"The service did not start within {START_PATIENCE_S:.0f} s.") from None
    if health.status_code != 200:
        raise CannotServe(f"The service is not well: {health.text}")


async def _channel(settings: Settings) -> str:
    """Where the workers of this house, and of no other on the same Redis, hear each other."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        return f"banker:{await exposure.epoch(connection)}"
    finally:
        await connection.close()


def resident_kib() -> dict[int, int]:
    """The resident memory of each worker that this process keeps, by process id."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss=,args="],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return {
        int(pid): int(rss)
        for pid, parent, rss, words in rows
        if int(parent) == os.getpid() and "banker.serving" in words
    }
