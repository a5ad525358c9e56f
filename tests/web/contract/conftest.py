"""One house that all of the public face is tried on."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Clones
from tests.web.standing import Standing, standing


@pytest.fixture(scope="package")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """One house for all of these tests."""
    async with standing(clones) as stood:
        yield stood
