"""Houses to sign in to: one as it stands, one behind a proxy, one behind HTTPS."""

from collections.abc import AsyncIterator, Iterator
from unittest import mock

import pytest

from banker.web import signin
from tests.databases import Clones
from tests.web.standing import Standing, standing

PROXY = "127.0.0.1"


@pytest.fixture(scope="package")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


@pytest.fixture(scope="package")
async def proxied(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones, proxies=(PROXY,)) as stood:
        yield stood


@pytest.fixture(scope="package")
async def behind_https(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones, secure=True) as stood:
        yield stood


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Failures are counted as ever, and are not sat out."""
    with mock.patch.object(signin, "SLOWEST_S", 0.0):
        yield
