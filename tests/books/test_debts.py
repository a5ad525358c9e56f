"""Winnings that are gone when a draw is put right: who owes, how much, and until when."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any

import pytest

from banker.books import ledger, settlement
from banker.books.people import Person
from banker.books.phase import Phase
from banker.books.request import Answer
from banker.database import Pool, reading
from banker.errors import InsufficientFunds
from tests.balanced import assert_books_balance
from tests.books.correcting import balance, correct, do, given_back, held, opened, withdraw
from tests.cast import Cast, close_and_settle, deposit, place, placed, slip

RACES = 12
# From the withdrawal well ahead of the correction to the correction well ahead.
SPREAD_S = 0.1
ZERO = Decimal(0)


async def test_winnings_that_are_gone_are_a_debt_until_it_is_repaid(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "10.00")
    await placed(pool, cast.phase, cast.hla, "137 10")
    await placed(pool, cast.phase, cast.khin, "137 1")
    await close_and_settle(pool, cast, 137)
    await withdraw(pool, cast, cast.hla, "700.00")
    await correct(pool, cast, 138)
    back = await given_back(pool, cast, 1)
    assert [(one.username, one.amount, one.debt) for one in back] == [
        ("hla", Decimal("800.00"), Decimal("698.75")),
        ("khin", Decimal("80.00"), ZERO),
    ]
    async with reading(pool) as connection:
        [last, _] = await settlement.draws(connection, cast.phase.id)
    assert last.debt == Decimal("698.75")
    assert await held(pool, cast.hla) == Decimal("-698.75")
    another = await opened(pool, cast)
    for money in ("698.74", "0.01"):
        await refused(pool, another, cast.hla)
        await deposit(pool, cast, cast.hla, money)
    await refused(pool, another, cast.hla)
    await deposit(pool, cast, cast.hla, "1.00")
    await placed(pool, another, cast.hla, "007 1")
    await assert_books_balance(pool)


async def test_a_debt_is_repaid_by_winnings(pool: Pool, cast: Cast) -> None:
    """What is won later stays, but for what was owed; nobody draws below zero again."""
    await deposit(pool, cast, cast.hla, "20.00")
    another = await opened(pool, cast)
    await placed(pool, another, cast.hla, "500 10")
    await placed(pool, cast.phase, cast.hla, "137 10")
    await close_and_settle(pool, cast, 137)
    await withdraw(pool, cast, cast.hla, await held(pool, cast.hla))
    await correct(pool, cast, 138)
    assert await held(pool, cast.hla) == Decimal("-800.00")
    cast.phase = another
    await close_and_settle(pool, cast, 500)
    assert await held(pool, cast.hla) == Decimal("1.25")
    with pytest.raises(InsufficientFunds):
        await withdraw(pool, cast, cast.hla, "1.26")
    await assert_books_balance(pool)


async def test_credit_that_a_payout_repaid_is_drawn_again(pool: Pool, cast: Cast) -> None:
    await do(pool, lambda c: ledger.approve_credit(c, cast.hla.id, Decimal("100.00")))
    await placed(pool, cast.phase, cast.hla, "137 60")
    await close_and_settle(pool, cast, 137)
    await correct(pool, cast, 138)
    after = await balance(pool, cast.hla)
    assert (after.credit_balance, after.cash_balance) == (Decimal("-60.00"), Decimal("7.50"))
    assert (await given_back(pool, cast, 1))[0].debt == 0
    await assert_books_balance(pool)


async def test_credit_that_is_not_granted_any_more_becomes_a_debt(pool: Pool, cast: Cast) -> None:
    """A part of it is still granted: that is drawn, and the rest owed in cash."""
    await do(pool, lambda c: ledger.approve_credit(c, cast.hla.id, Decimal("100.00")))
    await placed(pool, cast.phase, cast.hla, "137 60")
    await close_and_settle(pool, cast, 137)
    await withdraw(pool, cast, cast.hla, await held(pool, cast.hla))
    await do(pool, lambda c: ledger.approve_credit(c, cast.hla.id, Decimal("25.00")))
    await correct(pool, cast, 138)
    after = await balance(pool, cast.hla)
    assert (after.credit_balance, after.cash_balance) == (Decimal("-25.00"), Decimal("-4775.00"))
    assert (await given_back(pool, cast, 1))[0].debt == Decimal("4775.00")
    assert after.available == 0
    await assert_books_balance(pool)


async def test_who_has_won_by_both_draws_owes_nothing(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "30.00")
    await placed(pool, cast.phase, cast.hla, "137 10\n138 20")
    await close_and_settle(pool, cast, 137)
    await withdraw(pool, cast, cast.hla, await held(pool, cast.hla))
    await correct(pool, cast, 138)
    assert await held(pool, cast.hla) == Decimal("800.00")
    assert (await given_back(pool, cast, 1))[0].debt == 0
    await assert_books_balance(pool)


async def test_a_withdrawal_beside_it_is_paid_or_refused_and_never_lost(
    pool: Pool, cast: Cast
) -> None:
    for place_ in range(RACES):
        cast.phase = await opened(pool, cast)
        await deposit(pool, cast, cast.hla, "10.00")
        await placed(pool, cast.phase, cast.hla, "137 10")
        await close_and_settle(pool, cast, 137)
        before = await held(pool, cast.hla)
        ahead_s = (place_ / (RACES - 1) - 0.5) * SPREAD_S
        paid, _ = await asyncio.gather(
            after(max(-ahead_s, 0), withdraw(pool, cast, cast.hla, "800.00")),
            after(max(ahead_s, 0), correct(pool, cast, 138)),
            return_exceptions=True,
        )
        [back] = await given_back(pool, cast, 1)
        is_paid = isinstance(paid, Answer)
        print(f"{ahead_s:.3f} s ahead of the correction: {'paid' if is_paid else 'refused'}")
        assert is_paid or isinstance(paid, InsufficientFunds), paid
        assert await held(pool, cast.hla) == before - 800 - (800 if is_paid else 0)
        assert back.debt == (1600 - before if is_paid else 0)
        await deposit(pool, cast, cast.hla, str(800 + max(back.debt, ZERO)))
        await withdraw(pool, cast, cast.hla, await held(pool, cast.hla))
    await assert_books_balance(pool)


async def after(late_s: float, work: Awaitable[Any]) -> Any:
    await asyncio.sleep(late_s)
    return await work


async def refused(pool: Pool, taken: Phase, person: Person) -> None:
    """Not even the smallest stake."""
    [answer] = await place(pool, taken, slip(person, "007 0.01"))
    assert isinstance(answer, InsufficientFunds)
    assert answer.facts["available"] == "0.00"
