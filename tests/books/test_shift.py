"""A cashier's drawer: what it should hold, and what was counted."""

import asyncio
from decimal import Decimal

import msgspec
import pytest

from banker.books import cash
from banker.books.cash import Counted, shift
from banker.books.cash.shift import Shift
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import WrongState
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, deposit


def read(answer: Answer) -> Shift:
    return msgspec.json.decode(answer.body, type=Shift)


async def open_(pool: Pool, cast: Cast, amount: str) -> Shift:
    async with transaction(pool) as connection:
        return read(await shift.open_(connection, asked(cast.su, "open-shift"), Decimal(amount)))


async def close(pool: Pool, cast: Cast, counted: str, key: str | None = None) -> Answer:
    request = asked(cast.su, "close-shift", counted, key=key)
    async with transaction(pool) as connection:
        return await shift.close(connection, request, Decimal(counted), "by two")


async def current(pool: Pool, cast: Cast) -> Shift | None:
    async with transaction(pool) as connection:
        return await shift.current(connection, cast.su.id)


async def test_a_drawer_counts_what_goes_through_it(pool: Pool, cast: Cast) -> None:
    # The cast's money opened a shift with an empty drawer.
    assert read(await close(pool, cast, "2000000.00")).difference == 0
    opened = await open_(pool, cast, "500.00")
    assert (opened.expected, opened.counted) == (Decimal("500.00"), None)
    with pytest.raises(WrongState):
        await open_(pool, cast, "1.00")
    first = msgspec.json.decode((await deposit(pool, cast, cast.hla, "80.00")).body, type=Counted)
    for verb, amount in ((cash.withdraw, "30.00"), (cash.reverse, "20.00")):
        async with transaction(pool) as connection:
            request = asked(cast.su, "any")
            if verb is cash.reverse:
                original = int(first.transfer_id)
                await cash.reverse(connection, request, original, Decimal(amount), "miscounted")
            else:
                await cash.withdraw(connection, request, cast.hla.id, Decimal(amount), "rent")
    # A bonus is no money of the drawer, and another cashier's money is not this one's.
    async with transaction(pool) as connection:
        terms = (cast.khin.id, Decimal(9), "why", Decimal(9), None)
        await cash.grant_bonus(connection, asked(cast.su, "bonus"), *terms)
        request = asked(cast.thida, "deposit")
        await cash.deposit(connection, request, cast.hla.id, Decimal(7), "why")
    answer = await close(pool, cast, "529.50", key="evening")
    closed = read(answer)
    assert (closed.deposits, closed.withdrawals, closed.reversed_out) == (
        Decimal(80),
        Decimal(30),
        Decimal(20),
    )
    assert (closed.expected, closed.counted, closed.difference) == (
        Decimal("530.00"),
        Decimal("529.50"),
        Decimal("-0.50"),
    )
    assert (await close(pool, cast, "529.50", key="evening")).body == answer.body
    with pytest.raises(WrongState, match="No shift"):
        await close(pool, cast, "1.00")
    assert await current(pool, cast) is None
    await assert_books_balance(pool)


async def test_money_that_moves_while_a_drawer_is_closed_is_in_one_shift_or_the_next(
    pool: Pool, cast: Cast
) -> None:
    async def closing() -> Decimal:
        await asyncio.sleep(0.02)
        return read(await close(pool, cast, "0.00")).expected

    moved = [deposit(pool, cast, cast.hla, "1.00") for _ in range(30)]
    _, expected = await asyncio.gather(asyncio.gather(*moved), closing())
    after = await current(pool, cast)
    held = Decimal(0) if after is None else after.expected
    assert expected + held == Decimal("2000030.00")
    await assert_books_balance(pool)


async def test_ten_movements_at_once_without_a_shift_open_one(pool: Pool, cast: Cast) -> None:
    await close(pool, cast, "0.00")
    await asyncio.gather(*[deposit(pool, cast, cast.hla, "1.00") for _ in range(10)])
    opened = "select count(*) from shifts where closed_at is null"
    assert await pool.fetchval(opened) == 1
    await assert_books_balance(pool)
