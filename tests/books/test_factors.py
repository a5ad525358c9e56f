"""A ticket on which not every bet counts in full."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from banker.books import exposure, rehearsal, ticket
from banker.books.receipt import Receipt
from banker.database import Pool, reading, transaction
from banker.rules.prize import Prizes
from tests.balanced import assert_books_balance
from tests.cast import Cast, close_and_settle, gather, placed

PRIZES = Prizes(Decimal(80), Decimal(10), Decimal("2.50"), False)
WON = {137: Decimal(80), 173: Decimal(10), 138: Decimal("2.50")}


@pytest.fixture
async def cast(pool: Pool) -> Cast:
    """The cast, in a phase that pays all kinds of prizes."""
    return await gather(pool, prizes=PRIZES)


@pytest.fixture
async def taken(pool: Pool, cast: Cast, owner: asyncpg.Connection) -> Receipt:
    """137 at half, 138 at a third, 173 at nothing, 007 in full; a ticket from before stands too."""
    await placed(pool, cast.phase, cast.khin, "137 10\n138 10")
    for number, factor in ((137, "0.50"), (138, "0.33"), (173, "0")):
        await owner.execute(
            "update exposures set factor = $2 where number = $1", number, Decimal(factor)
        )
    return await placed(pool, cast.phase, cast.aung, "007 1\n137 100.01\n138 0.05\n173 20")


async def test_its_receipt_tells_the_whole_stakes(taken: Receipt) -> None:
    assert [(bet.number, str(bet.amount)) for bet in taken.bets] == [
        ("007", "1.00"),
        ("137", "100.01"),
        ("138", "0.05"),
        ("173", "20.00"),
    ]
    assert (taken.total, taken.commission) == (Decimal("121.06"), Decimal("18.16"))
    assert taken.balance == 1_000_000 - taken.total


async def test_it_is_read_with_its_factors(pool: Pool, cast: Cast, taken: Receipt) -> None:
    async with reading(pool) as connection:
        read = await ticket.read(connection, UUID(taken.id))
        rows = await connection.fetch("select * from bets where sequence = 2 order by number")
        plain = await connection.fetchval("select factors from tickets where sequence = 1")
    told = [
        (7, Decimal("1.00"), Decimal("1.00")),
        (137, Decimal("100.01"), Decimal("0.50")),
        (138, Decimal("0.05"), Decimal("0.33")),
        (173, Decimal("20.00"), Decimal("0.00")),
    ]
    assert [(bet.number, bet.amount, bet.factor) for bet in read.bets] == told
    assert [(row["number"], row["amount"], row["factor"]) for row in rows] == told
    assert plain is None
    await assert_books_balance(pool)


async def test_its_leaf_tells_the_factors(pool: Pool, cast: Cast, taken: Receipt) -> None:
    row = await pool.fetchrow("select leaf, placed_at from tickets where sequence = 2")
    since = row["placed_at"] - datetime(1970, 1, 1, tzinfo=UTC)
    fields = [
        str(cast.phase.id),
        "2",
        taken.id,
        str(cast.aung.id),
        str(since // timedelta(microseconds=1)),
        "007:1.00:1.00,137:100.01:0.50,138:0.05:0.33,173:20.00:0.00",
        "121.06",
    ]
    told = b"".join(len(field).to_bytes(4, "big") + field.encode() for field in fields)
    assert row["leaf"] == sha256(b"\x00" + told).digest()


async def test_it_weighs_what_it_counts_and_nothing_once_it_is_void(
    pool: Pool, cast: Cast, taken: Receipt
) -> None:
    assert await _weights(pool, cast) == {7: 1_0000, 137: 60_0050, 138: 10_0165, 173: 0}
    async with transaction(pool) as connection:
        voided, news = await ticket.void(connection, UUID(taken.id), cast.aung.id)
    assert voided.voided_at is not None
    assert news is not None
    assert [(one.number, one.staked_cents, one.weight) for one in news.exposures] == [
        (7, 0, 0),
        (137, 10_00, 10_0000),
        (138, 10_00, 10_0000),
        (173, 0, 0),
    ]
    assert await _weights(pool, cast) == {7: 0, 137: 10_0000, 138: 10_0000, 173: 0}
    await assert_books_balance(pool)


async def test_it_is_paid_what_it_counts(pool: Pool, cast: Cast, taken: Receipt) -> None:
    async with reading(pool) as connection:
        rehearsed = await rehearsal.rehearse(connection, cast.phase.id, 137)
    settled = await close_and_settle(pool, cast, 137)
    rows = await pool.fetch(
        "select number, multiplier, amount from payouts where sequence = 2 order by number"
    )
    assert [tuple(row) for row in rows] == [
        # 100.01 × 0.5 × 80; 0.05 × 0.33 × 2.5 = 0.04125; 20 × 0 × 10.
        (137, WON[137], Decimal("4000.40")),
        (138, WON[138], Decimal("0.04")),
        (173, WON[173], Decimal("0.00")),
    ]
    assert settled.total_out == rehearsed.reckoning.total_out == Decimal("4000.44") + 800 + 25
    await assert_books_balance(pool)


async def _weights(pool: Pool, cast: Cast) -> dict[int, int]:
    async with reading(pool) as connection:
        exposures = await exposure.read(connection, cast.phase.id)
    return {number: exposures[number].weight for number in (7, 137, 138, 173)}
