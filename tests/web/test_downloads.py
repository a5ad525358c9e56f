"""Exports of many rows: at the client's pace, never kept, and given up when nobody reads them."""

import asyncio
import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from banker.web import download
from tests.databases import Clones
from tests.web.answers import refused
from tests.web.standing import Standing, standing

UNDER_WAY = """
select count(*)
from pg_stat_activity
where datname = current_database()
    and pid <> pg_backend_pid()
    and query ~ 'from entries'
    and state <> 'idle'
"""
PAGE_BYTES = 4096
MANY = 300_000


@pytest.fixture(scope="module")
async def full(clones: Clones) -> AsyncIterator[Standing]:
    """A house with some hundred thousand entries."""
    async with standing(clones) as stood:
        owner = await asyncpg.connect(stood.house.owner_url)
        await owner.execute(
            """
            with transferred as (
                insert into transfers (reason, actor_id, note)
                select 'correction', 1, 'for the test ' || place
                from generate_series(1, $1::integer) as place
                returning id
            )
            insert into entries (transfer_id, account_id, amount)
            select transferred.id, side.account_id, side.amount
            from transferred
            cross join (values (4, 12345.67), (6, -12345.67)) as side (account_id, amount)
            """.replace("$1", str(MANY // 2))
        )
        await owner.execute("vacuum analyze entries, transfers")
        await owner.close()
        yield stood


async def _stream(stood: Standing, path: str) -> Any:
    headers = {"Authorization": f"Bearer {await stood.api.token('thida')}"}
    return stood.client.stream("GET", path, headers=headers)


async def _reading(stood: Standing, count: int) -> None:
    """So many connections read for an export, soon."""
    async with asyncio.timeout(5):
        while await stood.pool.fetchval(UNDER_WAY) != count:  # noqa: ASYNC110 - Postgres knows
            await asyncio.sleep(0.05)


async def _drained(response: httpx.Response) -> int:
    """The bytes that still come."""
    return sum([len(piece) async for piece in response.aiter_raw()])


async def test_many_rows_take_no_memory(full: Standing) -> None:
    for form in ("csv", "xlsx"):
        async with await _stream(full, f"/api/exports/entries.{form}") as response:
            pieces = response.aiter_raw()
            await anext(pieces)
            before = most = _resident()
            size = 0
            async for piece in pieces:
                size += len(piece)
                most = max(most, _resident())
        assert size > (20_000_000 if form == "csv" else 2_000_000)
        assert most - before < 16_000_000, form
    await _reading(full, 0)


async def test_every_row_of_many_is_there(full: Standing) -> None:
    response = await full.ask("thida", "GET", "/api/exports/entries.csv")
    rows = [*csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))]
    assert len(rows) == await full.pool.fetchval("select count(*) from entries")
    assert len({(row["transfer_id"], row["account_id"]) for row in rows}) == len(rows)


async def test_a_client_who_leaves_frees_the_connection(full: Standing) -> None:
    for _ in range(2 * download.MOST_AT_ONCE):
        async with await _stream(full, "/api/exports/entries.csv") as response:
            assert response.status_code == 200
            await _reading(full, 1)
        await _reading(full, 0)


async def test_no_more_is_written_than_the_client_takes() -> None:
    written = 0

    async def pieces() -> AsyncGenerator[bytes, None]:
        nonlocal written
        for _ in range(100):
            written += 1
            yield b"x"

    export = download.Download(pieces())
    await export.begun()
    for taken in range(10):
        await asyncio.sleep(0.01)
        assert written <= taken + download.PIECES_AHEAD + 1
        assert await anext(export) == b"x"
    assert len([piece async for piece in export]) == 90


async def test_a_client_who_takes_nothing_is_put_off(
    full: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "STALL_S", 0.3)
    async with await _stream(full, "/api/exports/entries.csv") as response:
        await _reading(full, 1)
        await _reading(full, 0)
        with pytest.raises(httpx.RemoteProtocolError):
            await _drained(response)


async def test_a_reader_who_is_put_out_gets_no_more(
    full: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LOOK_AGAIN_S", 0.0)
    token = await full.token(full.cast.su)
    headers = {"Authorization": f"Bearer {token}"}
    async with full.client.stream("GET", "/api/exports/entries.csv", headers=headers) as response:
        out = await full.client.delete("/api/tokens/current", headers=headers)
        assert out.status_code == 204
        with pytest.raises(httpx.RemoteProtocolError):
            await _drained(response)
    await _reading(full, 0)


async def test_a_third_export_is_asked_to_come_back(full: Standing) -> None:
    path = "/api/exports/entries.csv"
    async with await _stream(full, path) as one, await _stream(full, path) as two:
        assert (one.status_code, two.status_code) == (200, 200)
        third = await full.ask("thida", "GET", path)
        refused(third, 503, "exports-busy")
        assert third.headers["retry-after"] == "10"
    await _reading(full, 0)
    again = await full.ask("thida", "GET", "/api/exports/settlement.csv")
    assert again.status_code == 200


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES
