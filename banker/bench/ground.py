"""The throw-away house on which a bench is run: private servers, people with plenty of money."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from banker import embedded, settings
from banker.bench.plan import COLLECTORS
from banker.books import cash, people, phase, session
from banker.books.people import Person
from banker.books.phase import Draft, Phase
from banker.books.request import Asked, fingerprint
from banker.console import brought_up_to_date, filled
from banker.database import Connection, Pool, connect_pool, transaction
from banker.passwords import hashed
from banker.settings import Settings

PASSWORD = "bench-house"  # noqa: S105 - of a house that nobody else can reach
# Enough for any run; limits as high, so that no slip is refused.
PLENTY = Decimal(1_000_000_000_000)
RATES = ("15", "12.5", "10", "0")
WATCHERS = 20


class Ground(msgspec.Struct, frozen=True, eq=False):
    """A house made ready.

    `settings` have every address filled in; `pool` is the service role's. `tokens` are the
    collectors' API tokens, in the same order; a crowd before the wall shares `watcher_tokens`, for
    one person has so many streams and no more. What a measure opens for all its rounds it enters
    into `resources`, which end before the servers do. `others` are the houses beside this one.
    """

    settings: Settings
    pool: Pool
    collectors: tuple[Person, ...]
    tokens: tuple[str, ...]
    manager: Person
    manager_token: str
    admin_token: str
    watcher_tokens: tuple[str, ...]
    resources: AsyncExitStack
    others: list["Ground"] = []

    async def open_phase(self, name: str, **draft: Any) -> Phase:
        """An open phase that refuses no slip; `draft` may say more of it (`banker.books.phase`)."""
        async with transaction(self.pool) as connection:
            made = await phase.create(
                connection, self.manager.id, Draft(name=name, **{"global_limit": PLENTY, **draft})
            )
            return await phase.open_(connection, made.id)

    async def database(self, name: str) -> tuple[str, str]:
        """Another database on the same server, made when it is first asked for, its name after the
        house's own: its addresses for the service's role and for the owner."""
        name = f"{urlsplit(self.settings.database_url).path.removeprefix('/')}_{name}"
        connection = await asyncpg.connect(self.settings.owner_url)
        try:
            with suppress(asyncpg.DuplicateDatabaseError):
                await connection.execute(f'create database "{name}"')
        finally:
            await connection.close()
        return _at(self.settings.database_url, name), _at(self.settings.owner_url, name)

    async def beside(self, name: str) -> "Ground":
        """Another house on the same servers, with a database and people of its own, that ends with
        this one."""
        database_url, owner_url = await self.database(name)
        other = msgspec.structs.replace(
            self.settings, database_url=database_url, owner_url=owner_url
        )
        ground = await self.resources.enter_async_context(furnished(other))
        self.others.append(ground)
        return ground


@asynccontextmanager
async def prepared(say: Callable[[str], None]) -> AsyncIterator[Ground]:
    """A house on private servers in a temporary folder, erased at the end; `say` gets lines that a
    person may read. Other servers that the environment names are left alone.

    Call it in the main thread: on Linux the servers end with the thread that started them.
    """
    with _folder() as folder:
        chosen = settings.read(
            {
                "BANKER_DATA": str(folder / "data"),
                "BANKER_PG_BIN": os.environ.get("BANKER_PG_BIN", ""),
            }
        )
        say("starting a throw-away house")
        servers = embedded.start(chosen.data, pg_bin=chosen.pg_bin, say=say)
        try:
            async with furnished(filled(chosen, servers.house)) as ground:
                yield ground
        finally:
            # Not in a thread: nothing may come between the end of a run and its traces.
            servers.stop()
            servers.place.erase()


@asynccontextmanager
async def furnished(complete: Settings) -> AsyncIterator[Ground]:
    """A house on the servers that the settings name, with its schema and its people."""
    await brought_up_to_date(complete)
    pool = await connect_pool(complete.database_url, least=2, most=16)
    async with pool, AsyncExitStack() as resources:
        password_hash = await hashed(PASSWORD)
        async with transaction(pool) as connection:
            staff = {
                role: await people.add(connection, role, role, password_hash)
                for role in ("admin", "manager", "cashier")
            }
            collectors = [
                await _collector(connection, staff["cashier"], place, password_hash)
                for place in range(COLLECTORS)
            ]
            watchers = [
                await people.add(connection, f"watcher-{place + 1}", "manager", password_hash)
                for place in range(WATCHERS)
            ]
            ground = Ground(
                settings=complete,
                pool=pool,
                collectors=tuple(collectors),
                tokens=tuple([await _token(connection, one) for one in collectors]),
                manager=staff["manager"],
                manager_token=await _token(connection, staff["manager"]),
                admin_token=await _token(connection, staff["admin"]),
                watcher_tokens=tuple([await _token(connection, one) for one in watchers]),
                resources=resources,
            )
        yield ground


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="banker-bench-") as folder:
        # The servers may run as another user.
        Path(folder).chmod(0o755)
        yield Path(folder)


async def _collector(
    connection: Connection, cashier: Person, place: int, password_hash: str
) -> Person:
    collector = await people.add(
        connection,
        f"collector-{place + 1}",
        "collector",
        password_hash,
        commission_rate=Decimal(RATES[place % len(RATES)]),
    )
    asked = Asked(cashier.id, "deposit", f"bench-{collector.id}", fingerprint(str(PLENTY)))
    await cash.deposit(connection, asked, collector.id, PLENTY, "for the bench")
    return collector


async def _token(connection: Connection, person: Person) -> str:
    return (await session.open_(connection, person.id, "api", "127.0.0.1")).token


def _at(url: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
