"""One full house, damaged in every way that there is and mended by a rollback."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from banker.books.verify import CHECKS, verified, verify
from banker.books.verify.disagreement import FEW
from banker.database import connect_pool, reading
from banker.embedded import House
from tests.balanced import assert_books_balance
from tests.books import full_house
from tests.books.sealing import sealed
from tests.databases import create, drop, own_name


class Damage(msgspec.Struct, frozen=True):
    """What was done to the full house, and the finding that must come of it."""

    check: str
    row: str
    done: str
    sql: str


def _read(block: str) -> Damage:
    """A block of `damages/*.sql`: the check and the row it names, what was done, the statement."""
    finding, done, sql = block.strip().split("\n", 2)
    check, row = finding.removeprefix("-- ").split(": ", 1)
    return Damage(check, row, done.removeprefix("-- "), sql)


DAMAGES = [
    _read(block)
    for path in sorted((Path(__file__).parent / "damages").glob("*.sql"))
    for block in path.read_text().split("\n\n")
]

TABLES = [
    "users",
    "accounts",
    "phases",
    "phase_totals",
    "exposures",
    "transfers",
    "entries",
    "tickets",
    "settlements",
    "payouts",
    "commissions",
    "requests",
    "desk_transfers",
    "bonuses",
    "audit",
    "links",
    "chain_marks",
    "shifts",
    "approvals",
    "draws",
    "compensations",
    "earnings",
    "partner_totals",
    "house_months",
    "collector_months",
    "number_months",
]

# Tables in which every column is money, or says whose or what for; but for what was only written
# down beside it.
COUNTED = (
    "entries",
    "tickets",
    "payouts",
    "commissions",
    "desk_transfers",
    "compensations",
    "house_months",
    "collector_months",
    "number_months",
)
UNCOUNTED = ("partner_id", "text", "note")

# Damage that the tables themselves would refuse is damage too: it may come from a hand on the disk.
_LIFT_ALL_GUARDS = """
do $$
declare
    guard record;
begin
    for guard in
        select conrelid::regclass as relation, conname
        from pg_constraint
        where connamespace = 'public'::regnamespace
            and contype in ('f', 'c', 'u', 'p')
        order by position(contype::text in 'fcup')
    loop
        execute format('alter table %s drop constraint %I', guard.relation, guard.conname);
    end loop;
    for guard in
        select indexrelid::regclass as index
        from pg_index
        join pg_class on pg_class.oid = indexrelid
        where relnamespace = 'public'::regnamespace
            and indisunique
    loop
        execute format('drop index %s', guard.index);
    end loop;
    for guard in
        select attrelid::regclass as relation, attname
        from pg_attribute
        join pg_class on pg_class.oid = attrelid
        where relnamespace = 'public'::regnamespace
            and relkind = 'r'
            and attnotnull
            and attnum > 0
            and attidentity = ''
            and attgenerated = ''
    loop
        execute format('alter table %s alter %I drop not null', guard.relation, guard.attname);
    end loop;
    for guard in
        select distinct tgrelid::regclass as relation
        from pg_trigger
        where not tgisinternal
    loop
        execute format('alter table %s disable trigger user', guard.relation);
    end loop;
end
$$
"""


@pytest.fixture(scope="module")
async def whole(servers: House, template: str) -> AsyncIterator[House]:
    """A database of this module's own with the full house in it, verified clean."""
    name = own_name("verify")
    house = await create(servers, name, template)
    pool = await connect_pool(house.database_url, least=1, most=4)
    try:
        await full_house.build(pool)
        await sealed(pool)
        await assert_books_balance(pool)
    finally:
        await pool.close()
    yield house
    await drop(servers, name)


@pytest.fixture(scope="module")
async def unguarded(whole: House) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection to it, with every constraint and trigger out of the way."""
    connection = await asyncpg.connect(whole.owner_url)
    await connection.execute(_LIFT_ALL_GUARDS)
    yield connection
    await connection.close()


async def test_a_house_with_a_bit_of_everything_agrees(whole: House) -> None:
    told: dict[str, int] = {}
    pool = await connect_pool(whole.database_url, least=1, most=1)
    async with reading(pool) as connection:
        assert await verify(connection, told.__setitem__) == []
    assert await verified(pool) == []
    assert told == dict.fromkeys(CHECKS, 0)
    await pool.close()


@pytest.mark.parametrize(
    "damage", DAMAGES, ids=lambda damage: f"{damage.check}: {damage.done}".replace(" ", "-")
)
async def test_damage_is_found_and_its_row_is_named(
    unguarded: asyncpg.Connection, damage: Damage
) -> None:
    async with _undone(unguarded):
        changed = await unguarded.execute(damage.sql)
        assert not changed.endswith(" 0"), "the damage did nothing"
        findings = await verify(unguarded)
    assert [one for one in findings if one.check == damage.check and damage.row in one.row], (
        findings
    )
    assert all(one.row and one.detail for one in findings)


def test_every_check_is_tried() -> None:
    assert {damage.check for damage in DAMAGES} == set(CHECKS)


async def test_a_check_names_a_few_rows_and_the_others_go_on(
    unguarded: asyncpg.Connection,
) -> None:
    told: dict[str, int] = {}
    async with _undone(unguarded):
        await unguarded.execute("update tickets set leaf = sha256('x'), total = total + 1")
        findings = await verify(unguarded, told.__setitem__)
    assert told["leaves"] == told["ticket_totals"] == FEW
    assert told["balances"] == 0
    assert list(told) == list(CHECKS)
    assert [one.row for one in findings if one.check == "leaves"] == [
        "ticket 1 of phase 1",
        "ticket 2 of phase 1",
        "ticket 3 of phase 1",
    ]


async def test_a_column_emptied_is_reported_not_raised(unguarded: asyncpg.Connection) -> None:
    columns = await unguarded.fetch(
        """
        select attrelid::regclass::text as relation, attname as name
        from pg_attribute
        join pg_class on pg_class.oid = attrelid
        where attrelid = any($1::text[]::regclass[])
            and attnum > 0
            and not attisdropped
            and attidentity = ''
            and attgenerated = ''
        """,
        TABLES,
    )
    for column in columns:
        async with _undone(unguarded):
            await unguarded.execute(f'update {column["relation"]} set "{column["name"]}" = null')
            counted = column["relation"] in COUNTED and column["name"] not in UNCOUNTED
            assert await verify(unguarded) or not counted, column["name"]


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_emptied_is_reported_not_raised(
    unguarded: asyncpg.Connection, table: str
) -> None:
    async with _undone(unguarded):
        await unguarded.execute(f"delete from {table}")
        assert await verify(unguarded)


class _undone:
    """A block whose changes are rolled back at its end."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._changes = connection.transaction()

    async def __aenter__(self) -> None:
        await self._changes.start()

    async def __aexit__(self, *_: object) -> None:
        await self._changes.rollback()
