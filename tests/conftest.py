"""Real servers, a fresh database cloned from a template for each test, and a named cast."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from banker import embedded
from banker.database import Pool, connect_pool, migrate
from banker.embedded import House
from tests.cast import Cast, gather

_numbers = iter(range(1, 1_000_000))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> Iterator[House]:
    """PostgreSQL and Redis: those that the environment names, else private ones for this run."""
    named = House(
        database_url=os.environ.get("BANKER_DATABASE_URL", ""),
        owner_url=os.environ.get("BANKER_OWNER_URL", ""),
        redis_url=os.environ.get("BANKER_REDIS_URL", ""),
    )
    if named.database_url and named.redis_url:
        yield named
        return
    pg_bin = os.environ.get("BANKER_PG_BIN")
    with tempfile.TemporaryDirectory(prefix="banker-test-") as folder:
        # The servers may run as another user than the tests.
        Path(folder).chmod(0o755)
        started = embedded.start(
            Path(folder) / "data",
            pg_bin=Path(pg_bin) if pg_bin else None,
            postgres=not named.database_url,
            redis=not named.redis_url,
        )
        yield House(
            database_url=named.database_url or started.house.database_url,
            owner_url=named.owner_url or named.database_url or started.house.owner_url,
            redis_url=named.redis_url or started.house.redis_url,
        )
        started.stop()
        started.place.erase()


@pytest.fixture(scope="session")
def template(servers: House) -> Iterator[str]:
    """The name of a migrated database that is cloned for each test."""
    name = f"banker_template_{os.getpid()}"
    asyncio.run(_create(servers, name))
    asyncio.run(migrate(_at(servers.owner_url, name), _at(servers.database_url, name)))
    yield name
    asyncio.run(_drop(servers, name))


@pytest.fixture
async def house(servers: House, template: str) -> AsyncIterator[House]:
    """The addresses of this test's own database, and of Redis."""
    name = f"banker_test_{os.getpid()}_{next(_numbers)}"
    await _create(servers, name, template)
    yield House(
        database_url=_at(servers.database_url, name),
        owner_url=_at(servers.owner_url, name),
        redis_url=servers.redis_url,
    )
    await _drop(servers, name)


@pytest.fixture
async def pool(house: House) -> AsyncIterator[Pool]:
    """Connections of the service's role."""
    pool = await connect_pool(house.database_url, least=1, most=20)
    yield pool
    pool.terminate()


@pytest.fixture
async def owner(house: House) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the role that owns the tables, for doing damage."""
    connection = await asyncpg.connect(house.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
async def cast(pool: Pool) -> Cast:
    """An admin, a manager, a cashier, a partner, collectors with money, and an open phase."""
    return await gather(pool)


async def _create(servers: House, name: str, template: str | None = None) -> None:
    connection = await asyncpg.connect(servers.owner_url)
    try:
        cloned = f' template "{template}"' if template else ""
        await connection.execute(f'create database "{name}"{cloned}')
    finally:
        await connection.close()


async def _drop(servers: House, name: str) -> None:
    """The owner may not end the service's sessions that are still leaving: they are waited for."""
    connection = await asyncpg.connect(servers.owner_url)
    try:
        async with asyncio.timeout(15):
            while True:
                try:
                    await connection.execute(f'drop database if exists "{name}"')
                    return
                except asyncpg.ObjectInUseError:
                    await asyncio.sleep(0.05)
    finally:
        await connection.close()


def _at(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
