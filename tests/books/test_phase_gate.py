"""Who waits for whom at the gate of a phase."""

import asyncio
from datetime import UTC, datetime, timedelta

from banker.books import phase, placement, settlement
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import PhaseClosed
from tests.balanced import assert_books_balance
from tests.cast import Cast, place, slip


def soon(**distance: float) -> datetime:
    return datetime.now(UTC) + timedelta(**distance)


async def test_a_slip_does_not_overtake_a_closing_that_waits(pool: Pool, cast: Cast) -> None:
    inside = slip(cast.aung, "123 5")
    async with transaction(pool) as connection:
        [answer] = (await placement.place(connection, cast.phase.id, [inside])).answers
        assert isinstance(answer, Answer)
        closing = asyncio.create_task(_close(pool, cast))
        await _waits(pool, "advisory")
        behind = asyncio.create_task(place(pool, cast.phase, slip(cast.khin, "123 5")))
        await _waits(pool, "advisory", count=2)
        assert not closing.done()
    settled = await closing
    assert (settled.ticket_count, settled.total_in) == (1, 5)
    assert isinstance((await behind)[0], PhaseClosed)
    await assert_books_balance(pool)


async def test_a_slip_that_waits_is_judged_by_the_closing_time_as_it_was_changed(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, closes_at=soon(seconds=0.4))
        waiting = asyncio.create_task(place(pool, cast.phase, slip(cast.aung, "123 5")))
        await asyncio.sleep(0.5)
        assert not waiting.done()
    assert isinstance((await waiting)[0], PhaseClosed)


async def _close(pool: Pool, cast: Cast) -> settlement.Settlement:
    async with transaction(pool) as connection:
        return await settlement.close(connection, cast.phase.id, cast.min.id)


async def _waits(pool: Pool, kind: str, count: int = 1) -> None:
    """Until so many backends of this database wait for a lock of a kind."""
    async with pool.acquire() as connection:
        for _ in range(500):
            waiting = await connection.fetchval(
                "select count(*) from pg_locks join pg_database on oid = pg_locks.database"
                " where datname = current_database() and locktype = $1 and not granted",
                kind,
            )
            if waiting >= count:
                return
            await asyncio.sleep(0.01)
    raise AssertionError(f"nobody waits for an {kind} lock")
