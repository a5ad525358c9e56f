"""A house of the first version is carried over, whole, and goes on."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pogo_core.util import migrate as pogo

from banker.books import phase, settlement, ticket
from banker.books.judgement import Slip
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.books.verify import verified
from banker.database import SQL, BadMigrationError, Pool, connect_pool, migrate, transaction
from banker.embedded import House
from banker.errors import KeyReused
from banker.rules import notation
from tests.balanced import assert_books_balance
from tests.cast import place
from tests.databases import create, drop, own_name

MIGRATIONS = SQL / "migrations"
FIRST = MIGRATIONS / "0001_house.sql"
LATER = len(list(MIGRATIONS.glob("*.sql"))) - 1
KHIN = 6

_BETS = "select * from bets order by phase_id, sequence, number"
_KEPT = """
select
    phase_id, sequence, id, collector_id, partner_id, text, note, total, bet_count, commission_rate,
    commission, balance_after, transfer_id, leaf, placed_at, voided_at, voided_by, void_transfer_id
from tickets
order by phase_id, sequence
"""
_ASKED = """
select
    requests.key, requests.fingerprint, requests.body, tickets.phase_id, tickets.collector_id,
    tickets.text, tickets.note
from requests
join tickets on requests.body like convert_to('{"id":"' || tickets.id || '"%', 'UTF8')
where requests.operation = 'place'
order by tickets.phase_id, tickets.sequence
"""

# Whatever the tables are made of, but for the order of their columns.
_SHAPE = """
select 'column', attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod)
    || case when attnotnull then ' not null' else '' end
from pg_attribute
join pg_class on pg_class.oid = attrelid
where relnamespace = 'public'::regnamespace
    and relkind in ('r', 'v')
    and attnum > 0
    and not attisdropped
union all
select 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
from pg_constraint
where connamespace = 'public'::regnamespace
    and conrelid <> 0
union all
select 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
from pg_index
join pg_class on pg_class.oid = indrelid
where relnamespace = 'public'::regnamespace
union all
select 'trigger', tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid)
from pg_trigger
where not tgisinternal
order by 1, 2, 3, 4
"""


@pytest.fixture
async def house(servers: House, tmp_path: Path) -> AsyncIterator[House]:
    """A house of the first version, as it was filled then."""
    name = own_name("old")
    house = await create(servers, name)
    shutil.copy(FIRST, tmp_path)
    owner = await asyncpg.connect(house.owner_url)
    await pogo.apply(owner, tmp_path, schema_name="public")
    await owner.execute((Path(__file__).parent / "old_house.sql").read_text())
    await owner.close()
    yield house
    await drop(servers, name)


@pytest.fixture
async def pool(house: House) -> AsyncIterator[Pool]:
    """Connections of the service's role; they come once somebody asks."""
    async with await connect_pool(house.database_url, least=0, most=4) as pool:
        yield pool


async def test_everything_of_an_old_house_is_kept(
    house: House, owner: asyncpg.Connection, pool: Pool
) -> None:
    bets, kept, asked = [await owner.fetch(query) for query in (_BETS, _KEPT, _ASKED)]
    assert (len(bets), len(kept), len(asked)) == (9, 5, 5)
    await migrate(house.owner_url, house.database_url)
    await assert_books_balance(pool)
    assert _texts(await owner.fetch(_BETS)) == _texts(bets)
    assert _texts(await owner.fetch(_KEPT)) == _texts(kept)
    keys = await owner.fetch("select key, fingerprint from tickets order by phase_id, sequence")
    assert [tuple(row) for row in keys] == [(row["key"], row["fingerprint"]) for row in asked]
    operations = await owner.fetch("select distinct operation from requests")
    assert [row["operation"] for row in operations] == ["deposit"]
    factors = await owner.fetch("select factors from tickets order by phase_id, sequence")
    assert [row["factors"] for row in factors] == [None, [100, 50], [50], [100, 25, 100], [25]]


async def test_an_old_key_is_answered_with_the_bytes_of_then(
    house: House, owner: asyncpg.Connection, pool: Pool
) -> None:
    asked = await owner.fetch(_ASKED)
    await migrate(house.owner_url, house.database_url)
    async with transaction(pool) as connection:
        phases = {number: await phase.read(connection, number) for number in (1, 2)}
    for row in asked:
        sent = _slip(row["collector_id"], row["key"], row["fingerprint"], row["text"])
        [again] = await place(pool, phases[row["phase_id"]], sent)
        assert again == Answer(201, row["body"], replayed=True)
        other = _slip(row["collector_id"], row["key"], b"x" * 32, row["text"])
        [refused] = await place(pool, phases[row["phase_id"]], other)
        assert isinstance(refused, KeyReused)
    assert await owner.fetchval("select count(*) from tickets") == len(asked)
    await assert_books_balance(pool)


async def test_an_old_house_goes_on(house: House, pool: Pool) -> None:
    await migrate(house.owner_url, house.database_url)
    async with transaction(pool) as connection:
        opened = await phase.read(connection, 2)
    [taken] = await place(pool, opened, _slip(KHIN, "new", b"x" * 32, "500 0.07\n501 1"))
    assert isinstance(taken, Answer)
    async with transaction(pool) as connection:
        old = UUID(await connection.fetchval("select id::text from tickets where key = 'second'"))
        await ticket.void(connection, old, 1, any_time=True)
    await assert_books_balance(pool)
    async with transaction(pool) as connection:
        await settlement.close(connection, 2, 3)
        settled = await settlement.settle(connection, 2, Draw(500, "the radio", 3))
    # 100 × 0.25 × 80, and 0.07 × 0.25 × 80.
    assert (str(settled.total_in), str(settled.total_out)) == ("101.07", "2001.40")
    await assert_books_balance(pool)


async def test_the_way_back_makes_the_old_tables_again(
    house: House, owner: asyncpg.Connection, pool: Pool
) -> None:
    bets, kept, shape = [await owner.fetch(query) for query in (_BETS, _KEPT, _SHAPE)]
    await migrate(house.owner_url, house.database_url)
    assert await owner.fetch(_SHAPE) != shape
    await pogo.rollback(owner, MIGRATIONS, schema_name="public", count=LATER)
    assert await owner.fetch(_SHAPE) == shape
    assert _texts(await owner.fetch(_BETS)) == _texts(bets)
    assert _texts(await owner.fetch(_KEPT)) == _texts(kept)


async def test_a_ticket_that_lost_its_key_is_carried_over_and_named(
    house: House, owner: asyncpg.Connection, pool: Pool
) -> None:
    await owner.execute("delete from requests where operation = 'place' and key = 'gone'")
    await migrate(house.owner_url, house.database_url)
    findings = await verified(pool)
    assert [(one.check, one.row) for one in findings] == [("ticket_keys", "ticket 3 of phase 1")]
    assert "'unkeyed 019a8d2e-0a13-7a1f-b69c-7167acf25d15'" in findings[0].detail


@pytest.mark.parametrize(
    "damage",
    [
        "delete from bets where phase_id = 1 and sequence = 3",
        "delete from bets where phase_id = 2 and number = 999",
        "insert into bets values (2, 2, 501, 1, 1)",
    ],
)
async def test_tickets_whose_bets_are_not_all_there_stay_as_they_were(
    house: House, owner: asyncpg.Connection, damage: str
) -> None:
    await owner.execute(damage)
    bets, shape = [await owner.fetch(query) for query in (_BETS, _SHAPE)]
    with pytest.raises(BadMigrationError):
        await migrate(house.owner_url, house.database_url)
    assert await owner.fetch(_SHAPE) == shape
    assert await owner.fetch(_BETS) == bets


def _slip(collector_id: int, key: str, fingerprint: bytes, text: str) -> Slip:
    return Slip(
        collector_id=collector_id,
        username="someone",
        key=key,
        fingerprint=fingerprint,
        stakes=notation.parse(text).stakes,
        text=text,
    )


def _texts(rows: list[asyncpg.Record]) -> list[list[str]]:
    """Rows to the letter: 5.00 is not 5.0 here."""
    return [[str(field) for field in row] for row in rows]


async def test_the_house_is_told_its_clock(house: House, owner: asyncpg.Connection) -> None:
    for zone in ("Asia/Yangon", "Asia/Yangon", "UTC"):
        await migrate(house.owner_url, house.database_url, zone)
        assert await owner.fetchval("select timezone from house_rules") == zone
    with pytest.raises(asyncpg.InvalidParameterValueError, match="Nowhere"):
        await migrate(house.owner_url, house.database_url, "Nowhere/Never")
    assert await owner.fetchval("select timezone from house_rules") == "UTC"
