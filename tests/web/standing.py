"""A house that stands for a whole file of tests: each test drafts a phase of its own in it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar
from typing import Any
from unittest import mock

import httpx
from argon2 import PasswordHasher

from banker import passwords
from banker.books import session
from banker.books.people import Person
from banker.books.session import Kind
from banker.database import Pool, connect_pool, transaction
from banker.embedded import House
from tests.cast import Cast, gather
from tests.databases import Clones
from tests.serving import serving
from tests.web.conftest import Api

# The tests ask whether a password was looked at, not how slowly.
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

_keys = itertools.count(1)


class NoCookies(CookieJar):
    """Keeps nothing, so that one client can be many people."""

    def set_cookie(self, cookie: object) -> None:
        """Forget it."""


class Standing:
    """The house, its people, a pool to look into the books, and a worker that answers."""

    def __init__(self, house: House, pool: Pool, cast: Cast, address: str) -> None:
        self.house = house
        self.pool = pool
        self.cast = cast
        self.address = address
        self.client = httpx.AsyncClient(base_url=address, timeout=20, cookies=NoCookies())
        self.api = Api(self.client)
        self.ticket = ""
        self.books: dict[str, tuple[int, str]] = {}
        self._csrf: dict[str, str] = {}

    async def ask(
        self, name: str, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        """A request to the API as a person of the cast."""
        return await self.api.ask(name, method, path, body, key)

    async def draft(self, **fields: Any) -> str:
        """The path of a new draft."""
        response = await self.ask("min", "POST", "/api/phases", {"name": "Test", **fields})
        assert response.status_code == 201, response.text
        return f"/api/phases/{response.json()['id']}"

    async def open(self, **fields: Any) -> str:
        """The path of a new open phase."""
        path = await self.draft(**fields)
        response = await self.ask("min", "POST", f"{path}/opening")
        assert response.status_code == 200, response.text
        return path

    async def place(
        self, path: str, text: str, name: str = "aung", key: str | None = None
    ) -> httpx.Response:
        """A slip, under a key of its own unless one is given."""
        return await self.ask(name, "POST", f"{path}/tickets", {"text": text}, key or fresh_key())

    async def csrf(self) -> dict[str, str]:
        """The headers that a form needs: the cookie, and the token that must match it."""
        if not self._csrf:
            token = (await self.client.get("/signin")).cookies["csrf"]
            self._csrf = {"Cookie": f"csrf={token}", "x-csrftoken": token}
        return dict(self._csrf)

    async def page(
        self, person: Person, method: str, path: str, form: dict[str, str] | None = None
    ) -> httpx.Response:
        """A request of a browser that a person is signed in with."""
        headers = await self.csrf()
        headers["Cookie"] += f"; banker={await self.token(person, 'page')}"
        return await self.client.request(method, path, data=form, headers=headers)

    async def token(self, person: Person, kind: Kind = "api") -> str:
        """A session made without the password."""
        async with transaction(self.pool) as connection:
            return (await session.open_(connection, person.id, kind, "127.0.0.1")).token


@asynccontextmanager
async def standing(clones: Clones, **settings: Any) -> AsyncIterator[Standing]:
    """A house cloned from the template, with the cast, and a worker in front of it."""
    house = await clones.take()
    pool = await connect_pool(house.database_url, least=1, most=4)
    cast = await gather(pool)
    with mock.patch.object(passwords, "_hasher", QUICK):
        async with serving(house, **settings) as address:
            stood = Standing(house, pool, cast, address)
            yield stood
            await stood.client.aclose()
    await pool.close()
    clones.leave(house)


def fresh_key() -> str:
    """An Idempotency-Key that no test has used."""
    return f"standing-{next(_keys)}"
