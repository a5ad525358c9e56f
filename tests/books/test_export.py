"""The books as tables: every row once, all of one moment, of whom and when it was asked for."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from banker.books import export
from banker.books.export import COLUMNS, Chosen, What
from banker.database import Actor, Pool, acting, reading, transaction
from banker.errors import NotFound
from banker.rules.number import label
from tests.balanced import assert_books_balance
from tests.books.full_house import build
from tests.cast import Cast, deposit

EVERYTHING = Chosen()


async def _exported(pool: Pool, what: What, chosen: Chosen = EVERYTHING) -> list[dict[str, Any]]:
    async with reading(pool) as connection:
        return [
            dict(row)  # type: ignore[call-overload]
            async for batch in export.batches(connection, what, chosen)
            for row in batch
        ]


async def test_every_entry_and_transfer_is_there_once(pool: Pool) -> None:
    await build(pool)
    entries = await _exported(pool, "entries")
    held = await pool.fetch("select * from entries order by transfer_id, account_id")
    assert [(one["transfer_id"], one["account_id"], one["amount"]) for one in entries] == [
        (str(one["transfer_id"]), str(one["account_id"]), f"{one['amount']:.2f}") for one in held
    ]
    assert sum(Decimal(one["amount"]) for one in entries) == 0
    transfers = await _exported(pool, "transfers")
    assert [one["transfer_id"] for one in transfers] == [
        str(one["id"]) for one in await pool.fetch("select id from transfers order by id")
    ]
    raised = {one["transfer_id"]: Decimal(one["amount"]) for one in transfers}
    for one in entries:
        if Decimal(one["amount"]) > 0:
            raised[one["transfer_id"]] -= Decimal(one["amount"])
    assert set(raised.values()) == {0}


async def test_a_ticket_has_its_bets_on_one_line(pool: Pool) -> None:
    cast = await build(pool)
    tickets = await _exported(pool, "tickets", Chosen(phase_id=cast.phase.id))
    assert [one["sequence"] for one in tickets] == ["1", "2", "3", "4", "5", "6"]
    assert tickets[0]["bets"] == "123=500.00 124=50.00 132=100.00"
    assert [one["state"] for one in tickets] == [
        "standing", "standing", "void", "standing", "standing", "void",
    ]  # fmt: skip
    assert (tickets[0]["collector"], tickets[0]["partner"]) == ("aung", "ko")
    assert (tickets[0]["commission_rate"], tickets[0]["commission"]) == ("15", "97.50")
    assert (tickets[5]["voided_by"], tickets[0]["voided_at"]) == ("thida", None)
    bets = await pool.fetch("select * from bets where phase_id = 1 order by sequence, number")
    written = [
        (int(one["sequence"]), *bet.split("=")) for one in tickets for bet in one["bets"].split(" ")
    ]
    assert written == [
        (one["sequence"], label(one["number"]), f"{one['amount']:.2f}") for one in bets
    ]


async def test_a_settlement_is_a_row_with_all_its_figures(pool: Pool) -> None:
    await build(pool)
    rows = await _exported(pool, "settlement")
    held = await pool.fetch("select * from settlements order by phase_id")
    assert [one["seal"] for one in rows] == [one["seal"].hex() for one in held]
    assert [(one["phase_id"], one["state"], one["number"]) for one in rows] == [
        ("1", "settled", "123"), ("2", "void", None), ("4", "closed", None),
        ("7", "settled", "000"), ("8", "settled", "222"), ("9", "settled", "999"),
        ("10", "settled", "999"),
    ]  # fmt: skip
    assert (rows[4]["draw"], rows[4]["source"]) == ("2", "the gazette")
    assert rows[-1]["partner_earnings"] == "0.00"
    for name in ("total_in", "total_out", "commission", "net_profit"):
        assert rows[0][name] == f"{held[0][name]:.2f}"
    assert (rows[0]["closed_by"], rows[0]["settled_by"]) == ("min", "min")


@pytest.mark.parametrize("what", COLUMNS)
async def test_the_columns_are_named_as_they_come(pool: Pool, cast: Cast, what: What) -> None:
    async with reading(pool) as connection:
        prepared = await connection.prepare(getattr(export._export, f"list_{what}").sql)
        names = [attribute.name for attribute in prepared.get_attributes()]
        kinds = {attribute.type.name for attribute in prepared.get_attributes()}
    assert names == [column.name for column in COLUMNS[what]]
    assert kinds == {"text"}


async def test_rows_are_those_of_a_phase_a_person_and_a_time(pool: Pool) -> None:
    cast = await build(pool)
    of_phase = await _exported(pool, "tickets", Chosen(phase_id=5))
    assert [one["phase"] for one in of_phase] == ["open"] * 4
    of_aung = await _exported(pool, "tickets", Chosen(user_id=cast.aung.id))
    assert {one["collector"] for one in of_aung} == {"aung"}
    entries = await _exported(pool, "entries", Chosen(user_id=cast.aung.id, phase_id=1))
    assert {(one["username"], one["phase_id"]) for one in entries} == {("aung", "1")}
    transfers = await _exported(pool, "transfers", Chosen(user_id=cast.aung.id, phase_id=1))
    assert [one["transfer_id"] for one in transfers] == sorted(
        {one["transfer_id"] for one in entries}, key=int
    )
    assert await _exported(pool, "settlement", Chosen(user_id=cast.aung.id)) == []


@pytest.mark.parametrize(
    ("what", "column"),
    [("entries", "created_at"), ("transfers", "created_at"), ("tickets", "placed_at"),
     ("settlement", "closed_at")],
)  # fmt: skip
async def test_a_moment_parts_the_rows_in_two(pool: Pool, what: What, column: str) -> None:
    await build(pool)
    rows = await _exported(pool, what)
    middle = datetime.fromisoformat(rows[len(rows) // 2][column])
    assert middle.tzinfo == UTC
    before = await _exported(pool, what, Chosen(until=middle))
    after = await _exported(pool, what, Chosen(since=middle))
    assert before
    assert after
    assert len(before) + len(after) == len(rows)
    assert all(datetime.fromisoformat(one[column]) < middle for one in before)
    assert all(datetime.fromisoformat(one[column]) >= middle for one in after)
    assert await _exported(pool, what, Chosen(until=middle - timedelta(days=1))) == []


async def test_what_is_written_meanwhile_belongs_to_another_moment(
    pool: Pool, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 2)
    before = await _exported(pool, "entries")
    seen: list[Any] = []
    async with reading(pool) as connection:
        async for batch in export.batches(connection, "entries", EVERYTHING):
            seen.extend(batch)
            await deposit(pool, cast, cast.hla, "1.00")
    assert [dict(row) for row in seen] == before
    assert len(await _exported(pool, "entries")) > len(before)
    await assert_books_balance(pool)


async def test_the_bounds_of_other_transactions_come_back(pool: Pool, cast: Cast) -> None:
    async with pool.acquire() as connection:
        for bound in ("statement_timeout", "idle_in_transaction_session_timeout"):
            usual = await connection.fetchval(f"show {bound}")
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                batches = export.batches(connection, "entries", EVERYTHING)
                await anext(batches)
                assert await connection.fetchval(f"show {bound}") != usual
                await batches.aclose()
            assert await connection.fetchval(f"show {bound}") == usual


async def test_an_export_is_in_the_trail(pool: Pool, cast: Cast) -> None:
    chosen = Chosen(phase_id=cast.phase.id, since=datetime(2026, 11, 16, tzinfo=UTC))

    async def as_su() -> None:
        acting.set(Actor(cast.su.id, "192.0.2.7"))
        async with transaction(pool) as connection:
            await export.note(connection, "tickets", "csv", chosen)

    await asyncio.create_task(as_su())
    row = await pool.fetchrow("select * from audit where action = 'exported'")
    assert row is not None
    assert (row["actor_id"], row["address"], row["subject"]) == (cast.su.id, "192.0.2.7", "tickets")
    assert json.loads(row["after"]) == {
        "form": "csv", "phase_id": cast.phase.id, "since": "2026-11-16T00:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize("chosen", [Chosen(phase_id=999), Chosen(user_id=999)])
async def test_nothing_is_exported_of_what_there_is_not(
    pool: Pool, cast: Cast, chosen: Chosen
) -> None:
    with pytest.raises(NotFound):
        async with transaction(pool) as connection:
            await export.note(connection, "entries", "csv", chosen)
    assert await pool.fetchval("select count(*) from audit where action = 'exported'") == 0


async def test_a_row_that_names_nobody_is_there_all_the_same(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        orphan = await connection.fetchval(
            "insert into transfers (reason, actor_id, phase_id) values ('correction', 999, 999) "
            "returning id"
        )
        await connection.execute(
            "insert into entries (transfer_id, account_id, amount) values ($1, 4, 1), ($1, 5, -1)",
            orphan,
        )
    rows = [one for one in await _exported(pool, "entries") if one["transfer_id"] == str(orphan)]
    assert [(one["actor_id"], one["actor"], one["phase"]) for one in rows] == [
        ("999", None, None),
        ("999", None, None),
    ]
    assert (await _exported(pool, "transfers"))[-1]["actor_id"] == "999"
