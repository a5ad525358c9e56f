"""What calendars draft, and how drafts follow when a calendar is changed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import asyncpg
import msgspec
import pytest

from banker.books import calendar, drafting, exposure, phase
from banker.books.calendar import Calendar, Plan
from banker.books.phase import Phase
from banker.database import Pool, persist, reading, transaction
from banker.embedded import House
from banker.errors import Malformed, NotFound, Refusal, WrongState
from banker.jobs import timetable
from banker.jobs.timetable import Unfinished, Work
from banker.live.stream import Stream
from banker.rules.calendar import Rule
from tests.balanced import assert_books_balance
from tests.cast import Cast, placed

EVERY_DAY = Rule((), (1, 2, 3, 4, 5, 6, 7), 1, time(8), time(16))
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
async def zone(owner: asyncpg.Connection) -> None:
    """The house is in Yangon, 6:30 ahead."""
    await owner.execute("update house_rules set timezone = 'Asia/Yangon'")


async def make(pool: Pool, cast: Cast, rule: Rule = EVERY_DAY, ahead: int = 3) -> int:
    async with transaction(pool) as connection:
        plan = Plan("Thai", rule, cast.phase.id, ahead)
        return await drafting.create(connection, cast.min.id, plan)


async def drafts(pool: Pool) -> list[Phase]:
    """What calendars have drafted, by the day."""
    async with reading(pool) as connection:
        found = await phase.newest(connection, 100)
    return sorted(
        (one for one in found if one.draw_day is not None), key=lambda one: str(one.draw_day)
    )


async def today(pool: Pool) -> date:
    async with reading(pool) as connection:
        return (await calendar.clock(connection)).today


async def move(pool: Pool, calendar_id: int, day: date, to: date | None) -> Calendar:
    async with transaction(pool) as connection:
        return await drafting.move(connection, calendar_id, day, to, None)


def local(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC) - timedelta(hours=6, minutes=30)


def shown(found: Sequence[Phase]) -> list[tuple[Any, ...]]:
    return [(one.name, one.opens_at, one.closes_at) for one in found]


def work_for(house: House, pool: Pool) -> Work:
    return Work(pool, Stream(house.redis_url, "test"), lambda _: None)


async def test_a_calendar_keeps_the_coming_draws_drafted(
    house: House, pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await exposure.set_limit(connection, cast.phase.id, 138, Decimal(0))
    await make(pool, cast)
    made = await drafts(pool)
    first = made[0].draw_day
    assert first is not None
    assert shown(made) == [
        (f"Thai {day}", local(day - DAY, 8), local(day, 16))
        for day in (first, first + DAY, first + 2 * DAY)
    ]
    assert all(one.opens_at is not None and one.opens_at > one.now for one in made)
    assert {one.state for one in made} == {"draft"}
    blocked = await pool.fetchval(
        "select max_amount from exposures where phase_id = $1 and number = 138", made[1].id
    )
    assert blocked == 0
    assert await timetable.draft_phases(work_for(house, pool)) == "nothing is to be drafted"
    assert shown(await drafts(pool)) == shown(made)


async def test_the_1st_and_16th_are_drafted_two_ahead(pool: Pool, cast: Cast) -> None:
    await make(pool, cast, Rule((1, 16), (), 5, time(8), time(14)), ahead=2)
    made = await drafts(pool)
    assert [one.draw_day.day for one in made if one.draw_day] in ([1, 16], [16, 1])
    for one in made:
        assert one.opens_at is not None
        assert one.closes_at is not None
        assert one.closes_at - one.opens_at == timedelta(days=5, hours=6)


async def test_two_at_once_draft_once(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    calendar_id = await make(pool, cast, ahead=1)
    await owner.execute("update calendars set ahead = 4")
    work = work_for(house, pool)
    said = await asyncio.gather(*(timetable.draft_phases(work) for _ in range(5)))
    assert sorted(one == "nothing is to be drafted" for one in said) == [False, *[True] * 4]
    made = await drafts(pool)
    assert len(made) == 4
    assert len({one.draw_day for one in made}) == 4
    assert {one.calendar_id for one in made} == {calendar_id}


async def test_what_is_drafted_opens_takes_slips_and_makes_room_for_the_next(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await make(pool, cast, ahead=1)
    [first] = await drafts(pool)
    await owner.execute(
        "update phases set opens_at = clock_timestamp() - interval '1 second' where id = $1",
        first.id,
    )
    work = work_for(house, pool)
    assert await timetable.open_phases(work) == f"opened {first.name}"
    await placed(pool, first, cast.aung, "137 500")
    await assert_books_balance(pool)


async def test_one_calendar_that_cannot_draft_holds_up_no_other(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    broken, other = await make(pool, cast, ahead=1), await make(pool, cast, ahead=1)
    await owner.execute("update calendars set ahead = 2")
    really = drafting.draft

    async def draft(connection: Any, calendar_id: int) -> list[str]:
        if calendar_id == broken:
            raise RuntimeError("not today")
        return await really(connection, calendar_id)

    with (
        mock.patch.object(drafting, "draft", draft),
        pytest.raises(Unfinished, match="Thai: RuntimeError: not today"),
    ):
        await timetable.draft_phases(work_for(house, pool))
    assert len([one for one in await drafts(pool) if one.calendar_id == other]) == 2


async def test_a_stopped_calendar_drafts_no_more_and_starts_again(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    calendar_id = await make(pool, cast, ahead=1)
    [kept] = shown(await drafts(pool))
    for _ in range(2):
        stopped = await persist(pool, lambda held: drafting.stop(held, calendar_id))
        assert stopped.stopped_at is not None
    await owner.execute("update calendars set ahead = 2")
    assert await timetable.draft_phases(work_for(house, pool)) == "nothing is to be drafted"
    assert shown(await drafts(pool)) == [kept]
    await persist(pool, lambda held: drafting.start(held, calendar_id))
    assert len(await drafts(pool)) == 2


async def test_a_moved_day_moves_its_draft_and_back(pool: Pool, cast: Cast) -> None:
    weekly = Rule((), ((await today(pool)).isoweekday(),), 1, time(8), time(16))
    calendar_id = await make(pool, cast, weekly, ahead=2)
    before = await drafts(pool)
    day = before[0].draw_day
    assert day is not None
    moved = await move(pool, calendar_id, day, day + 2 * DAY)
    assert moved.moves == {day: day + 2 * DAY}
    after = await drafts(pool)
    assert [one.id for one in after] == [one.id for one in before]
    assert shown(after)[0] == (
        f"Thai {day + 2 * DAY}",
        local(day + DAY, 8),
        local(day + 2 * DAY, 16),
    )
    assert shown(after)[1] == shown(before)[1]
    async with transaction(pool) as connection:
        await drafting.put_back(connection, calendar_id, day)
    assert shown(await drafts(pool)) == shown(before)


async def test_a_draft_of_a_day_that_is_left_out_never_opens_by_itself(
    house: House, pool: Pool, cast: Cast
) -> None:
    calendar_id = await make(pool, cast, ahead=2)
    before = await drafts(pool)
    day = before[0].draw_day
    assert day is not None
    await move(pool, calendar_id, day, None)
    after = await drafts(pool)
    assert shown(after)[0] == (f"Thai {day} left out", None, None)
    assert len(after) == 3, "the next draw takes its place"
    assert await timetable.draft_phases(work_for(house, pool)) == "nothing is to be drafted"
    async with transaction(pool) as connection:
        await drafting.put_back(connection, calendar_id, day)
    assert shown(await drafts(pool))[:2] == shown(before)


async def test_what_was_set_by_hand_stays(pool: Pool, cast: Cast) -> None:
    weekly = Rule((), ((await today(pool)).isoweekday(),), 1, time(8), time(16))
    calendar_id = await make(pool, cast, weekly, ahead=2)
    mine, other = await drafts(pool)
    assert mine.draw_day is not None
    assert mine.opens_at is not None
    assert other.draw_day is not None
    by_hand = mine.opens_at - timedelta(hours=1)
    async with transaction(pool) as connection:
        await phase.amend(connection, mine.id, opens_at=by_hand, name="the great draw")
    plan = Plan("Thai", msgspec.structs.replace(weekly, opens=time(9), closes=time(17)), 1, 2)
    async with transaction(pool) as connection:
        await drafting.change(connection, calendar_id, plan)
    assert shown(await drafts(pool)) == [
        ("the great draw", by_hand, local(mine.draw_day, 17)),
        (f"Thai {other.draw_day}", local(other.draw_day - DAY, 9), local(other.draw_day, 17)),
    ]
    # Brought forward to before what was set by hand, both times are the calendar's again.
    await move(pool, calendar_id, mine.draw_day, mine.draw_day - DAY)
    assert shown(await drafts(pool))[0][2] == local(mine.draw_day - DAY, 17)
    opens_at, closes_at = shown(await drafts(pool))[0][1:]
    assert opens_at < closes_at


async def test_days_that_a_changed_calendar_has_no_more_are_left_out(
    pool: Pool, cast: Cast
) -> None:
    calendar_id = await make(pool, cast, ahead=3)
    first = (await drafts(pool))[0].draw_day
    assert first is not None
    only = Rule((), (first.isoweekday(),), 1, time(8), time(16))
    async with transaction(pool) as connection:
        await drafting.change(connection, calendar_id, Plan("Thai", only, cast.phase.id, 1))
    assert [one.name for one in await drafts(pool)] == [
        f"Thai {first}",
        f"Thai {first + DAY} left out",
        f"Thai {first + 2 * DAY} left out",
    ]


async def test_a_day_that_cannot_be_moved_is_refused(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    weekly = Rule((), ((await today(pool)).isoweekday(),), 1, time(8), time(16))
    calendar_id = await make(pool, cast, weekly, ahead=2)
    first, second = await drafts(pool)
    day, next_day = first.draw_day, second.draw_day
    assert day is not None
    assert next_day is not None
    for target, error, said in (
        (next_day, Malformed, "another draw on that day"),
        (day + 61 * DAY, Malformed, "60 days at most"),
        (await today(pool) - DAY, Malformed, "over already"),
    ):
        with pytest.raises(error, match=said):
            await move(pool, calendar_id, day, target)
    with pytest.raises(NotFound):
        await move(pool, calendar_id, day + DAY, None)
    with pytest.raises(NotFound):
        await move(pool, 999_999, day, None)
    with pytest.raises(WrongState, match="That draw is over"):
        await move(pool, calendar_id, day - 14 * DAY, None)
    await owner.execute("update phases set state = 'open' where id = $1", first.id)
    for elsewhere in (None, day + DAY):
        with pytest.raises(WrongState, match="is open already"):
            await move(pool, calendar_id, day, elsewhere)
    assert shown(await drafts(pool)) == shown([first, second])


async def test_a_move_and_a_drafting_at_once_leave_one_draft_in_its_place(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    weekly = Rule((), ((await today(pool)).isoweekday(),), 1, time(8), time(16))
    calendar_id = await make(pool, cast, weekly, ahead=1)
    await owner.execute("update calendars set ahead = 3")
    [first] = await drafts(pool)
    assert first.draw_day is not None
    later = first.draw_day + 7 * DAY
    outcomes = await asyncio.gather(
        timetable.draft_phases(work_for(house, pool)),
        move(pool, calendar_id, later, later + DAY),
        timetable.draft_phases(work_for(house, pool)),
    )
    assert not any(isinstance(one, Refusal) for one in outcomes)
    made = await drafts(pool)
    assert [one.draw_day for one in made] == [first.draw_day, later, later + 7 * DAY]
    assert made[1].closes_at == local(later + DAY, 16)
    assert made[1].name == f"Thai {later + DAY}"


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"rule": Rule((), (), 1, time(8), time(16))}, "month_days"),
        ({"rule": Rule((1,), (), 0, time(16), time(16))}, "opens"),
        ({"model_id": 999_999}, "model_id"),
    ],
)
async def test_a_plan_that_cannot_be_kept_is_refused(
    pool: Pool, cast: Cast, plan: dict[str, Any], field: str
) -> None:
    calendar_id = await make(pool, cast, ahead=1)
    good: dict[str, Any] = {
        "name": "Thai",
        "rule": EVERY_DAY,
        "model_id": cast.phase.id,
        "ahead": 1,
    }
    wanted = Plan(**{**good, **plan})
    async with transaction(pool) as connection:
        with pytest.raises(Malformed) as refused:
            await drafting.create(connection, cast.min.id, wanted)
        assert refused.value.facts["field"] == field
        with pytest.raises(Malformed):
            await drafting.change(connection, calendar_id, wanted)
        with pytest.raises(NotFound):
            await drafting.change(connection, 999_999, Plan(**good))
