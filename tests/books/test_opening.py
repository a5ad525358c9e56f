"""Drafts that open by themselves, and what is frozen when they do."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import asyncpg
import pytest

from banker.books import approval, four_eyes, opening, phase
from banker.books.four_eyes import Waiting
from banker.books.phase import Current, Draft, Phase
from banker.database import Pool, persist, reading, transaction
from banker.embedded import House
from banker.errors import Malformed, WrongState
from banker.jobs import timetable
from banker.jobs.timetable import Unfinished, Work
from banker.live.stream import Stream
from tests.balanced import assert_books_balance
from tests.cast import Cast, place, placed, slip


def ahead(**distance: float) -> datetime:
    return datetime.now(UTC) + timedelta(**distance)


async def draft(pool: Pool, cast: Cast, name: str = "Dec-01", **fields: Any) -> Phase:
    async with transaction(pool) as connection:
        return await phase.create(connection, cast.min.id, Draft(name=name, **fields))


async def amend(pool: Pool, one: Phase, **changes: Any) -> Phase:
    async with transaction(pool) as connection:
        return await phase.amend(connection, one.id, **changes)


async def read(pool: Pool, one: Phase) -> Phase:
    async with reading(pool) as connection:
        return await phase.read(connection, one.id)


async def current(pool: Pool) -> Current:
    async with reading(pool) as connection:
        found = await phase.current(connection)
    assert found is not None
    return found


async def come(owner: asyncpg.Connection, one: Phase, closes: bool = False) -> None:
    """Let the opening time, or both, have passed."""
    await owner.execute(
        "update phases set opens_at = clock_timestamp() - interval '2 seconds', closes_at = case "
        "when $2 then clock_timestamp() - interval '1 second' else closes_at end where id = $1",
        one.id,
        closes,
    )


def work_for(house: House, pool: Pool) -> Work:
    return Work(pool, Stream(house.redis_url, "test"), lambda _: None)


async def test_a_phase_opens_before_it_closes(pool: Pool, cast: Cast) -> None:
    later = ahead(hours=2)
    for opens_at in (later, ahead(hours=3)):
        with pytest.raises(Malformed, match="opens before it closes"):
            await draft(pool, cast, opens_at=opens_at, closes_at=later)
    with pytest.raises(Malformed, match="opening time lies in the past"):
        await draft(pool, cast, opens_at=ahead(seconds=-1))
    drafted = await draft(pool, cast, opens_at=ahead(hours=1), closes_at=later)
    with pytest.raises(Malformed, match="opens before it closes") as refused:
        await amend(pool, drafted, closes_at=ahead(minutes=30))
    assert refused.value.facts["field"] == "closes_at"
    with pytest.raises(Malformed, match="opens before it closes") as refused:
        await amend(pool, drafted, opens_at=later)
    assert refused.value.facts["field"] == "opens_at"
    assert (await read(pool, drafted)).opens_at == drafted.opens_at
    assert (await amend(pool, drafted, opens_at=None)).opens_at is None


async def test_an_opening_time_that_has_come_does_not_hold_up_another_change(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    drafted = await draft(pool, cast, opens_at=ahead(hours=1))
    await come(owner, drafted)
    assert (await amend(pool, drafted, name="renamed")).name == "renamed"


async def test_a_draft_opens_at_its_time_once_with_two_at_once(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    drafted = await draft(pool, cast, opens_at=ahead(hours=1), closes_at=ahead(hours=2))
    work = work_for(house, pool)
    assert await timetable.open_phases(work) == "no draft is due"
    assert (await read(pool, drafted)).state == "draft"
    await come(owner, drafted)
    with mock.patch.object(Stream, "tell_change") as told:
        said = await asyncio.gather(*(timetable.open_phases(work) for _ in range(4)))
    assert sorted(said) == ["no draft is due"] * 3 + ["opened Dec-01"]
    assert [one.args for one in told.call_args_list] == [(drafted.id,)]
    opened = await read(pool, drafted)
    assert (opened.state, opened.takes_slips) == ("open", True)
    changes = await owner.fetchval(
        "select count(*) from audit where subject = $1 and after ->> 'state' = 'open'",
        f"phase {drafted.id}",
    )
    assert changes == 1
    await placed(pool, opened, cast.aung, "137 500")
    await assert_books_balance(pool)


async def test_a_draft_that_was_put_off_since_it_was_found_does_not_open(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    drafted = await draft(pool, cast, opens_at=ahead(hours=1))
    await come(owner, drafted)
    async with reading(pool) as connection:
        assert [one.id for one in await opening.due(connection)] == [drafted.id]
    await amend(pool, drafted, opens_at=ahead(hours=1))
    assert await persist(pool, lambda held: opening.open_due(held, drafted.id)) is None
    assert (await read(pool, drafted)).state == "draft"


async def test_a_draft_whose_closing_time_has_passed_stays_one_and_is_told(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    late = await draft(pool, cast, "late", opens_at=ahead(hours=1), closes_at=ahead(hours=2))
    due = await draft(pool, cast, "due", opens_at=ahead(hours=1))
    await come(owner, late, closes=True)
    await come(owner, due)
    said = await timetable.open_phases(work_for(house, pool))
    assert said == "opened due; never opened, the closing time has passed: late"
    assert [(await read(pool, one)).state for one in (late, due)] == ["draft", "open"]
    assert await persist(pool, lambda held: opening.open_due(held, late.id)) is None


async def test_one_that_fails_holds_up_no_other(
    house: House, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    one, other = await draft(pool, cast, "one"), await draft(pool, cast, "other")
    for drafted in (one, other):
        await come(owner, drafted)
    really = opening.open_due

    async def open_due(connection: Any, phase_id: int) -> datetime | None:
        if phase_id == one.id:
            raise RuntimeError("not today")
        return await really(connection, phase_id)

    work = work_for(house, pool)
    with (
        mock.patch.object(opening, "open_due", open_due),
        pytest.raises(Unfinished, match="one: RuntimeError: not today"),
    ):
        await timetable.open_phases(work)
    assert (await read(pool, other)).state == "open"
    assert await timetable.open_phases(work) == "opened one"


async def test_a_draft_may_be_opened_by_hand_before_its_time(pool: Pool, cast: Cast) -> None:
    drafted = await draft(pool, cast, opens_at=ahead(hours=1), closes_at=ahead(hours=2))
    async with transaction(pool) as connection:
        opened = await phase.open_(connection, drafted.id)
    assert opened.takes_slips
    with pytest.raises(WrongState, match="open already"):
        await amend(pool, drafted, opens_at=ahead(hours=1, minutes=5))
    # The time at which it was to open binds nothing any more.
    assert (await amend(pool, drafted, closes_at=ahead(minutes=30))).state == "open"


async def test_the_rate_of_a_phase_stands_in_for_every_collectors_own(
    pool: Pool, cast: Cast
) -> None:
    drafted = await draft(pool, cast, commission_rate=Decimal("7.5"))
    async with transaction(pool) as connection:
        await phase.open_(connection, drafted.id)
    for collector in (cast.aung, cast.khin):
        await placed(pool, drafted, collector, "137 = 333.33")
    rows = await pool.fetch(
        "select commission_rate, commission from tickets where phase_id = $1", drafted.id
    )
    assert rows == [(Decimal("7.50"), Decimal("25.00"))] * 2
    assert (await read(pool, drafted)).commission == Decimal("50.00")
    await place(pool, cast.phase, slip(cast.aung, "137 100"))
    own = await pool.fetchval(
        "select commission_rate from tickets where phase_id = $1", cast.phase.id
    )
    assert own == 15
    await assert_books_balance(pool)


async def test_a_rate_of_nothing_is_a_rate(pool: Pool, cast: Cast) -> None:
    drafted = await draft(pool, cast, commission_rate=Decimal(0))
    async with transaction(pool) as connection:
        await phase.open_(connection, drafted.id)
    assert (await placed(pool, drafted, cast.aung, "137 100")).commission == 0
    await assert_books_balance(pool)


async def test_the_rate_is_frozen_when_the_phase_opens(pool: Pool, cast: Cast) -> None:
    drafted = await draft(pool, cast, commission_rate=Decimal(5))
    assert (await amend(pool, drafted, commission_rate=Decimal(6))).commission_rate == 6
    async with transaction(pool) as connection:
        await phase.open_(connection, drafted.id)
    for wanted in (Decimal(7), None):
        with pytest.raises(WrongState, match="commission rate was frozen"):
            await amend(pool, drafted, commission_rate=wanted)
    # The same again is no change, written either way.
    assert (await amend(pool, drafted, commission_rate=Decimal("6.00"))).commission_rate == 6


async def test_a_change_that_waits_for_a_second_person_says_frozen_terms_again(
    pool: Pool, cast: Cast
) -> None:
    drafted = await draft(
        pool, cast, commission_rate=Decimal(5), opens_at=ahead(hours=1), closes_at=ahead(hours=2)
    )
    same = {"commission_rate": Decimal(5), "opens_at": drafted.opens_at}
    changes = {"global_limit": Decimal(90_000), **same}
    async with transaction(pool) as connection:
        opened = await phase.open_(connection, drafted.id)
        await four_eyes.set_rules(connection, cast.thida.id, Decimal(1000))
    async with transaction(pool) as connection:
        waiting = await four_eyes.amend_phase(connection, cast.min.id, opened.id, changes)
        assert isinstance(waiting, Waiting)
        await approval.approve(connection, int(waiting.approval_id), cast.thida.id, "admin")
    assert (await read(pool, opened)).global_limit == 90_000


async def test_pages_are_about_what_is_open_then_what_was_and_tell_what_opens_next(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await draft(pool, cast, "far", opens_at=ahead(days=9))
    near = await draft(pool, cast, "near", opens_at=ahead(days=2))
    now = await current(pool)
    assert (now.id, now.next_name) == (cast.phase.id, None)
    await owner.execute("update phases set state = 'closed' where id = $1", cast.phase.id)
    now = await current(pool)
    assert (now.id, now.next_name, now.next_opens_at) == (cast.phase.id, "near", near.opens_at)
    plain = await draft(pool, cast, "plain")
    assert (await current(pool)).id == plain.id
    await owner.execute("update phases set state = 'void' where state <> 'draft'")
    async with transaction(pool) as connection:
        await connection.execute("update phases set state = 'open' where id = $1", near.id)
    assert (await current(pool)).id == near.id
