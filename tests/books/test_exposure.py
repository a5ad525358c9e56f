import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from banker.books import exposure, phase, settlement, ticket, voiding
from banker.books.phase import Draft
from banker.books.request import Answer
from banker.database import Pool, reading, transaction
from banker.errors import NotFound, OverLimit, WrongState
from banker.rules.limits import Exposure
from banker.rules.money import to_cents
from tests.balanced import assert_books_balance
from tests.cast import Cast, newcomers, place, placed, slip


async def set_limit(pool: Pool, phase_id: int, number: int, most: str | None) -> None:
    async with transaction(pool) as connection:
        limit = None if most is None else Decimal(most)
        await exposure.set_limit(connection, phase_id, number, limit)


async def number(pool: Pool, phase_id: int, number: int) -> Exposure:
    async with reading(pool) as connection:
        return (await exposure.read(connection, phase_id))[number]


async def version(pool: Pool, phase_id: int) -> int:
    async with reading(pool) as connection:
        return (await exposure.standing(connection, phase_id)).phase.version


async def test_a_standing_is_all_numbers_in_order(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "000 1\n999 2.50\n007 3")
    async with reading(pool) as connection:
        standing = await exposure.standing(connection, cast.phase.id)
        with pytest.raises(NotFound):
            await exposure.standing(connection, 999)
    assert [one.number for one in standing.exposures] == list(range(1000))
    assert [standing.exposures[n].staked_cents for n in (0, 999, 7, 8)] == [100, 250, 300, 0]
    assert to_cents(standing.phase.total_in) == sum(one.staked_cents for one in standing.exposures)
    assert {(one.factor, one.limit_cents) for one in standing.exposures} == {(100, None)}
    assert (standing.phase.version, standing.phase.bet_count) == (1, 3)


async def test_a_number_has_its_own_limit_until_it_is_taken_off(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "123 50")
    for most, room in (("60.00", "10.00"), ("0", "0.00"), ("20.00", "0.00")):
        await set_limit(pool, cast.phase.id, 123, most)
        [refusal] = await place(pool, cast.phase, slip(cast.aung, "123 10.01"))
        assert isinstance(refusal, OverLimit)
        assert refusal.facts["numbers"] == [
            {"number": "123", "asked": "10.01", "room": room, "bound_by": "number-limit"}
        ]
    await set_limit(pool, cast.phase.id, 123, None)
    await placed(pool, cast.phase, cast.aung, "123 49950")
    await assert_books_balance(pool)


async def test_a_limit_may_be_above_the_phases(pool: Pool, cast: Cast) -> None:
    await set_limit(pool, cast.phase.id, 123, "50000.01")
    await placed(pool, cast.phase, cast.aung, "123 50000.01")
    [refusal] = await place(pool, cast.phase, slip(cast.aung, "124 50000.01"))
    assert isinstance(refusal, OverLimit)
    await assert_books_balance(pool)


async def test_limits_belong_to_drafts_and_open_phases(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        draft = await phase.create(connection, cast.thida.id, Draft(name="later"))
    await set_limit(pool, draft.id, 7, "5.00")
    assert (await number(pool, draft.id, 7)).limit_cents == 500
    with pytest.raises(NotFound):
        await set_limit(pool, 999, 7, "5.00")
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    with pytest.raises(WrongState):
        await set_limit(pool, cast.phase.id, 7, "5.00")
    assert (await number(pool, cast.phase.id, 7)).limit_cents is None


async def test_the_version_grows_by_one_with_every_change(pool: Pool, cast: Cast) -> None:
    taken = await placed(pool, cast.phase, cast.aung, "123 5")
    await set_limit(pool, cast.phase.id, 123, "5.00")
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(taken.id), cast.aung.id)
    assert await version(pool, cast.phase.id) == 3
    await place(pool, cast.phase, slip(cast.aung, "123 5.01"))
    assert await version(pool, cast.phase.id) == 3
    async with transaction(pool) as connection:
        await voiding.void(connection, cast.phase.id, "called off", cast.min.id)
    assert await version(pool, cast.phase.id) == 4


async def test_a_void_phase_keeps_limits_and_sequence_and_no_stake(pool: Pool, cast: Cast) -> None:
    await set_limit(pool, cast.phase.id, 123, "500.00")
    await placed(pool, cast.phase, cast.aung, "123 5\n456r 3")
    async with transaction(pool) as connection:
        await voiding.void(connection, cast.phase.id, "called off", cast.min.id)
    async with reading(pool) as connection:
        standing = await exposure.standing(connection, cast.phase.id)
    assert {one.staked_cents for one in standing.exposures} == {0}
    assert {one.weight for one in standing.exposures} == {0}
    assert standing.exposures[123].limit_cents == 500_00
    assert (standing.phase.last_sequence, standing.phase.total_in, standing.phase.commission) == (
        1,
        0,
        0,
    )
    await assert_books_balance(pool)


async def test_a_weight_is_the_stake_times_the_factor_it_was_taken_at(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    early = await placed(pool, cast.phase, cast.aung, "123 0.01")
    await owner.execute("update exposures set factor = 0.55 where number = 123")
    await placed(pool, cast.phase, cast.aung, "123 0.03")
    assert (await number(pool, cast.phase.id, 123)).weight == 265
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(early.id), cast.aung.id)
    assert (await number(pool, cast.phase.id, 123)).weight == 165
    stored = await owner.fetchval("select weight from exposures where weight > 0")
    assert stored == Decimal("0.0165")
    await assert_books_balance(pool)


async def test_limits_set_while_slips_come_do_not_deadlock_and_hold(pool: Pool, cast: Cast) -> None:
    people = await newcomers(pool, cast, 4)
    answers = await asyncio.gather(
        *(
            place(pool, cast.phase, slip(person, "9t 10\n123 100", phase_id=cast.phase.id))
            for person in people
            for _ in range(6)
        ),
        *(set_limit(pool, cast.phase.id, 123, "700.00") for _ in range(6)),
        *(set_limit(pool, cast.phase.id, 999 - n, "5000.00") for n in range(6)),
    )
    taken = [one for one in answers if one is not None and isinstance(one[0], Answer)]
    staked = (await number(pool, cast.phase.id, 123)).staked_cents
    assert staked == 100_00 * len(taken)
    assert len(taken) >= 7
    assert await version(pool, cast.phase.id) == len(taken) + 12
    await assert_books_balance(pool)


async def test_who_staked_most_and_what_came_last_on_a_number(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "123 5")
    await placed(pool, cast.phase, cast.khin, "123 7\n124 100")
    undone = await placed(pool, cast.phase, cast.khin, "123 90")
    await placed(pool, cast.phase, cast.aung, "123 1")
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(undone.id), cast.khin.id)
        largest = await exposure.largest_collectors(connection, cast.phase.id, 123)
        newest = await exposure.newest_bets(connection, cast.phase.id, 123, count=2)
    assert largest == [("khin", 7), ("aung", 6)]
    assert [(one["sequence"], one["amount"]) for one in newest] == [(4, 1), (2, 7)]


async def test_the_intake_by_minute_leaves_void_tickets_out(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await placed(pool, cast.phase, cast.aung, "123 5")
    await placed(pool, cast.phase, cast.aung, "123 6")
    await owner.execute("update tickets set placed_at = placed_at - interval '5 minutes'")
    undone = await placed(pool, cast.phase, cast.khin, "123 7")
    await placed(pool, cast.phase, cast.khin, "123 8")
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(undone.id), cast.khin.id)
        minutes = await exposure.intake_by_minute(connection, cast.phase.id)
    assert [(total, count) for _, total, count in minutes] == [(11, 2), (8, 1)]
    assert minutes[1][0] - minutes[0][0] >= timedelta(minutes=5)


async def test_the_epoch_is_of_this_copy_of_the_books(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    async with transaction(pool) as connection:
        before = await exposure.epoch(connection)
        assert await exposure.epoch(connection) == before
    await owner.execute("create table copied (like phase_totals including all)")
    await owner.execute("alter table phase_totals rename to lost")
    await owner.execute("alter table copied rename to phase_totals")
    async with transaction(pool) as connection:
        assert await exposure.epoch(connection) != before
