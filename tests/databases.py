"""The databases of the tests. One takes as long to make as many a test does: they are made before
they are asked for, and taken away behind the back of the next test."""

import asyncio
import itertools
import os
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from banker.embedded import House

_numbers = itertools.count(1)


def own_name(what: str) -> str:
    """A name that no other database of this run, or of one beside it, has."""
    return f"banker_{what}_{os.getpid()}_{next(_numbers)}"


def at(servers: House, name: str) -> House:
    """The addresses of a database of these servers."""
    return House(
        database_url=_at(servers.database_url, name),
        owner_url=_at(servers.owner_url, name),
        redis_url=servers.redis_url,
    )


async def create(servers: House, name: str, template: str | None = None) -> House:
    """A new database, empty or like a template."""
    connection = await asyncpg.connect(servers.owner_url)
    try:
        cloned = f' template "{template}"' if template else ""
        await connection.execute(f'create database "{name}"{cloned}')
    finally:
        await connection.close()
    return at(servers, name)


async def drop(servers: House, name: str) -> None:
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


class Clones:
    """Databases like the template, one always made ahead."""

    def __init__(self, servers: House, template: str) -> None:
        self._servers, self._template = servers, template
        self._hands = ThreadPoolExecutor(max_workers=2)
        self._dropped: list[Future[None]] = []
        self._next = self._make()

    async def take(self) -> House:
        """The one made ahead, while the next is begun."""
        made, self._next = self._next, self._make()
        return await asyncio.wrap_future(made)

    def leave(self, house: House) -> None:
        """It is not needed any more."""
        name = urlsplit(house.owner_url).path.removeprefix("/")
        self._dropped.append(
            self._hands.submit(lambda: asyncio.run(drop(self._servers, name))),
        )

    def end(self) -> None:
        """None is left behind. Raises what made one stay: a test that did not let go of it."""
        self.leave(self._next.result())
        self._hands.shutdown()
        for dropped in self._dropped:
            dropped.result()

    def _make(self) -> Future[House]:
        name = own_name("test")
        return self._hands.submit(
            lambda: asyncio.run(create(self._servers, name, self._template)),
        )


def _at(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
