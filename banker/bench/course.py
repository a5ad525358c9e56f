"""The course of a bench: a house, rounds that alternate over the letters, and the report.

A slow moment of the machine thereby hits all measures alike, and every ratio is one of medians that
were taken side by side.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from importlib import import_module

import structlog
import uvloop

from banker.bench import figure, floors
from banker.bench.figure import Report
from banker.bench.ground import Ground, prepared
from banker.bench.measure import MEASURES, TITLES, Measure
from banker.bench.plan import Plan
from banker.bench.progress import Progress
from banker.books.verify import verify
from banker.database import connect_pool, reading


def run(plan: Plan, progress: Progress) -> Report:
    """The whole bench, on the loop that the workers use; blocks, and must be called in the main
    thread. Raises `KeyboardInterrupt` where a signal ended it, its house erased."""
    _log_aside()

    async def ended_by_signals() -> Report:
        task = asyncio.current_task()
        assert task is not None
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(signum, task.cancel)
        return await measured(plan, progress)

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(ended_by_signals())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def measured(plan: Plan, progress: Progress) -> Report:
    """The figures of every letter of the plan, from a house that is gone when they are there."""
    measures = [_loaded(letter) for letter in plan.letters]
    rounds: list[Mapping[str, float]] = []
    async with prepared(progress.say) as ground:
        for measure in measures:
            progress.say(f"preparing {_title(measure)}")
            await measure.prepare(ground, plan)
        for number in range(1, plan.rounds + 1):
            for measure in measures:
                progress.say(f"round {number} of {plan.rounds}: {_title(measure)}")
                rounds.append(await measure.round(ground, plan))
        findings = await _verified(ground, progress)
        machine = figure.machine(await _postgres(ground))
    figures = figure.gathered(rounds)
    medians = {one.name: one.value for one in figures}
    return Report(
        machine=machine,
        rounds=plan.rounds,
        lines=plan.lines,
        quick=plan.quick,
        figures=(*figures, *floors.by_workers(medians)),
        ratios=tuple(floors.judged(medians)),
        findings=tuple(findings),
    )


def _loaded(letter: str) -> Measure:
    _, place = MEASURES[letter]
    module, name = place.split(":")
    measure: Measure = getattr(import_module(module), name)()
    return measure


def _title(measure: Measure) -> str:
    return f"({measure.letter}) {TITLES[measure.letter]}"


async def _verified(ground: Ground, progress: Progress) -> list[str]:
    """What `banker verify` finds in the books of every house, in words."""
    findings = []
    for house in (ground, *ground.others):
        # A question may take its time over ten million bets.
        pool = await connect_pool(house.settings.database_url, least=1, most=1, patience_s=None)
        async with pool, reading(pool) as connection:
            progress.say("checking the books")
            found = await verify(connection, lambda check, _: progress.still(check))
        findings += [f"{one.check}: {one.row}: {one.detail}" for one in found]
    return findings


async def _postgres(ground: Ground) -> str:
    return str(await ground.pool.fetchval("select current_setting('server_version')"))


def _log_aside() -> None:
    """Standard output is the report's, and a migration of a fresh house is no news."""
    logging.getLogger("pogo_core").setLevel(logging.ERROR)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
