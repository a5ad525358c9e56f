"""The trail: whoever writes, triggers note who, from where, and what stood before and after."""

import json
from decimal import Decimal

import asyncpg
import pytest

from banker.books import exposure, people, phase, settlement
from banker.database import Actor, Pool, acting, transaction
from tests.cast import PASSWORD_HASH, Cast, placed


async def newest(pool: Pool, subject: str) -> asyncpg.Record:
    """The last row about something."""
    row = await pool.fetchrow(
        "select * from audit where subject = $1 order by id desc limit 1", subject
    )
    assert row is not None, subject
    return row


async def test_a_write_names_who_from_where_and_what_changed(pool: Pool, cast: Cast) -> None:
    token = acting.set(Actor(cast.thida.id, "192.0.2.7"))
    try:
        async with transaction(pool) as connection:
            await people.amend(
                connection, cast.aung.id, cast.thida.id, commission_rate=Decimal("7.5")
            )
            await people.set_password(connection, cast.aung.id, PASSWORD_HASH + "x")
            await exposure.set_limit(connection, cast.phase.id, 137, Decimal(900))
    finally:
        acting.reset(token)
    row = await newest(pool, f"user {cast.aung.id}")
    assert (row["actor_id"], row["address"], row["action"]) == (
        cast.thida.id,
        "192.0.2.7",
        "changed",
    )
    assert json.loads(row["after"]) == {"password": "changed"}
    said = await pool.fetch("select before, after from audit where actor_id = $1", cast.thida.id)
    assert (json.loads(said[0]["before"]), json.loads(said[0]["after"])) == (
        {"commission_rate": 15.0},
        {"commission_rate": 7.5},
    )
    limited = await newest(pool, f"phase {cast.phase.id}, number 137")
    assert json.loads(limited["after"]) == {"max_amount": 900.0}
    assert "argon2" not in str(await pool.fetch("select * from audit"))


async def test_slips_leave_no_row_and_phases_do(pool: Pool, cast: Cast) -> None:
    before = await pool.fetchval("select count(*) from audit")
    await placed(pool, cast.phase, cast.aung, "137 5")
    assert await pool.fetchval("select count(*) from audit") == before
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    row = await newest(pool, f"phase {cast.phase.id}")
    assert json.loads(row["after"])["state"] == "closed"
    assert (row["actor_id"], row["address"]) == (None, None)


async def test_a_write_that_was_undone_leaves_no_row(pool: Pool, cast: Cast) -> None:
    before = await pool.fetchval("select count(*) from audit")

    async def rename_and_fail() -> None:
        async with transaction(pool) as connection:
            await phase.amend(connection, cast.phase.id, name="another")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await rename_and_fail()
    assert await pool.fetchval("select count(*) from audit") == before


@pytest.mark.parametrize(
    "statement",
    [
        "insert into audit (action, subject) values ('added', 'user 1')",
        "update audit set actor_id = 1",
        "delete from audit",
        "truncate audit",
        "update desk_transfers set amount = amount + 1",
        "delete from desk_transfers",
        "truncate desk_transfers",
        "update entries set amount = amount",
        "truncate transfers",
    ],
)
async def test_the_trail_cannot_be_changed_by_the_service_nor_by_its_owner(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute(statement)
    if not statement.startswith("insert"):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.FeatureNotSupportedError)):
            await owner.execute(statement)


async def test_what_was_undone_is_never_taken_back(pool: Pool, cast: Cast) -> None:
    undo = "update desk_transfers set undone = undone + $1"
    await pool.execute(undo, Decimal(1))
    with pytest.raises(asyncpg.RestrictViolationError):
        await pool.execute(undo, Decimal(-1))
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(undo, Decimal(1_000_000))
