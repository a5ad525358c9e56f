"""Real servers, a fresh database cloned from a template for each test, and a named cast."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from pathlib import Path

import asyncpg
import pytest

from banker import embedded
from banker.database import Pool, connect_pool, migrate
from banker.embedded import House
from tests.cast import Cast, gather
from tests.databases import Clones, create, drop, own_name
from tests.turns import Turns

_turns = pytest.StashKey[Turns]()


def pytest_configure(config: pytest.Config) -> None:
    """Tests that run side by side take turns."""
    if hasattr(config, "workerinput"):
        config.stash[_turns] = Turns(Path(config.option.basetemp).parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """With its fixtures, a test has its turn."""
    turns = item.config.stash.get(_turns, None)
    alone = item.get_closest_marker("alone") is not None
    with turns.taken(alone) if turns else nullcontext():
        return (yield)


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
            # What a killed process wrote is kept without it: only a machine that falls needs it.
            settings={"fsync": "off"},
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
    name = own_name("template")
    migrated = asyncio.run(create(servers, name))
    asyncio.run(migrate(migrated.owner_url, migrated.database_url))
    yield name
    asyncio.run(drop(servers, name))


@pytest.fixture(scope="session")
def clones(servers: House, template: str) -> Iterator[Clones]:
    """Databases like the template."""
    clones = Clones(servers, template)
    yield clones
    clones.end()


@pytest.fixture
async def house(clones: Clones) -> AsyncIterator[House]:
    """The addresses of this test's own database, and of Redis."""
    house = await clones.take()
    yield house
    clones.leave(house)


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
