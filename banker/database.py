"""The way to Postgres: transactions, named queries, migrations."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

import aiosql
import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter
from pogo_core.error import BadMigrationError
from pogo_core.util import migrate as pogo

from banker.errors import Unavailable
from banker.settings import PROJECT

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

SQL = PROJECT / "sql"
MIGRATION_LOCK = 61_000_001

# A wait for a lock longer than this is answered, not sat out: callers hold keys and can retry.
LOCK_TIMEOUT_MS = 2_000
STATEMENT_TIMEOUT_MS = 60_000

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Result = TypeVar("Result")

# The transaction did not happen, or it is not known whether it did: both are safe to run again
# for a verb that holds an idempotency key or changes nothing the second time.
RETRIED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    # What asyncpg says where a connection was lost in the middle of its own conversation.
    asyncpg.InternalClientError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    OSError,
    TimeoutError,
)


class Actor(NamedTuple):
    """Who acts, and from which address; a command has no person."""

    id: int | None
    address: str


# Whoever is behind what runs now. Triggers write them into the trail of administrative writes, so
# that no verb can forget to.
acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection inside a transaction that commits when the block ends well, and in which the
    books know who is `acting`."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
        actor = acting.get()
        if actor is not None:
            await connection.execute(
                "select set_config('banker.actor', $1, true), "
                "set_config('banker.address', $2, true)",
                "" if actor.id is None else str(actor.id),
                actor.address,
            )
        yield connection


@asynccontextmanager
async def reading(pool: Pool) -> AsyncIterator[Connection]:
    """A connection that sees one moment of the books, however many queries are asked."""
    async with (
        pool.acquire(timeout=5) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection


async def persist(
    pool: Pool, verb: Callable[[Connection], Awaitable[Result]], patience_s: float = 12.0
) -> Result:
    """Run a verb in a transaction, again and again where Postgres was away or chose a victim.

    The verb must be safe to repeat: bound to an idempotency key, or one that changes nothing the
    second time. A commit whose answer was lost is thereby looked up, never reported as a failure.
    Raises `Unavailable` when the patience is over.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    delay_s = 0.02
    while True:
        try:
            async with transaction(pool) as connection:
                return await verb(connection)
        except asyncpg.LockNotAvailableError as waited:
            raise Unavailable() from waited
        except RETRIED as lost:
            if isinstance(lost, ValueError):
                raise  # an argument that cannot be sent: for asyncpg an interface error
            if loop.time() + delay_s > deadline:
                raise Unavailable() from lost
        await asyncio.sleep(delay_s * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
        delay_s = min(delay_s * 2, 0.5)


async def connect_pool(
    url: str,
    least: int = 2,
    most: int = 16,
    patience_s: float | None = STATEMENT_TIMEOUT_MS / 1000,
    plan_once: bool = False,
) -> Pool:
    """A pool for the service's role, with bounds on every wait; an answer that is not there after
    `patience_s` is given up. With `plan_once` a statement is planned when it is first asked, and
    not anew for what it is asked about; it is then asked by keys alone, or a plan made while a
    table was small would read all of it for ever."""
    pool: Pool = await asyncpg.create_pool(
        url,
        # Nothing is ever left behind in a connection: settings are local to their transaction.
        reset=_leave,
        min_size=least,
        max_size=most,
        timeout=5,
        command_timeout=patience_s,
        server_settings={
            "application_name": "banker",
            "lock_timeout": str(LOCK_TIMEOUT_MS),
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": "30000",
            "timezone": "UTC",
            "jit": "off",
            "plan_cache_mode": "force_generic_plan" if plan_once else "auto",
            "enable_seqscan": "off" if plan_once else "on",
        },
    )
    return pool


async def _leave(connection: Connection) -> None:
    """What asyncpg would put right in a question of its own after every use."""


def queries(noun: str) -> Any:
    """The named queries of `sql/<noun>.sql`, each a coroutine function taking keywords."""
    return aiosql.from_path(SQL / f"{noun}.sql", _Adapter)


class _Adapter(AsyncPGAdapter):
    """Queries asked of a connection that the caller holds. aiosql's own adapter looks at every call
    whether it has to take one from a pool, which costs more than the call."""

    async def select(self, conn: Any, name: str, sql: str, arguments: Any, _: Any = None) -> Any:
        for row in await conn.fetch(sql, *self._ordered(name, arguments)):
            yield row

    async def select_one(
        self, conn: Any, name: str, sql: str, arguments: Any, _: Any = None
    ) -> Any:
        return await conn.fetchrow(sql, *self._ordered(name, arguments))

    async def select_value(self, conn: Any, name: str, sql: str, arguments: Any) -> Any:
        return await conn.fetchval(sql, *self._ordered(name, arguments))

    async def insert_update_delete(self, conn: Any, name: str, sql: str, arguments: Any) -> Any:
        return await conn.execute(sql, *self._ordered(name, arguments))

    def _ordered(self, name: str, arguments: dict[str, Any]) -> list[Any]:
        return [arguments[argument] for argument in self.var_sorted[name]]


def array(values: Iterable[int | Decimal | Literal["null"]]) -> str:
    """Numbers as the text of a Postgres array, for `:values::text::bigint[]`: asyncpg looks at each
    element of an array several times, which for thousands takes longer than writing them."""
    return f"{{{','.join(map(str, values))}}}"


async def migrate(owner_url: str, service_url: str, timezone: str = "UTC") -> None:
    """Bring the schema up to date as its owner, grant the service's role what it may do, and tell
    the house by which clock its months begin.

    Several consoles may start at once; they take turns. Raises `BadMigrationError`, and what
    Postgres has against a clock that it does not know: it knows fewer than Python does.
    """
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        await connection.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
        await pogo.apply(connection, SQL / "migrations", schema_name="public")
        service_role = role_of(service_url)
        if service_role and service_role != role_of(owner_url):
            grants = (SQL / "grants.sql").read_text()
            await connection.execute(grants.replace("{role}", _quoted(service_role)))
        house = queries("house")
        await house.read_clock(connection, timezone=timezone)
        await house.write_timezone(connection, timezone=timezone)
    finally:
        await connection.close()


def role_of(url: str) -> str:
    """The role that a database URL names, or an empty string."""
    return unquote(urlsplit(url).username or "")


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


__all__ = [
    "Actor",
    "BadMigrationError",
    "Connection",
    "Pool",
    "acting",
    "array",
    "connect_pool",
    "migrate",
    "persist",
    "queries",
    "reading",
    "transaction",
]
