"""A wrong draw put right: who gives back, who owes, and what can still be read of the first."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from banker.books import payout, people, phase, settlement, voiding
from banker.books.phase import Draft
from banker.books.resettlement import resettle
from banker.books.settlement import Draw
from banker.database import Pool, reading
from banker.errors import WrongState
from tests.balanced import assert_books_balance
from tests.books.correcting import balance, correct, do, given_back, held
from tests.cast import Cast, close_and_settle, placed

RACES = 12
ZERO = Decimal(0)


async def test_the_right_winner_is_paid_and_the_wrong_one_gives_back(
    pool: Pool, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await placed(pool, cast.phase, cast.khin, "138 200")
    first = await close_and_settle(pool, cast, 137)
    await assert_books_balance(pool)
    second = await correct(pool, cast, 138)
    assert (second.number, second.revision, second.source) == ("138", 2, "the gazette")
    assert (second.total_in, second.commission) == (first.total_in, first.commission)
    assert second.total_out == Decimal("16000.00")
    assert second.net_profit == Decimal("700.00") - 16000 - 75
    assert (second.settled_at, second.seal) == (first.settled_at, first.seal)
    assert await held(pool, cast.aung) == Decimal("1000000.00") - 500 + 75
    assert await held(pool, cast.khin) == Decimal("1000000.00") - 200 + 16000
    [back] = await given_back(pool, cast, 1)
    assert (back.username, back.amount, back.debt) == ("aung", Decimal("40000.00"), ZERO)
    assert await given_back(pool, cast, 2) == []
    await assert_books_balance(pool)


async def test_the_first_settlement_can_still_be_read(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500\n731 20")
    await placed(pool, cast.phase, cast.khin, "138 200")
    await close_and_settle(pool, cast, 137)
    async with reading(pool) as connection:
        before = await payout.paid(connection, cast.phase.id)
    await correct(pool, cast, 138)
    async with reading(pool) as connection:
        first = await payout.paid(connection, cast.phase.id, revision=1)
        last = await payout.paid(connection, cast.phase.id)
        draws = await settlement.draws(connection, cast.phase.id)
    assert first == before
    assert [(one.username, one.number, one.amount) for one in last] == [
        ("khin", 138, Decimal("16000.00"))
    ]
    told = [(one.revision, one.number, one.reason, one.source, one.total_out) for one in draws]
    assert told == [
        (2, 138, "misheard", "the gazette", Decimal("16000.00")),
        (1, 137, None, "the radio", Decimal("40000.00")),
    ]
    assert {one.entered_by for one in draws} == {"min"}
    await assert_books_balance(pool)


async def test_the_same_number_again_changes_nothing(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await close_and_settle(pool, cast, 137)
    second = await correct(pool, cast, 138)
    before = await pool.fetchval("select count(*) from transfers")
    assert await correct(pool, cast, 138, "heard again") == second
    assert await pool.fetchval("select count(*) from transfers") == before
    assert await pool.fetchval("select count(*) from draws") == 2
    first = Draw(137, "the radio", cast.min.id)
    with pytest.raises(WrongState, match="settled with 138"):
        await do(pool, lambda c: settlement.settle(c, cast.phase.id, first))


async def test_back_to_the_first_number_is_as_if_nothing_had_been(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await placed(pool, cast.phase, cast.khin, "138 200")
    first = await close_and_settle(pool, cast, 137)
    before = [await balance(pool, one) for one in (cast.aung, cast.khin)]
    await correct(pool, cast, 138)
    third = await correct(pool, cast, 137, "the first was right")
    assert third.revision == 3
    assert (third.total_out, third.net_profit) == (first.total_out, first.net_profit)
    assert [await balance(pool, one) for one in (cast.aung, cast.khin)] == before
    assert [one.username for one in await given_back(pool, cast, 2)] == ["khin"]
    await assert_books_balance(pool)


async def test_only_a_settled_phase_is_settled_anew(pool: Pool, cast: Cast) -> None:
    with pytest.raises(WrongState, match="open"):
        await correct(pool, cast, 137)
    drafted = await do(pool, lambda c: phase.create(c, cast.min.id, Draft(name="later")))
    draw = Draw(137, "the gazette", cast.min.id, "misheard")
    with pytest.raises(WrongState, match="draft"):
        await do(pool, lambda c: resettle(c, drafted.id, draw))
    await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
    with pytest.raises(WrongState, match="closed"):
        await correct(pool, cast, 137)
    await do(pool, lambda c: voiding.void(c, cast.phase.id, "no draw", cast.min.id))
    with pytest.raises(WrongState, match="void"):
        await correct(pool, cast, 137)
    assert await pool.fetchval("select count(*) from draws") == 0
    await assert_books_balance(pool)


async def test_a_settled_phase_is_not_called_off(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await close_and_settle(pool, cast, 137)
    for number in (138, 137):
        await correct(pool, cast, number)
        with pytest.raises(WrongState, match="settled"):
            await do(pool, lambda c: voiding.void(c, cast.phase.id, "no draw", cast.min.id))
    await assert_books_balance(pool)


async def test_partners_keep_the_first_terms_that_are_known(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    """Nothing is known of what the first draw earned them; the second is on the terms of its day,
    and so is the third."""
    await placed(pool, cast.phase, cast.aung, "500 100.00")
    await close_and_settle(pool, cast, 137)
    await owner.execute(_FROM_BEFORE)
    await correct(pool, cast, 138)
    terms = {"share_percentage": Decimal(100), "commission_rate": Decimal(100)}
    await do(pool, lambda c: people.amend(c, cast.ko.id, cast.thida.id, **terms))
    await correct(pool, cast, 139)
    rows = await pool.fetch("select revision, earned, status from earnings order by revision")
    assert [tuple(row) for row in rows] == [
        (2, Decimal("5.00"), "replaced"),
        (3, Decimal("5.00"), "pending"),
    ]
    await assert_books_balance(pool)


async def test_settled_anew_by_many_at_once_it_is_once(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await placed(pool, cast.phase, cast.khin, "138 200")
    await close_and_settle(pool, cast, 137)
    answers = await asyncio.gather(*[correct(pool, cast, 138) for _ in range(RACES)])
    assert len({one.revision for one in answers}) == 1
    assert await held(pool, cast.khin) == Decimal("1000000.00") - 200 + 16000
    await assert_books_balance(pool)


async def test_two_numbers_at_once_follow_one_another(pool: Pool, cast: Cast) -> None:
    for number in (138, 139, 140):
        await placed(pool, cast.phase, cast.khin, f"{number} 10")
    await close_and_settle(pool, cast, 137)
    answers = await asyncio.gather(*[correct(pool, cast, one) for one in (138, 139, 140)])
    assert sorted(one.revision or 0 for one in answers) == [2, 3, 4]
    async with reading(pool) as connection:
        last = await settlement.read(connection, cast.phase.id)
    assert last == max(answers, key=lambda one: one.revision or 0)
    assert await held(pool, cast.khin) == Decimal("1000000.00") - 30 + 800
    await assert_books_balance(pool)


_FROM_BEFORE = """
delete from earnings;
delete from partner_totals;
update house_months set partner_earnings = 0;
update settlements set partner_earnings = null;
alter table draws disable trigger draws_are_append_only;
update draws set partner_earnings = null;
alter table draws enable trigger draws_are_append_only;
"""
