"""Draws in a house that wants four eyes: entered by one, confirmed by a second."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from banker.books import approval, drawing, four_eyes, people, settlement, voiding
from banker.books.approval import Approval
from banker.books.four_eyes import Waiting
from banker.books.people import Person
from banker.books.settlement import Draw, Settlement
from banker.database import Pool, persist, reading
from banker.errors import Forbidden, WrongState
from tests.balanced import assert_books_balance
from tests.books.correcting import do, held
from tests.cast import PASSWORD_HASH, Cast, placed


@pytest.fixture
async def mya(pool: Pool, cast: Cast) -> Person:
    """A second manager, in a house that wants four eyes; its phase is closed."""
    await placed(pool, cast.phase, cast.aung, "137 500")
    await placed(pool, cast.phase, cast.khin, "138 200")
    await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
    await do(pool, lambda c: four_eyes.set_rules(c, cast.thida.id, Decimal(100)))
    return await do(pool, lambda c: people.add(c, "mya", "manager", PASSWORD_HASH))  # type: ignore[no-any-return]


async def enter(pool: Pool, cast: Cast, number: int, by: Person | None = None) -> Any:
    draw = Draw(number, "the radio", (by or cast.min).id)
    return await persist(pool, lambda c: drawing.enter(c, cast.phase.id, draw))


async def correct(pool: Pool, cast: Cast, number: int, reason: str = "misheard") -> Any:
    draw = Draw(number, "the gazette", cast.min.id, reason)
    return await persist(pool, lambda c: drawing.correct(c, cast.phase.id, draw))


async def approve(pool: Pool, waiting: Waiting, by: Person) -> Approval:
    number = int(waiting.approval_id)
    return await persist(pool, lambda c: approval.approve(c, number, by.id, by.role))


async def refuse(pool: Pool, waiting: Waiting, by: Person) -> Approval:
    number = int(waiting.approval_id)
    return await persist(pool, lambda c: approval.refuse(c, number, by.id, by.role, "not yet"))


async def state(pool: Pool, waiting: Waiting) -> str:
    async with reading(pool) as connection:
        return (await approval.read(connection, int(waiting.approval_id))).state


async def settled(pool: Pool, cast: Cast) -> Settlement:
    async with reading(pool) as connection:
        return await settlement.read(connection, cast.phase.id)


async def test_a_draw_waits_and_is_settled_by_a_second_person(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    waiting = await enter(pool, cast, 137)
    assert isinstance(waiting, Waiting)
    assert (await settled(pool, cast)).number is None
    assert await held(pool, cast.aung) == Decimal("999500.00")
    done = await approve(pool, waiting, mya)
    assert (done.state, done.asker, done.decider) == ("approved", "min", "mya")
    assert done.outcome is not None
    assert (done.outcome["number"], done.outcome["total_out"]) == ("137", "40000.00")
    assert await held(pool, cast.aung) == Decimal("999500.00") + 40000 + 75
    async with reading(pool) as connection:
        [entered] = await settlement.draws(connection, cast.phase.id)
    assert (entered.entered_by, entered.approved_by) == ("min", "mya")
    assert (entered.source, entered.reason) == ("the radio", None)
    await assert_books_balance(pool)


async def test_a_correction_waits_with_its_reason(pool: Pool, cast: Cast, mya: Person) -> None:
    await approve(pool, await enter(pool, cast, 137), mya)
    waiting = await correct(pool, cast, 138)
    assert isinstance(waiting, Waiting)
    assert (await settled(pool, cast)).number == "137"
    async with reading(pool) as connection:
        asked = await approval.read(connection, int(waiting.approval_id))
    assert (asked.kind, asked.reason) == ("resettlement", "misheard")
    await approve(pool, waiting, mya)
    assert ((await settled(pool, cast)).number, (await settled(pool, cast)).revision) == ("138", 2)
    async with reading(pool) as connection:
        [last, _] = await settlement.draws(connection, cast.phase.id)
    assert (last.reason, last.source, last.approved_by) == ("misheard", "the gazette", "mya")
    await assert_books_balance(pool)


async def test_nobody_confirms_their_own_nor_without_the_role(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    first = await enter(pool, cast, 137)
    with pytest.raises(Forbidden, match="asked for themselves"):
        await approve(pool, first, cast.min)
    for person in (cast.su, cast.aung, cast.ko):
        with pytest.raises(Forbidden):
            await approve(pool, first, person)
        with pytest.raises(Forbidden):
            await refuse(pool, first, person)
    assert (await settled(pool, cast)).number is None
    await approve(pool, first, cast.thida)
    second = await correct(pool, cast, 138)
    with pytest.raises(Forbidden, match="asked for themselves"):
        await approve(pool, second, cast.min)
    assert (await settled(pool, cast)).number == "137"
    await assert_books_balance(pool)


async def test_asked_twice_it_is_one_and_another_number_is_another(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    asked = await asyncio.gather(*[enter(pool, cast, 137) for _ in range(8)])
    assert len({one.approval_id for one in asked}) == 1
    assert (await enter(pool, cast, 138)).approval_id != asked[0].approval_id
    assert (await enter(pool, cast, 137, by=mya)).approval_id != asked[0].approval_id
    assert await pool.fetchval("select count(*) from approvals") == 3


async def test_confirmed_by_many_at_once_it_is_paid_once(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    waiting = await enter(pool, cast, 137)
    deciders = (mya, cast.thida)
    done = await asyncio.gather(*[approve(pool, waiting, deciders[at % 2]) for at in range(8)])
    assert len({one.decider for one in done}) == 1
    assert await held(pool, cast.aung) == Decimal("999500.00") + 40000 + 75
    await assert_books_balance(pool)


async def test_of_two_numbers_confirmed_at_once_one_is_drawn(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    waiting = [await enter(pool, cast, number) for number in (137, 138)]
    done = await asyncio.gather(
        *[approve(pool, one, mya) for one in waiting], return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, WrongState)]
    assert len(refused) == 1, done
    assert sorted([await state(pool, one) for one in waiting]) == ["approved", "waiting"]
    await assert_books_balance(pool)


async def test_the_same_draw_asked_by_two_is_settled_once(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    one, other = await enter(pool, cast, 137), await enter(pool, cast, 137, by=mya)
    await approve(pool, one, mya)
    await approve(pool, other, cast.min)
    assert await pool.fetchval("select count(*) from draws") == 1
    assert await held(pool, cast.aung) == Decimal("999500.00") + 40000 + 75
    await assert_books_balance(pool)


async def test_the_conditions_are_checked_again(pool: Pool, cast: Cast, mya: Person) -> None:
    waiting = await enter(pool, cast, 137)
    await do(pool, lambda c: voiding.void(c, cast.phase.id, "no draw", cast.min.id))
    with pytest.raises(WrongState, match="void"):
        await approve(pool, waiting, mya)
    assert await state(pool, waiting) == "waiting"
    assert (await refuse(pool, waiting, mya)).state == "refused"
    with pytest.raises(WrongState, match="refused"):
        await approve(pool, waiting, mya)
    await assert_books_balance(pool)


async def test_who_asked_and_was_disabled_asks_for_nothing_any_more(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    waiting = await enter(pool, cast, 137)
    await do(pool, lambda c: people.amend(c, cast.min.id, cast.thida.id, disabled=True))
    with pytest.raises(WrongState, match="disabled"):
        await approve(pool, waiting, mya)
    assert (await settled(pool, cast)).number is None


async def test_what_cannot_be_done_does_not_even_wait(pool: Pool, cast: Cast, mya: Person) -> None:
    with pytest.raises(WrongState, match="closed"):
        await correct(pool, cast, 138)
    await approve(pool, await enter(pool, cast, 137), mya)
    with pytest.raises(WrongState, match="settled with 137"):
        await enter(pool, cast, 138)
    told = [await enter(pool, cast, 137), await correct(pool, cast, 137)]
    assert told == [await settled(pool, cast)] * 2
    assert await pool.fetchval("select count(*) from approvals") == 1


async def test_a_refused_draw_may_be_asked_for_again(pool: Pool, cast: Cast, mya: Person) -> None:
    first = await enter(pool, cast, 137)
    assert (await refuse(pool, first, cast.min)).state == "refused", "taken back by the asker"
    second = await enter(pool, cast, 137)
    assert second.approval_id != first.approval_id
    await approve(pool, second, mya)
    assert (await settled(pool, cast)).number == "137"


async def test_a_draw_that_was_put_right_meanwhile_is_not_put_right_by_what_waited(
    pool: Pool, cast: Cast, mya: Person
) -> None:
    """A correction stands in for the draw that its asker saw, and for no other, be it of the same
    number; where what it asks is so already it is done."""
    await approve(pool, await enter(pool, cast, 137), mya)
    late, right = await correct(pool, cast, 139), await correct(pool, cast, 138)
    again = await correct(pool, cast, 138, "misheard, says the gazette")
    await approve(pool, right, mya)
    with pytest.raises(
        WrongState, match=r"stand in for draw 1 .* by now draw 2 counts, which is 138"
    ):
        await approve(pool, late, mya)
    await approve(pool, again, mya)
    assert ((await settled(pool, cast)).number, (await settled(pool, cast)).revision) == ("138", 2)
    assert [await state(pool, one) for one in (late, again)] == ["waiting", "approved"]
    await approve(pool, await correct(pool, cast, 137), mya)
    with pytest.raises(WrongState, match="by now draw 3 counts, which is 137"):
        await approve(pool, late, mya)
    await assert_books_balance(pool)


async def test_without_four_eyes_a_draw_is_entered_at_once(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
    first = await enter(pool, cast, 137)
    second = await correct(pool, cast, 138)
    assert ((first.number, first.revision), (second.number, second.revision)) == (
        ("137", 1),
        ("138", 2),
    )
    await assert_books_balance(pool)
