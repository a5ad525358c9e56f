from decimal import Decimal

import asyncpg
import pytest

from banker.books import ledger
from banker.books.ledger import House, Transfer
from banker.database import Pool, transaction
from tests.balanced import assert_books_balance
from tests.cast import Cast, placed


async def test_a_balance_changes_only_with_its_entries(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    async with transaction(pool) as connection:
        rows = await connection.fetch(
            "select entries.amount, balance_after, sequence from entries join accounts on"
            " accounts.id = account_id where user_id = $1 order by sequence",
            cast.aung.id,
        )
    assert [tuple(row) for row in rows] == [
        (Decimal("1000000.00"), Decimal("1000000.00"), 1),
        (Decimal("-500.00"), Decimal("999500.00"), 2),
    ]
    await assert_books_balance(pool)


@pytest.mark.parametrize("table", ["transfers", "entries", "payouts"])
@pytest.mark.parametrize("change", ["delete from {}", "truncate {} cascade"])
async def test_money_rows_refuse_to_be_changed(
    owner: asyncpg.Connection, cast: Cast, table: str, change: str
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await owner.execute(change.format(table))


async def test_entries_refuse_an_update(owner: asyncpg.Connection, cast: Cast) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await owner.execute("update entries set amount = 1")


async def test_the_service_owns_nothing_and_cannot_touch_money_rows(pool: Pool, cast: Cast) -> None:
    async with pool.acquire() as connection:
        owned = await connection.fetchval(
            "select count(*) from pg_class where relowner = current_user::regrole"
        )
        assert owned == 0
        for change in ("update entries set amount = 1", "delete from transfers"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(change)


async def test_entries_that_do_not_sum_to_zero_are_refused(
    owner: asyncpg.Connection, pool: Pool, cast: Cast
) -> None:
    transfer_id = await owner.fetchval(
        "insert into transfers (reason, actor_id) values ('deposit', 1) returning id"
    )
    with pytest.raises(asyncpg.CheckViolationError, match="do not sum to zero"):
        await owner.execute("insert into entries values ($1, 4, -1, null, null)", transfer_id)


async def test_the_table_holds_the_floor(pool: Pool, cast: Cast) -> None:
    async with pool.acquire() as connection, connection.transaction():
        journal = await ledger.lock(connection, [cast.hla.id])
        legs = ((journal.cash_account(cast.hla.id), Decimal("-0.01")),)
        journal.enter(Transfer("withdrawal", cast.su.id, legs, House.DESK))
        savepoint = connection.transaction()
        await savepoint.start()
        with pytest.raises(asyncpg.CheckViolationError, match="balance_at_or_above_floor"):
            await journal.write(connection)
        await savepoint.rollback()
    await assert_books_balance(pool)
