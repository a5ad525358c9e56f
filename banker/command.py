"""What the commands share: the house they work on, plain words for what goes wrong, and lines."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NoReturn

import asyncpg
import click

from banker import settings
from banker.console import CannotServe, filled, postgres_explained
from banker.database import Pool, connect_pool
from banker.embedded import EmbeddedFailure, visit
from banker.errors import Refusal
from banker.settings import Settings, SettingsWrong


@contextmanager
def plain_words() -> Iterator[None]:
    """What the world does wrong is one clear line, without a traceback."""
    try:
        yield
    except (CannotServe, EmbeddedFailure, SettingsWrong) as wrong:
        stop(str(wrong))
    except asyncpg.PostgresError as wrong:
        stop(f"PostgreSQL cannot be used: {wrong}")
    except Refusal as refusal:
        stop(refusal.detail)
    except KeyboardInterrupt:
        stop("Interrupted.", code=130)
    except OSError as wrong:
        words = wrong.strerror or str(wrong) or "It took too long."
        stop(f"{words}{f': {wrong.filename}' if wrong.filename else ''}")


@contextmanager
def house() -> Iterator[Settings]:
    """Settings with every address: the named servers', the running console's, or servers started
    for this command."""
    chosen = settings.read()
    if chosen.database_url:
        yield filled(chosen, None)
        return
    with visit(chosen.data, pg_bin=chosen.pg_bin, redis=False) as servers:
        yield filled(chosen, servers)


@asynccontextmanager
async def connected(complete: Settings, most: int = 1) -> AsyncIterator[Pool]:
    """A connection or two, on which a question may take its time."""
    with postgres_explained():
        pool = await connect_pool(complete.database_url, least=1, most=most, patience_s=None)
    async with pool:
        yield pool


def run(main_task: Coroutine[Any, Any, None]) -> None:
    """Run until it ends; what it cannot do is raised by itself, out of the groups around it."""
    try:
        asyncio.run(main_task)
    except* (CannotServe, EmbeddedFailure, SettingsWrong) as failed:
        raise _first(failed) from None


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def progress(words: str, done: int) -> None:
    """How far a long command has come, on one line, where somebody looks."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{words} {done or ''}", nl=False, err=True)


def say(line: str) -> None:
    """A line of the answer."""
    click.echo(line)


def stop(line: str, code: int = 1) -> NoReturn:
    """A line of what went wrong, and the end."""
    click.echo(f"banker: {line}", err=True)
    sys.exit(code)
