"""A bonus: worked off by stakes whose phases are settled, or taken back in time."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from banker.books import bonus, cash, ledger, phase, placement, settlement, ticket
from banker.books.cash import Counted
from banker.books.phase import Draft
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from banker.errors import Malformed, WrongState
from banker.rules.purse import Balance
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, close_and_settle, deposit, placed, slip


async def grant(
    pool: Pool, cast: Cast, amount: str, requirement: str, expires_at: datetime | None = None
) -> Counted:
    request = asked(cast.su, "bonus", amount, requirement)
    async with transaction(pool) as connection:
        answer = await cash.grant_bonus(
            connection,
            request,
            cast.hla.id,
            Decimal(amount),
            "a welcome",
            Decimal(requirement),
            expires_at,
        )
    return msgspec.json.decode(answer.body, type=Counted)


async def balance(pool: Pool, cast: Cast) -> Balance:
    async with transaction(pool) as connection:
        return (await ledger.balances(connection, [cast.hla.id]))[cast.hla.id]


async def current(pool: Pool, cast: Cast) -> bonus.Bonus | None:
    async with transaction(pool) as connection:
        return await bonus.current(connection, cast.hla.id)


async def test_stakes_work_a_bonus_off_once_their_phase_is_settled(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "40.00")
    await placed(pool, cast.phase, cast.hla, "001 10")  # before the bonus: counts for nothing
    told = await grant(pool, cast, "50.00", "45.00")
    assert (told.bonus_balance, told.cash_balance) == (Decimal(50), Decimal(30))
    await placed(pool, cast.phase, cast.hla, "002 45")
    under_way = await current(pool, cast)
    assert under_way is not None
    assert (under_way.worked_off, under_way.pending) == (0, Decimal(45))
    assert (await balance(pool, cast)).bonus_balance == Decimal(35)
    await close_and_settle(pool, cast, 999)
    after = await balance(pool, cast)
    # The commission of 1.25 and 5.62 beside it; what was left of the bonus is cash.
    assert (after.bonus_balance, after.cash_balance) == (0, Decimal("41.87"))
    assert await current(pool, cast) is None
    await assert_books_balance(pool)


async def test_a_slip_that_waited_for_the_purse_works_off_the_bonus_that_it_may_spend(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        stamped = await placement.hold(connection, cast.phase.id)
        await grant(pool, cast, "50.00", "90.00")
        judged = await placement.judge(connection, stamped, [slip(cast.hla, "002 45")])
    assert isinstance(judged.answers[0], Answer)
    assert (await balance(pool, cast)).bonus_balance == 5
    under_way = await current(pool, cast)
    assert under_way is not None
    assert under_way.pending == 45
    await close_and_settle(pool, cast, 999)
    under_way = await current(pool, cast)
    assert under_way is not None
    assert under_way.worked_off == 45
    await assert_books_balance(pool)


async def test_a_void_ticket_works_nothing_off(pool: Pool, cast: Cast) -> None:
    await grant(pool, cast, "50.00", "45.00")
    receipt = await placed(pool, cast.phase, cast.hla, "002 45")
    async with transaction(pool) as connection:
        await ticket.void(connection, receipt.id, cast.hla.id)  # type: ignore[arg-type]
    await placed(pool, cast.phase, cast.hla, "002 44.99")
    under_way = await current(pool, cast)
    assert under_way is not None
    assert under_way.pending == Decimal("44.99")
    await close_and_settle(pool, cast, 999)
    under_way = await current(pool, cast)
    assert under_way is not None
    assert under_way.worked_off == Decimal("44.99")
    assert (await balance(pool, cast)).bonus_balance == Decimal("5.01")
    await assert_books_balance(pool)


async def test_what_is_left_is_taken_back_when_its_time_is_over(pool: Pool, cast: Cast) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    await grant(pool, cast, "50.00", "500.00", soon)
    await placed(pool, cast.phase, cast.hla, "002 20")
    async with transaction(pool) as connection:
        assert await bonus.expire(connection) == []
    await asyncio.sleep(0.4)

    async def expire() -> list[int]:
        async with transaction(pool) as connection:
            return await bonus.expire(connection)

    taken = await asyncio.gather(*[expire() for _ in range(4)])
    assert sorted(map(len, taken)) == [0, 0, 0, 1]
    assert (await balance(pool, cast)).bonus_balance == 0
    state = "select state from bonuses where user_id = $1"
    assert await pool.fetchval(state, cast.hla.id) == "expired"
    await assert_books_balance(pool)


async def test_one_bonus_at_a_time_however_many_are_asked_for_at_once(
    pool: Pool, cast: Cast
) -> None:
    answers = await asyncio.gather(
        *[grant(pool, cast, "50.00", "500.00") for _ in range(8)], return_exceptions=True
    )
    assert [type(one) for one in answers].count(Counted) == 1
    assert {type(one) for one in answers} == {Counted, WrongState}
    await assert_books_balance(pool)


async def test_a_bonus_does_not_end_before_it_begins(pool: Pool, cast: Cast) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    with pytest.raises(Malformed):
        await grant(pool, cast, "50.00", "500.00", past)
    await assert_books_balance(pool)


async def test_two_phases_settled_at_once_work_off_the_same_bonus_in_turn(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        drafted = await phase.create(connection, cast.thida.id, Draft(name="another"))
        other = await phase.open_(connection, drafted.id)
    await deposit(pool, cast, cast.hla, "100.00")
    await grant(pool, cast, "10.00", "60.00")
    for each in (cast.phase, other):
        await placed(pool, each, cast.hla, "002 30")
        async with transaction(pool) as connection:
            await settlement.close(connection, each.id, cast.min.id)

    async def settle(phase_id: int) -> None:
        async with transaction(pool) as connection:
            await settlement.settle(connection, phase_id, Draw(999, "the radio", cast.min.id))

    await asyncio.gather(settle(cast.phase.id), settle(other.id))
    after = await balance(pool, cast)
    assert (after.bonus_balance, after.cash_balance) == (0, Decimal("57.50"))
    await assert_books_balance(pool)
