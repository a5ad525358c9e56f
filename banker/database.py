"""The way to Postgres: transactions, named queries, migrations."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import unquote, urlsplit

import aiosql
import asyncpg
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


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection inside a transaction that commits when the block ends well."""
    async with pool.acquire(timeout=5) as connection, connection.transaction():
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
) -> Pool:
    """A pool for the service's role, with bounds on every wait; an answer that is not there after
    `patience_s` is given up."""
    pool: Pool = await asyncpg.create_pool(
        url,
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
        },
    )
    return pool


def queries(noun: str) -> Any:
    """The named queries of `sql/<noun>.sql`, each a coroutine function taking keywords."""
    return aiosql.from_path(SQL / f"{noun}.sql", "asyncpg")


async def migrate(owner_url: str, service_url: str) -> None:
    """Bring the schema up to date as its owner, and grant the service's role what it may do.

    Several consoles may start at once; they take turns. Raises `BadMigrationError`.
    """
    connection = await asyncpg.connect(owner_url, timeout=10)
    try:
        await connection.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
        await pogo.apply(connection, SQL / "migrations", schema_name="public")
        service_role = role_of(service_url)
        if service_role and service_role != role_of(owner_url):
            grants = (SQL / "grants.sql").read_text()
            await connection.execute(grants.replace("{role}", _quoted(service_role)))
    finally:
        await connection.close()


def role_of(url: str) -> str:
    """The role that a database URL names, or an empty string."""
    return unquote(urlsplit(url).username or "")


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


__all__ = [
    "BadMigrationError",
    "Connection",
    "Pool",
    "connect_pool",
    "migrate",
    "persist",
    "queries",
    "reading",
    "transaction",
]
