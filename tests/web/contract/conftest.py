"""One house that all of the public face is tried on."""

from collections.abc import AsyncIterator

import pytest

from banker.embedded import House
from tests.web.standing import Standing, standing


@pytest.fixture(scope="package")
async def stood(servers: House, template: str) -> AsyncIterator[Standing]:
    """One house for all of these tests."""
    async with standing(servers, template) as stood:
        yield stood
