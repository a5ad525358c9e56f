"""The worker that does the jobs is killed by `kill -9` in the middle of each of them."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from banker.books import cash, job, phase, samples
from banker.books.job import Job
from banker.books.phase import Draft
from banker.database import Pool, reading, transaction
from banker.embedded import House
from banker.jobs.timetable import TIMETABLE, VERIFICATION, WHOLE_VERIFICATION
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, deposit, placed
from tests.house.console import console, named

FINISHED_S = 30.0
OLD = "update requests set created_at = created_at - interval '31 days' where operation = 'old'"
DEPOSITS = 3


class Case(msgspec.Struct, frozen=True):
    """A job: what is locked so that it is caught in the middle, what gives it work, and a question
    that counts what it did."""

    job: str
    lock: str
    work: str
    done: str


CASES = (
    Case(
        "opening",
        "select pg_advisory_xact_lock_shared(61, id) from phases",
        "update phases set opens_at = clock_timestamp() where state = 'draft'",
        "select count(*) from phases where name = 'later' and state = 'open'",
    ),
    Case(
        "closing",
        "select pg_advisory_xact_lock_shared(61, id) from phases",
        "update phases set closes_at = clock_timestamp() where state = 'open'",
        "select count(*) from settlements where closed_by is null",
    ),
    Case(
        "sealing",
        "select from chain_marks for update",
        "",
        "select (min(transfers.id) > 0 and max(transfers.id) = max(chain_marks.transfer_id))"
        "::integer from transfers, chain_marks",
    ),
    Case(
        "sampling",
        "lock table samples in share mode",
        "",
        f"select sum(value) / {DEPOSITS} from samples where figure = '{samples.UPDATES}'",
    ),
    Case(
        "bonuses",
        "select from accounts where kind = 'bonus' for update",
        "update bonuses set expires_at = clock_timestamp()",
        "select count(*) from transfers where reason = 'expiry'",
    ),
    Case(
        "drafting",
        "lock table phases in share row exclusive mode",
        "insert into calendars (name, month_days, week_days, open_days_before, opens, closes, "
        "model_id, ahead, created_by) values ('Thai', '{1,16}', '{}', 1, '8:00', '15:00', 1, 1, 1)",
        "select count(*) from phases where calendar_id is not null",
    ),
    Case(
        "expiry",
        "select from requests for update",
        "",
        "select count(*) from requests where body is null",
    ),
    Case(
        VERIFICATION,
        "lock table settlements in access exclusive mode",
        "",
        "select count(*) from verifications where findings = '[]'",
    ),
    Case(
        WHOLE_VERIFICATION,
        "lock table settlements in access exclusive mode",
        "",
        "select count(*) from verifications where findings = '[]'",
    ),
)


def test_every_job_of_the_timetable_is_killed() -> None:
    assert [case.job for case in CASES] == list(TIMETABLE)


@pytest.fixture
async def other(house: House) -> AsyncIterator[asyncpg.Connection]:
    """Another connection of the owner, for what holds the job up."""
    connection = await asyncpg.connect(house.owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.job)
async def test_a_job_whose_worker_is_killed_is_finished_once_by_another(
    house: House,
    pool: Pool,
    cast: Cast,
    owner: asyncpg.Connection,
    other: asyncpg.Connection,
    case: Case,
) -> None:
    await _furnish(pool, cast)
    with console("serve", "--workers", "2", **named(house)) as served:
        served.start()
        await asyncio.to_thread(served.wait)
        for begun in {"expiry", case.job}:
            # What runs at the start is out of the way.
            if TIMETABLE[begun].first_s == 0:
                await _ran(pool, begun, None)
        if case.job == "expiry":
            # Its next run is a minute away, and these rows cannot be changed once they are locked.
            await owner.execute(OLD)
        async with other.transaction():
            before = await _row(pool, case.job)
            await other.execute(case.lock)
            await _give_work(pool, cast, owner, case)
            victim = await _caught(pool, owner, case, before)
            assert victim in served.workers()
            os.kill(victim, signal.SIGKILL)
            killed_at = time.monotonic()
        after = await _ran(pool, case.job, str(victim))
        assert time.monotonic() - killed_at < FINISHED_S
        assert after.outcome == "done", after.detail
        if TIMETABLE[case.job].every_s > 10:
            assert after.run_count == before.run_count + 1
        async with asyncio.timeout(FINISHED_S):
            while await owner.fetchval(case.done) != 1:  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.05)
        await asyncio.sleep(2 * TIMETABLE["sealing"].every_s)
        assert await owner.fetchval(case.done) == 1, "it stays at once"
    await assert_books_balance(pool)


async def test_a_worker_that_stands_still_loses_the_jobs_to_another(
    house: House, pool: Pool, cast: Cast
) -> None:
    with console("serve", "--workers", "2", **named(house)) as served:
        served.start()
        await asyncio.to_thread(served.wait)
        still = (await _ran(pool, "closing", None)).worker
        assert still is not None
        victim = int(still.split(":")[1])
        os.kill(victim, signal.SIGSTOP)
        try:
            await _ran(pool, "closing", str(victim))
        finally:
            os.kill(victim, signal.SIGCONT)
        await asyncio.sleep(2)
        after = await _row(pool, "closing")
        assert after.worker != still, "it does not take them back"


async def _furnish(pool: Pool, cast: Cast) -> None:
    """A slip, a draft, a bonus that ends some day, and an answer that will be old."""
    await placed(pool, cast.phase, cast.aung, "137 500\n246r 20")
    async with transaction(pool) as connection:
        await phase.create(connection, cast.thida.id, Draft(name="later"))
        now = await connection.fetchval("select clock_timestamp()")
        await cash.grant_bonus(
            connection,
            asked(cast.su, "bonus", "50"),
            cast.hla.id,
            Decimal(50),
            "a welcome",
            Decimal(100),
            now + timedelta(days=1),
        )
        await cash.deposit(
            connection, asked(cast.su, "old", "1"), cast.khin.id, Decimal(1), "long ago"
        )


async def _give_work(pool: Pool, cast: Cast, owner: asyncpg.Connection, case: Case) -> None:
    if case.job in ("sampling", "sealing"):
        for _ in range(DEPOSITS):
            await deposit(pool, cast, cast.khin, "1.00")
    elif case.work:
        await owner.execute(case.work)
    async with transaction(pool) as connection:
        await job.ask(connection, case.job)


async def _caught(pool: Pool, owner: asyncpg.Connection, case: Case, before: Job) -> int:
    """The process that does the job, once it stands at the lock."""
    async with asyncio.timeout(15):
        while True:
            found = await _row(pool, case.job)
            begun = found.is_running and found.started_at != before.started_at
            if begun and await _is_waiting(owner):
                assert found.worker is not None
                return int(found.worker.split(":")[1])
            await asyncio.sleep(0.01)


async def _is_waiting(owner: asyncpg.Connection) -> bool:
    """Whether somebody stands at a lock; one of a row is of no database."""
    waiting = await owner.fetchval(
        "select count(*) from pg_locks left join pg_database on oid = pg_locks.database "
        "where not granted and coalesce(datname = current_database(), true)"
    )
    return bool(waiting)


async def _ran(pool: Pool, name: str, but: str | None) -> Job:
    """A job once it has run, by another than `but`."""
    async with asyncio.timeout(FINISHED_S + 5):
        while True:
            found = {one.name: one for one in await _rows(pool)}.get(name)
            if found is not None and found.finished_at is not None:
                assert found.worker is not None
                if found.worker.split(":")[1] != but:
                    return found
            await asyncio.sleep(0.05)


async def _row(pool: Pool, name: str) -> Job:
    return next(one for one in await _rows(pool) if one.name == name)


async def _rows(pool: Pool) -> list[Job]:
    async with reading(pool) as connection:
        return await job.listed(connection)
