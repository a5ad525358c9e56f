"""The jobs, in the test's own loop: who runs them, when, and what each leaves in the books."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from unittest import mock

import asyncpg

from banker.books import job
from banker.books.job import Job
from banker.database import Pool, reading, transaction
from banker.embedded import House
from banker.jobs import keeper as keepers
from banker.jobs import timetable
from banker.jobs.keeper import Keeper
from banker.jobs.timetable import Work
from banker.live.stream import Stream


@asynccontextmanager
async def keeping(house: House, *names: str) -> AsyncIterator[list[Keeper]]:
    """Keepers of these names, one after another."""
    stream = Stream(house.redis_url, "test")
    kept = [Keeper(house.database_url, stream, name) for name in names]
    for one in kept:
        one.start()
        await until(lambda: any(other.holds for other in kept))
    yield kept
    for one in kept:
        await one.stop()


def on_timetable(**runs: Callable[[Work], Awaitable[str]]) -> AbstractContextManager[object]:
    """These jobs alone, each due at once and then not for a long time."""
    made = {name: timetable.Job(name, 1000, run) for name, run in runs.items()}
    return mock.patch.dict(keepers.TIMETABLE, made, clear=True)


async def until(holds: Callable[[], object], patience_s: float = 10.0) -> None:
    """Wait for something to be true."""
    async with asyncio.timeout(patience_s):
        while not holds():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.02)


async def ended(pool: Pool, name: str, count: int = 1) -> Job:
    """A job once it has run so often."""
    async with asyncio.timeout(10):
        while True:
            found = await row(pool, name)
            if found is not None and found.run_count >= count and not found.is_running:
                return found
            await asyncio.sleep(0.02)


async def row(pool: Pool, name: str) -> Job | None:
    async with reading(pool) as connection:
        return next((one for one in await job.listed(connection) if one.name == name), None)


async def test_one_keeper_is_at_work_and_the_next_takes_over(house: House, pool: Pool) -> None:
    begun, free = [], asyncio.Event()

    async def wait(work: Work) -> str:
        begun.append(work)
        work.say("half done")
        await free.wait()
        return "all done"

    with on_timetable(slow=wait):
        async with keeping(house, "first", "second") as (first, second):
            await until(lambda: begun)
            await asyncio.sleep(0.5)
            assert (first.holds, second.holds, len(begun)) == (True, False, 1)
            await until_told(pool, "slow", "half done")
            await first.stop()
            await until(lambda: second.holds and len(begun) == 2)
            free.set()
            found = await ended(pool, "slow")
    assert (found.run_count, found.outcome, found.detail) == (1, "done", "all done")
    assert found.worker == "second"


async def until_told(pool: Pool, name: str, words: str) -> None:
    async with asyncio.timeout(5):
        while True:
            found = await row(pool, name)
            if found is not None and found.detail == words:
                return
            await asyncio.sleep(0.02)


async def test_who_loses_the_connection_stops_at_once_and_writes_nothing_more(
    house: House, pool: Pool, owner: asyncpg.Connection
) -> None:
    stopped, begun, free = asyncio.Event(), [], asyncio.Event()

    async def wait(work: Work) -> str:
        begun.append(work)
        try:
            await free.wait()
        except asyncio.CancelledError:
            stopped.set()
            raise
        return "done"

    with on_timetable(slow=wait):
        async with keeping(house, "first", "second"):
            await until(lambda: begun)
            await pool.fetchval(
                "select pg_terminate_backend(pid) from pg_locks "
                "where locktype = 'advisory' and objid = $1 and granted",
                job.HOLD,
            )
            async with asyncio.timeout(5):
                await stopped.wait()
            await until(lambda: len(begun) == 2)
            free.set()
            found = await ended(pool, "slow")
    assert (found.run_count, found.failure_count) == (1, 0)


async def test_a_run_that_another_took_over_is_not_ended_by_the_first(pool: Pool) -> None:
    async with transaction(pool) as connection:
        await job.enter(connection, {"slow": 0})
        old = await job.begin(connection, "slow", "first")
    async with transaction(pool) as connection:
        assert await job.due(connection, []) == ["slow"], "it was cut short"
        new = await job.begin(connection, "slow", "second")
        await job.finish(connection, old, "failed", "too late", 60)
    found = await row(pool, "slow")
    assert found is not None
    assert (found.is_running, found.worker, found.run_count) == (True, "second", 0)
    async with transaction(pool) as connection:
        await job.finish(connection, new, "done", "in time", 60)
        await job.finish(connection, new, "done", "twice", 60)
        assert await job.due(connection, []) == []
    found = await row(pool, "slow")
    assert found is not None
    assert (found.outcome, found.detail, found.run_count) == ("done", "in time", 1)


async def test_a_job_that_fails_says_so_and_holds_up_no_other(house: House, pool: Pool) -> None:
    async def fail(_: Work) -> str:
        raise ValueError("no such luck")

    async def never(_: Work) -> str:
        await asyncio.Event().wait()
        return ""

    async def do(_: Work) -> str:
        return "did it"

    with on_timetable(bad=fail, long=never, good=do):
        async with keeping(house, "only"):
            bad, good = await ended(pool, "bad"), await ended(pool, "good")
            long = await row(pool, "long")
    assert (bad.outcome, bad.failure_count, bad.succeeded_at) == ("failed", 1, None)
    assert bad.detail == "ValueError: no such luck"
    assert (good.outcome, good.detail) == ("done", "did it")
    assert long is not None
    assert long.is_running


async def test_who_asks_in_the_middle_of_a_run_gets_another(house: House, pool: Pool) -> None:
    begun: list[Work] = []
    free = asyncio.Event()

    async def wait(work: Work) -> str:
        begun.append(work)
        await free.wait()
        return ""

    with on_timetable(slow=wait):
        async with keeping(house, "only"):
            await until(lambda: begun)
            async with transaction(pool) as connection:
                await job.ask(connection, "slow")
            free.set()
            await ended(pool, "slow", count=2)
            await asyncio.sleep(1.2)
    assert len(begun) == 2


async def test_jobs_that_are_kept_apart_are_never_at_work_together(
    house: House, pool: Pool
) -> None:
    at_work, most = 0, 0

    async def count(_: Work) -> str:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0.3)
        at_work -= 1
        return ""

    made = {
        "one": timetable.Job("one", 1000, count, apart_from="two"),
        "two": timetable.Job("two", 1000, count, apart_from="one"),
    }
    with mock.patch.dict(keepers.TIMETABLE, made, clear=True):
        async with keeping(house, "only"):
            await ended(pool, "one")
            await ended(pool, "two")
    assert most == 1
