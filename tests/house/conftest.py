"""A house as it stands: two workers or four on one set of books, asked over real HTTP."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import pytest

from banker import __version__
from banker.books.phase import Phase
from banker.database import Pool
from banker.embedded import House
from tests.cast import PASSWORD, Cast, newcomers
from tests.house.console import console, named
from tests.serving import serving

Answer = TypeVar("Answer")

# A worker answers so many sign-ins at once without counting them as guesses from one address.
SIGN_INS_AT_ONCE = 8
# The kernel deals out connections, not requests: clients with connections of their own.
CLIENTS = 8
# Whoever is asked to come again comes again so long.
PATIENCE_S = 60.0


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
        """A request as a person of the cast, sent again as often as the answer asks for that."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = await self.ask_once(name, method, path, body, key)
                if answer.status_code not in (409, 503) or "Retry-After" not in answer.headers:
                    return answer
                # It is an answer only for who has waited.
                assert answer.elapsed >= timedelta(seconds=2), answer.text
                await asyncio.sleep(float(answer.headers["Retry-After"]))

    async def ask_once(
        self, name: str, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        """A request and its answer, whatever it is; the person is signed in first if need be."""
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


@pytest.fixture(params=[2, 4])
def workers(request: pytest.FixtureRequest) -> int:
    """Two workers in the test's own loop, or a console's four processes."""
    count: int = request.param
    return count


@pytest.fixture
async def doors(house: House, cast: Cast, workers: int) -> AsyncIterator[Doors]:
    """The JSON API of this test's house."""
    bounds = httpx.Limits(max_connections=None)
    async with AsyncExitStack() as closing:
        stand = _side_by_side if workers == 2 else _in_processes
        addresses = await closing.enter_async_context(stand(house, workers))
        clients = [
            httpx.AsyncClient(base_url=address, timeout=30, limits=bounds) for address in addresses
        ]
        yield Doors([await closing.enter_async_context(client) for client in clients])


@asynccontextmanager
async def _side_by_side(house: House, workers: int) -> AsyncIterator[list[str]]:
    async with AsyncExitStack() as closing:
        yield [await closing.enter_async_context(serving(house)) for _ in range(workers)]


@asynccontextmanager
async def _in_processes(house: House, workers: int) -> AsyncIterator[list[str]]:
    with console("serve", "--workers", f"{workers}", **named(house)) as served:
        served.start()
        await asyncio.to_thread(served.wait)
        assert len(served.workers()) == workers
        yield [served.address] * CLIENTS
        code, _ = await asyncio.to_thread(served.end)
        assert (code, served.said) == (0, f"banker {__version__} on {served.address}\n")


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
