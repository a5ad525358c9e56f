"""A worker of this test's own house behind real HTTP, and people signed in to it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from banker.embedded import House
from tests.cast import PASSWORD, Cast
from tests.serving import serving


class Api:
    """The JSON API, as one person after another."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self._tokens: dict[str, str] = {}

    async def token(self, name: str) -> str:
        """A token of a person of the cast, signed in once."""
        if name not in self._tokens:
            body = {"username": name, "password": PASSWORD}
            response = await self.client.post("/api/tokens", json=body)
            assert response.status_code == 201, response.text
            self._tokens[name] = response.json()["token"]
        return self._tokens[name]

    async def ask(
        self, name: str, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        """A request as a person of the cast."""
        headers = {"Authorization": f"Bearer {await self.token(name)}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.client.request(method, path, json=body, headers=headers)


@pytest.fixture
async def address(house: House, cast: Cast) -> AsyncIterator[str]:
    """Where this test's worker answers."""
    async with serving(house) as address:
        yield address


@pytest.fixture
async def api(address: str) -> AsyncIterator[Api]:
    """The JSON API of this test's worker."""
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        yield Api(client)
