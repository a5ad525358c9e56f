"""The `banker` command."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, NoReturn

import click
import msgspec

from banker import __version__, command, inspection, settings
from banker.books import people
from banker.books.people import ROLES
from banker.console import brought_up_to_date
from banker.console import serve as serve_house
from banker.database import Actor, acting, transaction
from banker.passwords import hashed
from banker.settings import Settings


@click.group()
@click.version_option(__version__, prog_name="banker")
def main() -> None:
    """A real-time risk console for bankers of three-digit lotteries."""


def serving_options(served: Callable[..., None]) -> Callable[..., None]:
    """Where to serve, for the commands that do; the environment has the defaults."""
    for option in (
        click.option("--workers", type=click.IntRange(1, 64), help="Worker processes."),
        click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on."),
        click.option("--host", help="Address to listen on."),
    ):
        served = option(served)
    return served


@main.command()
@serving_options
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the house."""
    with command.plain_words():
        chosen = _with_flags(settings.read(), host=host, port=port, workers=workers)
        command.run(serve_house(chosen, command.say))


@main.command()
@serving_options
@click.option(
    "--rate", type=click.FloatRange(0, 200), default=5.0, show_default=True, help="Slips a second."
)
def demo(host: str | None, port: int | None, workers: int | None, rate: float) -> None:
    """Serve a sample house with living traffic, on loopback."""
    from banker.demo import house, traffic

    with command.plain_words():
        chosen = _with_flags(settings.read(), host=host, port=port, workers=workers, demo=True)
        house.demand_loopback(chosen.host)
        for line in house.SIGN_INS:
            command.say(line)
        command.run(
            serve_house(
                chosen,
                command.say,
                prepare=house.build,
                companion=lambda complete: traffic.keep_sending(complete, rate),
            )
        )


@main.command()
def migrate() -> None:
    """Bring the schema up to date."""
    with command.plain_words(), command.house() as complete:
        asyncio.run(brought_up_to_date(complete))
        command.say("The schema is up to date.")


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
        async with command.connected(complete) as pool, transaction(pool) as connection:
            await people.add(connection, name, role, password_hash)

    with command.plain_words(), command.house() as complete:
        asyncio.run(add(complete))
        command.say(f"{name} is a {role} now.")


@main.command()
@click.option("--recent", is_flag=True, help="From the last verification that found nothing on.")
@click.option(
    "--head", type=click.File("rb"), help="A head of the chain that was kept, to check it against."
)
@click.option(
    "--phase", "phase_id", metavar="ID", type=click.IntRange(1, 2**31 - 1),
    help="One closed phase alone: whether it is what was sealed at its closing.",
)  # fmt: skip
@click.option(
    "--seal", metavar="HEX", help="The seal that was published, to check --phase against."
)
def verify(recent: bool, head: BinaryIO | None, phase_id: int | None, seal: str | None) -> None:
    """Check that the books balance; names the first rows that disagree, and ends with 1."""
    if phase_id is not None and (recent or head is not None):
        raise click.UsageError("--phase goes with --seal alone.")
    if phase_id is not None:
        _verify_phase(phase_id, seal)
    if seal is not None:
        raise click.UsageError("--seal goes with --phase.")
    kept = None if head is None else head.read()

    async def check(complete: Settings) -> int:
        async with command.connected(complete, most=3) as pool:
            return await inspection.verify(pool, recent, kept, command.progress, command.say)

    with command.plain_words(), command.house() as complete:
        found = asyncio.run(check(complete))
    command.say("The books balance." if not found else f"{found} rows disagree.")
    sys.exit(1 if found else 0)


def _verify_phase(phase_id: int, seal: str | None) -> NoReturn:
    async def check(complete: Settings) -> int:
        async with command.connected(complete) as pool:
            return await inspection.verify_phase(
                pool, phase_id, seal, command.progress, command.say
            )

    with command.plain_words(), command.house() as complete:
        found = asyncio.run(check(complete))
    if found:
        command.say(f"Phase {phase_id} is not what was sealed: {found:,} findings.")
    else:
        command.say(f"Phase {phase_id} is what was sealed at its closing.")
        if seal is None:
            command.say("Whether that seal was the published one, --seal tells.")
    sys.exit(1 if found else 0)


@main.group()
def chain() -> None:
    """The chain of hashes over all that was booked."""


@chain.command("head")
def chain_head() -> None:
    """Print where the chain ends: one line, to be kept elsewhere for `banker verify --head`."""

    async def read(complete: Settings) -> str:
        async with command.connected(complete) as pool:
            return await inspection.head_line(pool)

    with command.plain_words(), command.house() as complete:
        command.say(asyncio.run(read(complete)))


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
    with command.plain_words():
        try:
            report = course.run(plan, progress)
        except BesideFailed as failed:
            command.stop(str(failed))
        finally:
            progress.end()
    for line in [report.to_json().decode()] if as_json else report.table(TITLES):
        command.say(line)
    sys.exit(1 if report.findings else 0)


def _with_flags(chosen: Settings, **flags: Any) -> Settings:
    given = {name: flag for name, flag in flags.items() if flag is not None}
    return msgspec.structs.replace(chosen, **given)
