"""A house as it stands: two workers on one set of books, asked over real HTTP."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import pytest

from banker.books.phase import Phase
from banker.database import Pool
from banker.embedded import House
from tests.cast import PASSWORD, Cast, newcomers
from tests.serving import serving

Answer = TypeVar("Answer")

# A worker answers so many sign-ins at once without counting them as guesses from one address.
SIGN_INS_AT_ONCE = 8


class Doors:
    """The doors of one house; each request goes to the next of them."""

    def __init__(self, clients: Iterable[httpx.AsyncClient]) -> None:
        self._next = itertools.cycle(clients)
        self._tokens: dict[str, str] = {}
        self._calm = asyncio.Semaphore(SIGN_INS_AT_ONCE)

    async def sign_in(self, *names: str) -> None:
        """Tokens for all, so that a race is one of slips and not of sign-ins."""
        await at_once(self.token(name) for name in names)

    async def ask(
        self, name: str, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        """A request as a person of the cast, who is signed in first if need be."""
        headers = {"Authorization": f"Bearer {await self.token(name)}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await next(self._next).request(method, path, json=body, headers=headers)

    async def read(self, name: str, path: str) -> dict[str, Any]:
        """What a person is shown."""
        shown = await self.ask(name, "GET", path)
        assert shown.status_code == 200, shown.text
        found: dict[str, Any] = shown.json()
        return found

    async def send(self, to: Phase, name: str, text: str, key: str) -> httpx.Response:
        """A slip."""
        return await self.ask(name, "POST", f"/api/phases/{to.id}/tickets", {"text": text}, key=key)

    async def close(self, phase: Phase) -> None:
        """The end of a phase, by Min's hand."""
        closed = await self.ask("min", "POST", f"/api/phases/{phase.id}/closure")
        assert (closed.status_code, closed.json()["state"]) == (200, "closed")

    async def tickets(self, phase: Phase) -> list[dict[str, Any]]:
        """All tickets of a phase, page by page."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            path = f"/api/phases/{phase.id}/tickets?limit=200{cursor}"
            page = await self.read("min", path)
            found += page["items"]
            if page["cursor"] is None:
                return found
            cursor = f"&cursor={page['cursor']}"

    async def cash(self, name: str, user_id: int) -> Decimal:
        """A person's cash, as it is shown to them."""
        return Decimal((await self.read(name, f"/api/users/{user_id}/balance"))["cash_balance"])

    async def token(self, name: str) -> str:
        """A person's token, signed in once."""
        if name not in self._tokens:
            async with self._calm:
                body = {"username": name, "password": PASSWORD}
                opened = await next(self._next).post("/api/tokens", json=body)
            assert opened.status_code == 201, opened.text
            self._tokens[name] = opened.json()["token"]
        return self._tokens[name]


@pytest.fixture
async def doors(house: House, cast: Cast) -> AsyncIterator[Doors]:
    """The JSON API of this test's house, at two workers."""
    bounds = httpx.Limits(max_connections=None)
    async with (
        serving(house) as one,
        serving(house) as other,
        httpx.AsyncClient(base_url=one, timeout=30, limits=bounds) as at_one,
        httpx.AsyncClient(base_url=other, timeout=30, limits=bounds) as at_other,
    ):
        yield Doors([at_one, at_other])


@pytest.fixture
async def crowd(pool: Pool, cast: Cast) -> list[str]:
    """The names of 64 collectors with money."""
    return [person.username for person in await newcomers(pool, cast, 64)]


async def at_once(asked: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """All of them together; the answers in the order asked."""
    return list(await asyncio.gather(*asked))


async def eventually(holds: Callable[[], bool], patience_s: float) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(patience_s):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)
