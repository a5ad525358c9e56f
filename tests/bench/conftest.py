"""A ground on the servers of the tests."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from banker import settings
from banker.bench.ground import Ground, furnished
from banker.bench.plan import Plan
from banker.embedded import House


class Small(Plan, frozen=True):
    """A bench of a moment."""

    @property
    def seconds(self) -> float:
        return 0.5

    @property
    def warm_up_s(self) -> float:
        return 0.1

    @property
    def million(self) -> int:
        return 2_000


@pytest.fixture
def small() -> Plan:
    """A plan of small measures."""
    return Small(rounds=1, quick=True)


@pytest.fixture
async def ground(house: House, tmp_path: Path) -> AsyncIterator[Ground]:
    """A ground in this test's own database; the databases beside it go with it."""
    complete = settings.read(
        {
            "BANKER_DATA": str(tmp_path),
            "BANKER_DATABASE_URL": house.database_url,
            "BANKER_OWNER_URL": house.owner_url,
            "BANKER_REDIS_URL": house.redis_url,
            "BANKER_SECRET": "0123456789abcdef" * 2,
        }
    )
    async with furnished(complete) as ground:
        yield ground
    await _drop_beside(house)


async def _drop_beside(house: House) -> None:
    connection = await asyncpg.connect(house.owner_url)
    try:
        own = urlsplit(house.owner_url).path.removeprefix("/")
        rows = await connection.fetch(
            "select datname from pg_database where starts_with(datname, $1)", f"{own}_"
        )
        for row in rows:
            await _drop(connection, row["datname"])
    finally:
        await connection.close()


async def _drop(connection: asyncpg.Connection, name: str) -> None:
    """The owner may not end the service's sessions that are still leaving: they are waited for."""
    async with asyncio.timeout(15):
        while True:
            try:
                await connection.execute(f'drop database "{name}"')
                return
            except asyncpg.ObjectInUseError:
                await asyncio.sleep(0.05)
