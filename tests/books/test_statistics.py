"""The history, and the statistics by month: all of it equal to a recount in plain Python."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from banker.books import heat, history, intake, statistics, ticket
from banker.books.statistics import CollectorMonth, HouseMonth, Taken
from banker.database import Pool, reading, transaction
from tests.balanced import assert_books_balance
from tests.books.past_phases import NUMBERS, Past, some_slips
from tests.books.recount import Figures, Round, by_collector, by_month, by_number
from tests.cast import Cast, newcomers, placed

# In the house of these tests a day begins at 17:30 of the day before, by the clock of the world.
YANGON = "Asia/Yangon"
LAST_OF_OCTOBER = datetime(2096, 10, 31, 17, 29, 59, tzinfo=UTC)
FIRST_OF_NOVEMBER = datetime(2096, 10, 31, 17, 30, tzinfo=UTC)
OCTOBER, NOVEMBER = date(2096, 10, 1), date(2096, 11, 1)


@pytest.fixture
async def past(pool: Pool, owner: asyncpg.Connection, cast: Cast) -> Past:
    await owner.execute("update house_rules set timezone = $1", YANGON)
    return Past(pool, owner, cast)


def _label(month: date) -> str:
    return f"{month:%Y-%m}"


def _figures(one: Taken) -> Figures:
    return Figures(
        one.phase_count,
        one.ticket_count,
        one.bet_count,
        one.winning_count,
        one.total_in,
        one.total_out,
        one.commission,
    )


async def _months(pool: Pool) -> dict[str, HouseMonth]:
    async with reading(pool) as connection:
        return {_label(one.month): one for one in await statistics.months(connection, 100)}


async def _collectors(pool: Pool) -> dict[tuple[str, int], CollectorMonth]:
    async with reading(pool) as connection:
        return {
            (_label(house.month), one.collector_id): one
            for house in await statistics.months(connection, 100)
            for one in await statistics.collectors(connection, house, 1000)
        }


async def _numbers(pool: Pool) -> dict[tuple[str, int], list[Decimal | int]]:
    async with reading(pool) as connection:
        return {
            (_label(house.month), one.number): [
                one.draw_count,
                one.winning_count,
                one.total_in,
                one.total_out,
            ]
            for house in await statistics.months(connection, 100)
            for one in await statistics.numbers(connection, house.month)
        }


async def _assert_recounted(pool: Pool, rounds: list[Round]) -> None:
    """Every figure is the one that a recount finds, and nothing else is counted."""
    house = by_month(rounds)
    assert {
        month: (_figures(one), one.partner_earnings) for month, one in (await _months(pool)).items()
    } == house
    collectors = await _collectors(pool)
    assert {key: _figures(one) for key, one in collectors.items()} == by_collector(rounds)
    for (month, _), one in collectors.items():
        assert one.house_in == house[month][0].taken
        assert one.net_profit == one.total_in - one.total_out - one.commission
    assert await _numbers(pool) == by_number(rounds)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_statistic_equals_a_recount(
    pool: Pool, cast: Cast, past: Past, seed: int
) -> None:
    chance = random.Random(seed)
    people = [cast.aung, cast.khin, *await newcomers(pool, cast, 3)]
    for place in range(9):
        november = place % 2
        at = FIRST_OF_NOVEMBER + timedelta(hours=place) if november else LAST_OF_OCTOBER
        at -= timedelta(0) if november else timedelta(hours=place)
        slips = some_slips(chance, people, chance.randrange(12))
        played = await past.place("2096-11" if november else "2096-10", at, slips)
        if place == 4:
            await past.call_off(played, "the wrong day")
            continue
        await past.settle(played, chance.choice(NUMBERS))
        for _ in range(chance.choice((0, 0, 1, 2))):
            await past.settle(played, chance.choice(NUMBERS))
        await _assert_recounted(pool, past.rounds)
    await assert_books_balance(pool)


async def test_midnight_on_the_houses_clock_parts_the_months(
    pool: Pool, cast: Cast, past: Past
) -> None:
    bets = {137: "10", 500: "20"}
    before = await past.place("2096-10", LAST_OF_OCTOBER, [(cast.aung, bets)])
    after = await past.place("2096-11", FIRST_OF_NOVEMBER, [(cast.aung, bets)])
    await past.settle(before, 137)
    await past.settle(after, 7)
    months = await _months(pool)
    assert {month: one.total_out for month, one in months.items()} == {
        "2096-10": Decimal("800.00"), "2096-11": Decimal("0.00"),
    }  # fmt: skip
    async with reading(pool) as connection:
        [october] = await history.ended(connection, 10, month=OCTOBER)
        [november] = await history.ended(connection, 10, month=NOVEMBER)
        around = await statistics.neighbours(connection, NOVEMBER)
    assert (october.phase_id, october.month) == (before.phase_id, OCTOBER)
    assert (november.phase_id, november.month) == (after.phase_id, NOVEMBER)
    assert around == (OCTOBER, None)
    await assert_books_balance(pool)


async def test_a_draw_put_right_keeps_its_month_though_the_clock_of_the_house_changed(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, past: Past
) -> None:
    played = await past.place("2096-11", FIRST_OF_NOVEMBER, [(cast.aung, {137: "10"})])
    await past.settle(played, 137)
    await owner.execute("update house_rules set timezone = 'UTC'")
    await past.settle(played, 138)
    await _assert_recounted(pool, past.rounds)
    async with reading(pool) as connection:
        [row] = await history.ended(connection, 10)
    assert (row.month, row.draw_count, row.number) == (NOVEMBER, 2, 138)
    assert row.net_profit == Decimal("10") - Decimal("25.00") - Decimal("1.50")
    await assert_books_balance(pool)


async def test_phases_of_a_month_settled_at_once_lose_nothing(
    pool: Pool, cast: Cast, past: Past
) -> None:
    chance = random.Random(7)
    people = [cast.aung, cast.khin, *await newcomers(pool, cast, 2)]
    played = [
        await past.place("2096-11", FIRST_OF_NOVEMBER, some_slips(chance, people, 6))
        for _ in range(8)
    ]
    await asyncio.gather(*(past.settle(one, 137) for one in played))
    await _assert_recounted(pool, past.rounds)
    await asyncio.gather(*(past.settle(one, chance.choice(NUMBERS)) for one in played))
    await _assert_recounted(pool, past.rounds)
    await assert_books_balance(pool)


async def test_where_nothing_was_staked_there_is_no_margin(pool: Pool, past: Past) -> None:
    await past.settle(await past.place("2096-11", FIRST_OF_NOVEMBER, []), 137)
    house = (await _months(pool))["2096-11"]
    assert (house.phase_count, house.margin, house.hit_rate) == (1, None, None)
    async with reading(pool) as connection:
        [row] = await history.ended(connection, 10)
        found = await heat.of_last(connection, 10)
        over_time = await intake.over_time(connection, row.phase_id)
    assert (row.net_profit, row.margin) == (0, None)
    assert (found.share(found.numbers[137]), found.numbers[137].draw_count) == (None, 1)
    assert over_time.stretches == ()
    await assert_books_balance(pool)


async def test_a_void_phase_is_in_the_history_and_in_no_statistic(
    pool: Pool, cast: Cast, past: Past
) -> None:
    closed = await past.place("2096-11", FIRST_OF_NOVEMBER, [(cast.aung, {137: "10"})])
    await past.call_off(closed, "the wheel broke")
    async with reading(pool) as connection:
        [row] = await history.ended(connection, 10, month=NOVEMBER)
        assert await history.ended(connection, 10, month=OCTOBER) == []
        assert await statistics.together(connection) is None
    assert (row.state, row.void_reason, row.ended_at) == (
        "void", "the wheel broke", FIRST_OF_NOVEMBER,
    )  # fmt: skip
    assert (row.number, row.total_in, row.net_profit, row.margin) == (None, None, None, None)
    assert await _months(pool) == {}
    await assert_books_balance(pool)


async def test_an_open_phase_is_not_over(pool: Pool, past: Past, cast: Cast) -> None:
    await past.place("2096-11", FIRST_OF_NOVEMBER, [(cast.aung, {137: "10"})])
    async with reading(pool) as connection:
        assert await history.ended(connection, 10) == []
        assert await statistics.months(connection, 10) == []
        assert await statistics.neighbours(connection, NOVEMBER) == (None, None)
        found = await heat.of_last(connection, 10)
    assert (found.phase_count, found.total_in, len(found.numbers)) == (0, 0, 1000)


async def test_a_list_goes_on_where_it_ended_though_phases_ended_at_one_moment(
    pool: Pool, past: Past
) -> None:
    hours = (3, 1, 2, 2, 2, 0)
    for place, hour in enumerate(hours):
        played = await past.place("2096-11", FIRST_OF_NOVEMBER + timedelta(hours=hour), [])
        await (past.call_off(played, "no") if place == 3 else past.settle(played, place))
    seen: list[int] = []
    async with reading(pool) as connection:
        while found := await history.ended(connection, 2, after=seen[-1] if seen else None):
            seen += [one.phase_id for one in found]
            assert len(seen) <= len(hours)
        assert await history.ended(connection, 2, after=10**6) == []
    places = {one.phase_id: place for place, one in enumerate(past.rounds)}
    assert [places[one] for one in seen] == [0, 4, 3, 2, 1, 5]


async def test_the_heat_is_of_the_last_phases_or_of_a_month(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, past: Past
) -> None:
    first = await past.place("2096-10", LAST_OF_OCTOBER, [(cast.aung, {137: "30"})])
    second = await past.place("2096-11", FIRST_OF_NOVEMBER, [(cast.khin, {137: "10", 7: "60"})])
    later = FIRST_OF_NOVEMBER + timedelta(days=1)
    called_off = await past.place("2096-11", later, [(cast.khin, {7: "500"})])
    await past.call_off(called_off, "no")
    # In another order than they were closed in.
    await past.settle(second, 7)
    await past.settle(first, 7)
    for table, key in (("phases", "id"), ("settlements", "phase_id")):
        await owner.execute(
            f"update {table} set settled_at = $1 where {key} = $2", later, first.phase_id
        )
    async with reading(pool) as connection:
        last = await heat.of_last(connection, 1)
        both = await heat.of_last(connection, 10)
        october = await heat.of_month(connection, OCTOBER)
    assert (last.phase_count, last.total_in, last.numbers[7].draw_count) == (1, 70, 1)
    assert (both.phase_count, both.total_in, both.numbers[7].draw_count) == (2, 100, 2)
    assert [both.share(both.numbers[number]) for number in (7, 137, 8)] == [60, 40, 0]
    assert (october.phase_count, october.numbers[137].total_in) == (1, 30)
    assert (october.numbers[7].total_in, october.numbers[7].draw_count) == (0, 1)
    await assert_books_balance(pool)


async def test_the_intake_is_by_the_clock_of_the_house_and_has_no_gaps(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, past: Past
) -> None:
    minutes = (0, 50, 200, 1000)
    for amount in ("1", "2", "4", "8"):
        await placed(pool, cast.phase, cast.aung, f"137 {amount}")
    gone = await placed(pool, cast.phase, cast.aung, "137 16")
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(gone.id), cast.aung.id)
    for sequence, minute in enumerate(minutes, start=1):
        at = FIRST_OF_NOVEMBER + timedelta(minutes=minute)
        await owner.execute("update tickets set placed_at = $2 where sequence = $1", sequence, at)
    async with reading(pool) as connection:
        found = await intake.over_time(connection, cast.phase.id)
    assert found.step_s == 900
    taken = {f"{one.began_at:%H:%M}": one.total_in for one in found.stretches if one.ticket_count}
    assert taken == {"00:00": 1, "00:45": 2, "03:15": 4, "16:30": 8}
    assert len(found.stretches) == 16 * 4 + 2 + 1
    assert sum(one.total_in for one in found.stretches) == 15


async def test_a_long_phase_is_told_in_longer_stretches(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    for _ in range(2):
        await placed(pool, cast.phase, cast.aung, "137 1")
    for days, step_s in ((0, 300), (2, 3600), (10, 21_600), (60, 86_400), (4000, 2_419_200)):
        await owner.execute(
            "update tickets set placed_at = $1 where sequence = 2",
            await owner.fetchval("select placed_at from tickets where sequence = 1")
            + timedelta(days=days),
        )
        async with reading(pool) as connection:
            found = await intake.over_time(connection, cast.phase.id)
        assert (found.step_s, sum(one.ticket_count for one in found.stretches)) == (step_s, 2)
