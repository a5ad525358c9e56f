"""The `banker` command."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, BinaryIO, NoReturn

import asyncpg
import click
import msgspec

from banker import __version__, inspection, settings
from banker.books import people
from banker.books.people import ROLES
from banker.console import CannotServe, brought_up_to_date, filled, postgres_explained
from banker.console import serve as serve_house
from banker.database import Actor, Pool, acting, connect_pool, transaction
from banker.embedded import EmbeddedFailure, visit
from banker.errors import Refusal
from banker.passwords import hashed
from banker.settings import Settings, SettingsWrong


@click.group()
@click.version_option(__version__, prog_name="banker")
def main() -> None:
    """A real-time risk console for bankers of three-digit lotteries."""


def serving_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where to serve, for the commands that do; the environment has the defaults."""
    for option in (
        click.option("--workers", type=click.IntRange(1, 64), help="Worker processes."),
        click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on."),
        click.option("--host", help="Address to listen on."),
    ):
        command = option(command)
    return command


@main.command()
@serving_options
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the house."""
    with plain_words():
        chosen = _with_flags(settings.read(), host=host, port=port, workers=workers)
        _run(serve_house(chosen, _say))


@main.command()
@serving_options
@click.option(
    "--rate", type=click.FloatRange(0, 200), default=5.0, show_default=True, help="Slips a second."
)
def demo(host: str | None, port: int | None, workers: int | None, rate: float) -> None:
    """Serve a sample house with living traffic, on loopback."""
    from banker.demo import house, traffic

    with plain_words():
        chosen = _with_flags(settings.read(), host=host, port=port, workers=workers, demo=True)
        house.demand_loopback(chosen.host)
        for line in house.SIGN_INS:
            _say(line)
        _run(
            serve_house(
                chosen,
                _say,
                prepare=house.build,
                companion=lambda complete: traffic.keep_sending(complete, rate),
            )
        )


@main.command()
def migrate() -> None:
    """Bring the schema up to date."""
    with plain_words(), _house() as complete:
        asyncio.run(brought_up_to_date(complete))
        _say("The schema is up to date.")


@main.group()
def user() -> None:
    """People of the house."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
def add_user(name: str, role: str) -> None:
    """Add a person; the password is asked for, or read from standard input."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")

    async def add(complete: Settings) -> None:
        await brought_up_to_date(complete)
        password_hash = await hashed(password)
        acting.set(Actor(None, "command line"))
        async with _connected(complete) as pool, transaction(pool) as connection:
            await people.add(connection, name, role, password_hash)

    with plain_words(), _house() as complete:
        asyncio.run(add(complete))
        _say(f"{name} is a {role} now.")


@main.command()
@click.option("--recent", is_flag=True, help="From the last verification that found nothing on.")
@click.option(
    "--head", type=click.File("rb"), help="A head of the chain that was kept, to check it against."
)
def verify(recent: bool, head: BinaryIO | None) -> None:
    """Check that the books balance; names the first rows that disagree, and ends with 1."""
    kept = None if head is None else head.read()

    async def check(complete: Settings) -> int:
        async with _connected(complete, most=2) as pool:
            return await inspection.verify(pool, recent, kept, _progress, _say)

    with plain_words(), _house() as complete:
        found = asyncio.run(check(complete))
    _say("The books balance." if not found else f"{found} rows disagree.")
    sys.exit(1 if found else 0)


@main.group()
def chain() -> None:
    """The chain of hashes over all that was booked."""


@chain.command("head")
def chain_head() -> None:
    """Print where the chain ends: one line, to be kept elsewhere for `banker verify --head`."""

    async def read(complete: Settings) -> str:
        async with _connected(complete) as pool:
            return await inspection.head_line(pool)

    with plain_words(), _house() as complete:
        _say(asyncio.run(read(complete)))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object in place of the table.")
@click.option("--rounds", type=click.IntRange(1, 100), default=3, show_default=True)
@click.option(
    "--lines", type=click.IntRange(1, 999), default=50, show_default=True, help="Lines of a slip."
)
@click.option("--only", metavar="LETTERS", help="Some of the measures, such as a,d,e.")
@click.option("--quick", is_flag=True, help="Small and short, for a first look.")
@click.option(
    "--rate", type=click.FloatRange(1, 100_000), default=1_000.0, show_default=True,
    help="Slips a second of the open loop over HTTP.",
)  # fmt: skip
@click.option(
    "--soak", "soak_minutes", metavar="MINUTES", type=click.FloatRange(0.1, 10_000),
    help="Watch the workers' memory under full load.",
)  # fmt: skip
def bench(
    as_json: bool,
    rounds: int,
    lines: int,
    only: str | None,
    quick: bool,
    rate: float,
    soak_minutes: float | None,
) -> None:
    """Measure what the house can take on this machine.

    On a house of its own in the temporary folder, which needs some gigabytes and is erased at the
    end. Ends with 1 where its books do not balance.
    """
    from banker.bench import course
    from banker.bench.beside import BesideFailed
    from banker.bench.measure import TITLES
    from banker.bench.plan import Plan, letters_of
    from banker.bench.progress import Progress

    try:
        letters = letters_of(only, soak_minutes)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--only") from None
    plan = Plan(rounds, lines, letters, quick, rate, soak_minutes)
    progress = Progress()
    with plain_words():
        try:
            report = course.run(plan, progress)
        except BesideFailed as failed:
            _stop(str(failed))
        finally:
            progress.end()
    for line in [report.to_json().decode()] if as_json else report.table(TITLES):
        _say(line)
    sys.exit(1 if report.findings else 0)


@contextmanager
def plain_words() -> Iterator[None]:
    """What the world does wrong is one clear line, without a traceback."""
    try:
        yield
    except (CannotServe, EmbeddedFailure, SettingsWrong) as wrong:
        _stop(str(wrong))
    except asyncpg.PostgresError as wrong:
        _stop(f"PostgreSQL cannot be used: {wrong}")
    except Refusal as refusal:
        _stop(refusal.detail)
    except KeyboardInterrupt:
        _stop("Interrupted.", code=130)
    except OSError as wrong:
        words = wrong.strerror or str(wrong) or "It took too long."
        _stop(f"{words}{f': {wrong.filename}' if wrong.filename else ''}")


@contextmanager
def _house() -> Iterator[Settings]:
    """Settings with every address: the named servers', the running console's, or servers started
    for this command."""
    chosen = settings.read()
    if chosen.database_url:
        yield filled(chosen, None)
        return
    with visit(chosen.data, pg_bin=chosen.pg_bin, redis=False) as servers:
        yield filled(chosen, servers)


@asynccontextmanager
async def _connected(complete: Settings, most: int = 1) -> AsyncIterator[Pool]:
    """A connection or two, on which a question may take its time."""
    with postgres_explained():
        pool = await connect_pool(complete.database_url, least=1, most=most, patience_s=None)
    async with pool:
        yield pool


def _run(main_task: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(main_task)
    except* (CannotServe, EmbeddedFailure, SettingsWrong) as failed:
        raise _first(failed) from None


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def _with_flags(chosen: Settings, **flags: Any) -> Settings:
    given = {name: flag for name, flag in flags.items() if flag is not None}
    return msgspec.structs.replace(chosen, **given)


def _progress(words: str, done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{words} {done or ''}", nl=False, err=True)


def _say(line: str) -> None:
    click.echo(line)


def _stop(line: str, code: int = 1) -> NoReturn:
    click.echo(f"banker: {line}", err=True)
    sys.exit(code)
