"""The console: starts what the house needs, keeps it running, and ends it cleanly.

It binds the address, starts the embedded servers unless others are named, migrates, and keeps a
crew of workers. A server that dies is started again.
"""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
from redis.asyncio import ConnectionPool

from banker import __version__, embedded
from banker.crew import BACKLOG, CannotServe, keep_workers
from banker.database import BadMigrationError, migrate
from banker.settings import Settings, SettingsWrong, kept_secret

Companion = Callable[[Settings], Coroutine[Any, Any, None]]


async def serve(
    settings: Settings,
    say: Callable[[str], None],
    prepare: Companion | None = None,
    companion: Companion | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C. `prepare` runs once before the workers start, `companion`
    beside them; both get settings with every address filled in.

    Raises `CannotServe`, `EmbeddedFailure`, `SettingsWrong`.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, ended.set)
    listener = listen(settings.host, settings.port)
    with listener:
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        say(f"banker {__version__}{', a demo,' if settings.demo else ''} on {address(settings)}")
        async with house(settings, say) as complete:
            if prepare is not None:
                await _unless(ended, prepare(complete))
            if ended.is_set():
                return
            async with asyncio.TaskGroup() as group:
                crew = group.create_task(keep_workers(complete, listener, say, ended))
                beside = group.create_task(companion(complete)) if companion is not None else None
                await ended.wait()
                if beside is not None:
                    beside.cancel()
                await crew


def address(settings: Settings) -> str:
    """Where a browser finds the house."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


@asynccontextmanager
async def house(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[Settings]:
    """The settings with every address filled in, the servers behind them kept running, and the
    schema up to date. Raises `EmbeddedFailure`, `CannotServe`, `SettingsWrong`."""
    own_postgres, own_redis = not settings.database_url, not settings.redis_url
    if not own_postgres and not own_redis:
        complete = filled(settings, None)
        await brought_up_to_date(complete)
        yield complete
        return
    # In this thread: on Linux the servers end with the thread that started them.
    servers = embedded.start(
        settings.data, pg_bin=settings.pg_bin, postgres=own_postgres, redis=own_redis, say=say
    )
    try:
        complete = filled(settings, servers.house)
        await brought_up_to_date(complete)
        keeper = asyncio.create_task(servers.keep(), name="embedded servers")
        try:
            yield complete
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
    finally:
        await asyncio.to_thread(servers.stop)


def filled(settings: Settings, servers: embedded.House | None) -> Settings:
    """The settings with the addresses of the embedded servers where no others are named, and with
    the house's secret. Raises `SettingsWrong`."""
    try:
        ConnectionPool.from_url(settings.redis_url or "redis://")
    except ValueError as wrong:
        raise SettingsWrong(f"BANKER_REDIS_URL cannot be used: {wrong}") from wrong
    database_url = settings.database_url or (servers.database_url if servers else "")
    return msgspec.structs.replace(
        settings,
        database_url=database_url,
        owner_url=settings.owner_url or (servers.owner_url if servers else "") or database_url,
        redis_url=settings.redis_url or (servers.redis_url if servers else ""),
        secret=settings.secret or kept_secret(settings.data),
    )


async def brought_up_to_date(settings: Settings) -> None:
    """Migrate. Raises `CannotServe` where Postgres cannot be reached or a migration fails."""
    try:
        with postgres_explained():
            await migrate(settings.owner_url, settings.database_url, settings.timezone)
    except BadMigrationError as bad:
        raise CannotServe(f"{bad}: {bad.__cause__}") from bad


@contextlib.contextmanager
def postgres_explained() -> Iterator[None]:
    """What Postgres has against a command is one line. Raises `CannotServe`."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, ValueError) as away:
        words = " ".join(str(away).split()) or type(away).__name__
        raise CannotServe(f"PostgreSQL cannot be used: {words}") from away


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that workers inherit. Raises `CannotServe` where the port is taken."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
        # Connections inherit it: what is left of them must not stand in the next console's way.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
        # Not before: it would share the address with another console's.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError as taken:
        remedy = ""
        if taken.errno == errno.EADDRINUSE:
            remedy = " Is another console running? Choose another with --port."
        reason = taken.strerror or str(taken)
        raise CannotServe(f"Cannot listen on {host}:{port}: {reason}.{remedy}") from taken
    listener.set_inheritable(True)
    return listener


async def _unless(ended: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, or leave it where it is when the house is told to end."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(ended.wait())
    await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not working.done():
        working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


__all__ = ["CannotServe", "address", "brought_up_to_date", "filled", "postgres_explained", "serve"]
