"""What each job does, and leaves in the books."""

import asyncio
from unittest import mock

import asyncpg

from banker.books import phase, samples, session
from banker.books.phase import Phase
from banker.books.verify import CHECKS
from banker.database import Pool, persist, reading, transaction
from banker.embedded import House
from banker.jobs import timetable
from banker.jobs.timetable import Work
from banker.live.stream import Stream
from tests.balanced import assert_books_balance
from tests.cast import Cast, deposit, placed


async def test_a_phase_is_closed_when_its_time_has_come_and_one_that_is_held_holds_up_no_other(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    async with transaction(pool) as connection:
        other = await phase.create(connection, cast.min.id, phase.Draft(name="Nov-17"))
        await phase.open_(connection, other.id)
    await owner.execute("update phases set closes_at = clock_timestamp()")
    work = await work_for(house, pool)
    async with owner.transaction():
        await owner.execute("select pg_advisory_xact_lock_shared(61, $1)", cast.phase.id)
        closing = asyncio.create_task(timetable.close_phases(work))
        while (await _phase(pool, other)).state != "closed":
            assert not closing.done()
            await asyncio.sleep(0.02)
        assert (await _phase(pool, cast.phase)).state == "open"
    assert await closing == f"closed {cast.phase.name}, {other.name}"
    assert await timetable.close_phases(work) == "no phase is overdue"
    assert (await _phase(pool, cast.phase)).state == "closed"
    assert await owner.fetchval("select count(*) from settlements where closed_by is null") == 2
    await assert_books_balance(pool)


async def test_sealing_leaves_nothing_behind(house: House, pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    work = await work_for(house, pool)
    assert (await _standing(pool)).seal_lag_rows > 0
    async with asyncio.timeout(10):
        while (await _standing(pool)).seal_lag_rows:
            await timetable.seal(work)
    assert (await _standing(pool)).seal_lag_s == 0
    await assert_books_balance(pool)


async def test_what_is_over_is_cleared_away_and_keys_of_money_stay(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    for _ in range(3):
        async with transaction(pool) as connection:
            await session.open_(connection, cast.aung.id, "page", "192.0.2.7")
            await session.count_attempt(connection, f"nobody {_}", "192.0.2.7")
    await owner.execute(
        "update sessions set expires_at = clock_timestamp() - interval '1 second' "
        "where token_sha256 <> (select max(token_sha256::text)::bytea from sessions)"
    )
    await owner.execute("update sign_in_failures set last_at = last_at - interval '1 day'")
    await owner.execute(
        "update requests set created_at = created_at - interval '31 days' "
        "where key = (select min(key) from requests)"
    )
    await owner.execute(
        "insert into samples (minute, figure, value) values "
        "(clock_timestamp() - interval '8 days', 'old', 1), (clock_timestamp(), 'new', 1)"
    )
    keys = await owner.fetchval("select count(*) from requests")
    work = await work_for(house, pool)
    with mock.patch.object(timetable, "CLEARED", 1):
        told = await timetable.clear_away(work)
    assert told == "6 sessions, 1 answers and 1 figures cleared away"
    assert await owner.fetchval("select count(*) from sessions") == 1
    assert await owner.fetchval("select count(*) from sign_in_failures") == 0
    assert await owner.fetch("select figure from samples") == [("new",)]
    left = await owner.fetchrow(
        "select count(*), count(body), count(status), count(fingerprint) from requests"
    )
    assert left == (keys, keys - 1, keys, keys)
    await assert_books_balance(pool)


async def test_balance_updates_are_counted_once_however_often_they_are_sampled(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await persist(pool, samples.sample)
    for amount in ("1", "2", "3"):
        await deposit(pool, cast, cast.aung, amount)
    await asyncio.gather(*(pool.execute("select pg_sleep(0.1)") for _ in range(8)))  # to be at once
    await asyncio.gather(*(persist(pool, samples.sample) for _ in range(8)))
    counted = await owner.fetchval(
        "select sum(value) from samples where figure = $1", samples.UPDATES
    )
    assert counted == 3


async def test_a_verification_says_how_far_it_is_and_what_it_found(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    said: list[str] = []
    work = Work(pool, Stream(house.redis_url, "test"), said.append)
    assert (await timetable.verify_whole(work)).startswith("the books balance; ")
    count = len(CHECKS)
    assert (len(said), said[0].split(":")[0]) == (count, f"check 1 of {count}")
    await owner.execute(
        "update accounts set balance = balance + 1 where user_id = $1 and kind = 'cash'",
        cast.aung.id,
    )
    assert "findings; " in await timetable.verify_whole(work)
    found = await _standing(pool)
    assert found.consistency is not None
    assert 0 < found.consistency < 1
    async with reading(pool) as connection:
        last, first = await samples.verifications(connection, 5)
    assert (len(last.findings) == found.finding_count, first.findings) == (True, [])


async def _phase(pool: Pool, one: Phase) -> Phase:
    async with reading(pool) as connection:
        return await phase.read(connection, one.id)


async def _standing(pool: Pool) -> samples.Standing:
    async with reading(pool) as connection:
        return await samples.standing(connection)


async def work_for(house: House, pool: Pool) -> Work:
    return Work(pool, Stream(house.redis_url, "test"), lambda _: None)
