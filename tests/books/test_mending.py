"""A drift is mended by a person, who says which of the two is right."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from banker.books import ledger, mending
from banker.books.verify import verified
from banker.database import SQL, Pool, transaction
from banker.errors import NotFound, WrongState
from tests.balanced import assert_books_balance
from tests.cast import Cast, deposit, placed

AUNG = 104  # his cash purse


async def _drifted(pool: Pool, owner: asyncpg.Connection, cast: Cast, amount: str) -> None:
    """Aung's cash without an entry for some of it, and a slip placed since."""
    await owner.execute(
        "update accounts set balance = balance + $1 where id = $2", Decimal(amount), AUNG
    )
    await placed(pool, cast.phase, cast.aung, "123 100")


async def _balance(pool: Pool, cast: Cast) -> Decimal:
    return (await ledger.balances(pool, [cast.aung.id]))[cast.aung.id].cash_balance


@pytest.mark.parametrize("amount", ["7.50", "-7.50"])
async def test_a_balance_that_is_kept_gets_the_entry_that_it_lacked(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, amount: str
) -> None:
    await _drifted(pool, owner, cast, amount)
    before = await _balance(pool, cast)
    [drift] = await mending.offers(pool, await verified(pool))
    assert (drift.account_id, drift.user_id, drift.amount) == (AUNG, cast.aung.id, Decimal(amount))
    async with transaction(pool) as connection:
        [transfer_id] = await mending.mend(connection, AUNG, "balance", cast.su.id, "counted anew")
    assert await _balance(pool, cast) == before
    booked = await pool.fetchrow("select * from transfers where id = $1", transfer_id)
    assert booked is not None
    assert (booked["reason"], booked["actor_id"], booked["note"]) == (
        "correction",
        cast.su.id,
        "counted anew",
    )
    await placed(pool, cast.phase, cast.aung, "124 1")
    await assert_books_balance(pool)


@pytest.mark.parametrize("amount", ["7.50", "-7.50"])
async def test_entries_that_are_kept_move_the_balance(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, amount: str
) -> None:
    await _drifted(pool, owner, cast, amount)
    before = await _balance(pool, cast)
    async with transaction(pool) as connection:
        transfers = await mending.mend(connection, AUNG, "entries", cast.su.id, "a wrong hand")
    assert len(transfers) == 2
    assert await _balance(pool, cast) == before - Decimal(amount)
    await deposit(pool, cast, cast.aung, "5.00")
    await assert_books_balance(pool)


async def test_what_does_not_drift_is_not_mended(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        with pytest.raises(WrongState):
            await mending.mend(connection, AUNG, "balance", cast.su.id, "for nothing")
        for nobodys in (4, 77_777):
            with pytest.raises(NotFound):
                await mending.mend(connection, nobodys, "balance", cast.su.id, "no purse")
    assert await mending.offers(pool, await verified(pool)) == []
    await assert_books_balance(pool)


async def test_of_two_who_mend_at_once_one_is_told_that_it_is_done(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await _drifted(pool, owner, cast, "3.00")

    async def mend() -> list[int]:
        async with transaction(pool) as connection:
            return await mending.mend(connection, AUNG, "entries", cast.su.id, "both")

    outcomes = await asyncio.gather(*(mend() for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 5, outcomes
    await assert_books_balance(pool)


async def test_a_balance_does_not_move_below_its_floor(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    hla = 110
    await deposit(pool, cast, cast.hla, "5.00")
    await owner.execute("update accounts set balance = balance + 10 where id = $1", hla)
    await placed(pool, cast.phase, cast.hla, "123 14")
    with pytest.raises(WrongState, match="may hold"):
        async with transaction(pool) as connection:
            await mending.mend(connection, hla, "entries", cast.su.id, "too late")
    async with transaction(pool) as connection:
        await mending.mend(connection, hla, "balance", cast.su.id, "given to her")
    await assert_books_balance(pool)


async def test_a_correction_mends_no_more_than_its_own_account(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await _drifted(pool, owner, cast, "7.50")
    khin = 107
    await owner.execute("update accounts set balance = balance + 1 where id = $1", khin)
    await placed(pool, cast.phase, cast.khin, "123 100")
    async with transaction(pool) as connection:
        await mending.mend(connection, AUNG, "balance", cast.su.id, "his alone")
    findings = await verified(pool)
    assert {finding.check for finding in findings} >= {"balances", "balance_chain"}
    assert all("account 107" in one.row for one in findings if one.check != "told_balances")


async def test_a_correction_is_known_by_what_the_trail_says_of_it(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    made = []
    for amount, keep in (("7.50", "balance"), ("-2.00", "entries"), ("3.00", "entries")):
        await _drifted(pool, owner, cast, amount)
        async with transaction(pool) as connection:
            made += await mending.mend(connection, AUNG, keep, cast.su.id, "counted anew")  # type: ignore[arg-type]
    await assert_books_balance(pool)
    await owner.execute("alter table audit disable trigger user")
    await owner.execute("delete from audit where action = 'mended'")
    findings = await verified(pool)
    assert {one.check for one in findings} == {"corrections"}
    assert findings[0].row == f"transfer {made[0]} (correction)"
    # Those that an older version made are noted when the house is brought up to date, once.
    migration = (SQL / "migrations" / "0009_mendings_are_noted.sql").read_text()
    apply = migration.split("-- migrate: apply")[1].split("-- migrate: rollback")[0]
    for _ in range(2):
        await owner.execute(apply)
    assert await pool.fetchval("select count(*) from audit where action = 'mended'") == len(made)
    await assert_books_balance(pool)
