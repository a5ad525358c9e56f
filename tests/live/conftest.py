"""One house for all tests of the wall; each has an open phase of its own in it."""

from collections.abc import AsyncIterator, Iterator
from unittest import mock

import msgspec
import pytest

from banker import worker
from banker.books import exposure, phase
from banker.books.phase import Draft
from banker.database import Pool, transaction
from banker.embedded import House
from banker.live.stream import Stream
from tests.cast import Cast
from tests.databases import Clones
from tests.live.telling import until
from tests.web.conftest import Api
from tests.web.standing import Standing, standing


@pytest.fixture(scope="package")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """The house, and a worker that answers."""
    async with standing(clones) as stood:
        yield stood


@pytest.fixture
def house(stood: Standing) -> House:
    """Its addresses."""
    return stood.house


@pytest.fixture
def pool(stood: Standing) -> Pool:
    """A way into its books."""
    return stood.pool


@pytest.fixture
async def cast(stood: Standing) -> Cast:
    """Its people, and this test's own phase."""
    async with transaction(stood.pool) as connection:
        drafted = await phase.create(connection, stood.cast.thida.id, Draft(name="Test"))
        opened = await phase.open_(connection, drafted.id)
    return msgspec.structs.replace(stood.cast, phase=opened)


@pytest.fixture
def address(stood: Standing) -> str:
    """Where its worker answers."""
    return stood.address


@pytest.fixture
def api(stood: Standing) -> Api:
    """Its JSON API."""
    return stood.api


@pytest.fixture
async def epoch(pool: Pool) -> str:
    """The name of this copy of the books."""
    async with transaction(pool) as connection:
        return await exposure.epoch(connection)


@pytest.fixture
async def teller(house: House, epoch: str) -> AsyncIterator[Stream]:
    """Another worker's voice."""
    stream = Stream(house.redis_url, epoch)
    stream.start()
    await until(lambda: stream.up)
    yield stream
    await stream.stop()


@pytest.fixture(autouse=True)
def lively() -> Iterator[None]:
    """Signs of life come more often than in earnest."""
    with mock.patch.object(worker, "HEARTBEAT_S", 0.2):
        yield
