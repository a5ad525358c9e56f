"""The pages of the history and its calls."""

import base64
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import asyncpg
import httpx
import pytest

from banker.books import phase
from banker.database import transaction
from banker.web import history
from tests.balanced import assert_books_balance
from tests.books.past_phases import Past
from tests.databases import Clones
from tests.web.standing import Standing, standing

OCTOBER = datetime(2096, 10, 10, 9, 0, tzinfo=UTC)
NOVEMBER = datetime(2096, 11, 10, 9, 0, tzinfo=UTC)
NONSENSE = ("2096-13", "2096-00", "2096-1", "0000-01", "96-11", "now", "2096-11-01", "٢٠٩٦-١١", "1")


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """A house with a past: two phases of October, one of them void, and three of November, one of
    them put right and one without a ticket."""
    async with standing(clones) as stood:
        owner = await asyncpg.connect(stood.house.owner_url)
        past = Past(stood.pool, owner, stood.cast)
        aung, khin = stood.cast.aung, stood.cast.khin
        played = [
            await past.place("2096-10", OCTOBER, [(aung, {137: "1000"}), (khin, {7: "500"})]),
            await past.place("2096-10", OCTOBER + timedelta(days=1), [(khin, {7: "60"})]),
            await past.place("2096-11", NOVEMBER, [(aung, {137: "100"}), (khin, {137: "200"})]),
            await past.place("2096-11", NOVEMBER + timedelta(days=1), [(khin, {500: "4000"})]),
            await past.place("2096-11", NOVEMBER + timedelta(days=2), []),
        ]
        await past.settle(played[0], 138)
        await past.call_off(played[1], "the <b>wheel</b> broke")
        await past.settle(played[2], 7)
        await past.settle(played[2], 137)
        await past.settle(played[3], 7)
        await past.settle(played[4], 7)
        await owner.close()
        yield stood
        await assert_books_balance(stood.pool)


@pytest.fixture(scope="module")
async def empty(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _page(stood: Standing, path: str) -> httpx.Response:
    return await stood.page(stood.cast.min, "GET", path)


async def _shown(stood: Standing, path: str) -> str:
    response = await _page(stood, path)
    assert response.status_code == 200, response.text
    return response.text


def _rows(page: str, label: str) -> list[list[str]]:
    """The rows of the table in a region, each as the words of its cells."""
    table = page.partition(f'role="region" aria-label="{label}"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>.*?</tr>", table.partition("<tbody>")[2], re.S)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.S) for row in rows]
    return [[re.sub(r"<[^>]+>|\s+", " ", cell).split() for cell in row] for row in cells]


async def test_each_phase_that_is_over_is_a_row_the_last_first(stood: Standing) -> None:
    page = await _shown(stood, "/history")
    rows = _rows(page, "Phases that are over")
    assert [" ".join(row[0]) for row in rows] == [
        "of 11-12", "of 11-11", "of 11-10 put right: 2 draws", "of 10-11 void", "of 10-10",
        "4 settled",
    ]  # fmt: skip
    assert rows[1][2:] == [
        ["007"], ["4,000"], ["0"], ["0"], ["0"], ["+4,000"], ["100.0", "%"], ["1"], ["1"], ["0"],
    ]  # fmt: skip
    assert rows[2][2:9] == [
        ["137"],
        ["300"],
        ["24,000"],
        ["15"],
        ["0"],
        ["−23,715"],
        ["−7,905.0", "%"],
    ]
    assert rows[3][2:] == [["the", "&lt;b&gt;wheel&lt;/b&gt;", "broke"]]
    assert rows[0][8] == ["–"]
    assert 'href="/history" aria-current="page"' in page


async def test_a_month_is_shown_alone_with_its_own_pictures(stood: Standing) -> None:
    page = await _shown(stood, "/history?month=2096-10")
    names = [" ".join(row[0]) for row in _rows(page, "Phases that are over")]
    assert names == ["of 10-11 void", "of 10-10", "1 settled"]
    assert re.findall(r"<title>(of [^<]+)</title>", page) == ["of 10-10: −1,150", "of 10-10: 1,500"]
    assert re.findall(r'<option value="(\d+)" selected', page) == ["2"]
    assert "Nothing ended in July 2096" in await _shown(stood, "/history?month=2096-07")


async def test_pages_follow_one_another_without_a_gap(stood: Standing) -> None:
    seen, path = [], "/history?month=2096-11"
    with mock.patch.object(history, "PHASES_A_PAGE", 2):
        while path:
            page = await _shown(stood, path)
            seen += [" ".join(row[0][:2]) for row in _rows(page, "Phases that are over")[:-1]]
            found = re.search(r'<a href="([^"]+)">Earlier phases', page)
            path = found[1].replace("&amp;", "&") if found else ""
    assert seen == ["of 11-12", "of 11-11", "of 11-10"]


@pytest.mark.parametrize("text", NONSENSE)
async def test_a_month_that_is_none_is_told_so(stood: Standing, text: str) -> None:
    pages = (f"/history/months/{text}", f"/history?month={text}", f"/history/months?before={text}")
    for path in pages:
        answer = await _page(stood, path)
        assert (answer.status_code, "write it as 2026-11" in answer.text) == (404, True), path
    for path in (f"/api/history?month={text}", f"/api/statistics/months/{text}/numbers"):
        answer = await stood.ask("min", "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path


async def test_a_month_without_a_settlement_says_so(stood: Standing) -> None:
    assert "Nothing of July 2096 is settled" in await _shown(stood, "/history/months/2096-07")
    assert "Nothing is settled" in await _shown(stood, "/history/numbers?over=2096-07")
    for what in ("collectors", "numbers"):
        answer = await stood.ask("min", "GET", f"/api/statistics/months/2096-07/{what}")
        assert answer.status_code == 404


async def test_months_lead_to_each_other(stood: Standing) -> None:
    rows = _rows(await _shown(stood, "/history/months"), "Months")
    assert [row[0] for row in rows] == [["November", "2096"], ["October", "2096"]]
    november = await _shown(stood, "/history/months/2096-11")
    assert re.search(r'data-key="p"[^>]+href="/history/months/2096-10"', november)
    assert 'data-key="n"' not in november
    october = await _shown(stood, "/history/months/2096-10")
    assert re.search(r'data-key="n"[^>]+href="/history/months/2096-11"', october)


async def test_collectors_stand_in_the_order_that_is_asked_for(stood: Standing) -> None:
    async def names(query: str) -> list[list[str]]:
        page = await _shown(stood, f"/history/months/2096-11{query}")
        return [row[0] for row in _rows(page, "Collectors")]

    assert await names("") == [["khin"], ["aung"]]
    assert await names("?by=name&order=rising") == [["aung"], ["khin"]]
    assert await names("?by=margin&order=falling") == [["khin"], ["aung"]]
    assert await names("?by=margin&order=rising") == [["aung"], ["khin"]]
    assert await names("?by=password&order=sideways") == [["khin"], ["aung"]]


async def test_a_collectors_month_has_share_hit_rate_and_margin(stood: Standing) -> None:
    khin, aung = _rows(await _shown(stood, "/history/months/2096-11"), "Collectors")
    assert khin[1:9] == [
        ["4,200"], ["97.7", "%"], ["2"], ["50.00", "%"], ["16,000"], ["0"], ["−11,800"],
        ["−281.0", "%"],
    ]  # fmt: skip
    assert aung[1:5] == [["100"], ["2.3", "%"], ["1"], ["100.00", "%"]]


async def test_numbers_of_a_month_are_counted_by_the_draw_that_counts(stood: Standing) -> None:
    page = await _shown(stood, "/history/months/2096-11?numbers=all")
    assert _rows(page, "Numbers") == [
        [["007"], ["2×"], ["0"], []],
        [["137"], ["1×"], ["300"], ["24,000"]],
        [["500"], [], ["4,000"], []],
    ]
    by_paid = await _shown(stood, "/history/months/2096-11?numbers=paid")
    assert _rows(by_paid, "Numbers")[0][0] == ["137"]


async def test_the_map_shows_what_was_staked_and_marks_what_was_drawn(stood: Standing) -> None:
    page = await _shown(stood, "/history/numbers?over=10&number=007")
    assert "the last 4 phases" in page
    shown = re.findall(r'<span class="(heat[^"]*)" data-step="(\w+)" title="([^"]+)"', page)
    cells = {words.partition(":")[0]: (classes, step) for classes, step, words in shown}
    assert len(cells) == 1000
    assert cells["007"] == ("heat heat-drawn heat-sought", "full")
    assert cells["138"] == ("heat heat-drawn", "0")
    assert cells["500"] == ("heat", "full")
    assert (
        '<p class="history-found" role="status">007: 500 staked, 8.62 % of all, drawn 2 times'
        in page
    )
    assert "Numbers are 000 to 999." in await _shown(stood, "/history/numbers?number=7")
    assert (await _page(stood, "/history/numbers?over=11")).status_code == 404


async def test_one_collector_over_the_months(stood: Standing) -> None:
    page = await _shown(stood, f"/history/collectors/{stood.cast.khin.id}")
    rows = _rows(page, "Months")
    assert [(row[0][0], row[2][0], row[9][0]) for row in rows] == [
        ("November", "4,200", "−11,800"),
        ("October", "500", "+500"),
    ]
    assert "Nothing of hla" in await _shown(stood, f"/history/collectors/{stood.cast.hla.id}")
    for person_id in (stood.cast.ko.id, stood.cast.min.id, 999, "0", "x", "9" * 12, "-1"):
        answer = await _page(stood, f"/history/collectors/{person_id}")
        assert answer.status_code == 404, person_id
    person = await stood.page(stood.cast.thida, "GET", f"/people/{stood.cast.khin.id}")
    assert f'href="/history/collectors/{stood.cast.khin.id}"' in person.text


async def test_the_intake_of_a_phase_is_drawn_when_it_is_picked(stood: Standing) -> None:
    page = await _shown(stood, "/history/intake?phase_id=2")
    assert len(re.findall("<rect", page)) == 1
    assert [row[1:] for row in _rows(page, "Intake by the five minutes")] == [[["2"], ["1,500"]]]
    assert "It is void" in await _shown(stood, "/history/intake?phase_id=3")
    assert "no slip that stands" in await _shown(stood, "/history/intake?phase_id=1")
    for asked in ("99", "x", "0", "9" * 15):
        assert (await _page(stood, f"/history/intake?phase_id={asked}")).status_code == 404
        assert (await _page(stood, f"/history?phase_id={asked}")).status_code == 404


async def test_a_name_is_a_name_wherever_it_stands(empty: Standing) -> None:
    async with transaction(empty.pool) as connection:
        await phase.amend(connection, 1, name="<script>x</script>\"'&")
    await empty.place("/api/phases/1", "137 5")
    page = await _shown(empty, "/history")
    assert "<script>x" not in page
    assert page.count("&lt;script&gt;x&lt;/script&gt;") >= 2


async def test_a_house_without_a_past_says_what_will_stand_there(empty: Standing) -> None:
    assert "No phase is over yet" in await _shown(empty, "/history")
    assert "Nothing is settled yet" in await _shown(empty, "/history/months")
    assert "Nothing is settled yet" in await _shown(empty, "/history/numbers")
    for path in ("/api/history", "/api/statistics/months"):
        answer = await empty.ask("min", "GET", path)
        assert (answer.status_code, answer.json()) == (200, {"items": [], "cursor": None})


async def test_the_api_tells_the_history_by_the_page(stood: Standing) -> None:
    rows, cursor = [], ""
    while True:
        answer = (await stood.ask("min", "GET", f"/api/history?limit=2{cursor}")).json()
        rows += answer["items"]
        if answer["cursor"] is None:
            break
        cursor = f"&cursor={answer['cursor']}"
    assert [row["phase_id"] for row in rows] == ["6", "5", "4", "3", "2"]
    assert rows[2] == {
        "phase_id": "4", "name": "of 11-10", "state": "settled", "month": "2096-11",
        "ended_at": "2096-11-10T09:00:00Z", "number": "137", "total_in": "300.00",
        "total_out": "24000.00", "commission": "15.00", "partner_earnings": "0.00",
        "net_profit": "-23715.00", "margin": "-7905", "ticket_count": 2, "bet_count": 2,
        "payout_count": 2, "draw_count": 2, "void_reason": None,
    }  # fmt: skip
    assert (rows[0]["total_in"], rows[0]["margin"]) == ("0.00", None)
    void = rows[3]
    assert (void["state"], void["number"], void["total_in"], void["draw_count"]) == (
        "void", None, None, 0,
    )  # fmt: skip
    october = (await stood.ask("min", "GET", "/api/history?month=2096-10")).json()
    assert [row["phase_id"] for row in october["items"]] == ["3", "2"]


async def test_the_api_tells_the_months_by_the_page(stood: Standing) -> None:
    first = (await stood.ask("min", "GET", "/api/statistics/months?limit=1")).json()
    path = f"/api/statistics/months?limit=1&cursor={first['cursor']}"
    second = (await stood.ask("min", "GET", path)).json()
    assert [one["month"] for one in first["items"] + second["items"]] == ["2096-11", "2096-10"]
    assert second["cursor"] is None
    assert first["items"][0] == {
        "month": "2096-11", "phase_count": 3, "ticket_count": 3, "bet_count": 3,
        "winning_count": 2, "total_in": "4300.00", "total_out": "24000.00", "commission": "15.00",
        "partner_earnings": "0.00", "net_profit": "-19715.00", "margin": "-458.49",
        "hit_rate": "66.67",
    }  # fmt: skip


async def test_the_api_tells_a_month_by_collector_and_by_number(stood: Standing) -> None:
    path = "/api/statistics/months/2096-11"
    first = (await stood.ask("min", "GET", f"{path}/collectors?limit=1")).json()
    rest = (
        await stood.ask("min", "GET", f"{path}/collectors?limit=1&cursor={first['cursor']}")
    ).json()
    assert [one["collector"] for one in first["items"] + rest["items"]] == ["aung", "khin"]
    assert rest["cursor"] is None
    assert first["items"][0] == {
        "month": "2096-11", "collector_id": str(stood.cast.aung.id), "collector": "aung",
        "phase_count": 1, "ticket_count": 1, "bet_count": 1, "winning_count": 1,
        "total_in": "100.00", "total_out": "8000.00", "commission": "15.00",
        "net_profit": "-7915.00", "share": "2.33", "margin": "-7915", "hit_rate": "100",
    }  # fmt: skip
    numbers = (await stood.ask("min", "GET", f"{path}/numbers")).json()
    assert numbers[0] == {
        "number": "007", "draw_count": 2, "winning_count": 0, "total_in": "0.00",
        "total_out": "0.00",
    }  # fmt: skip
    assert [one["number"] for one in numbers] == ["007", "137", "500"]


@pytest.mark.parametrize("cursor", ["x", "YWZ0ZXI6LTE=", "YWZ0ZXI6OTk5OTk5OTk5OTk5OTk=", "%00"])
async def test_a_cursor_that_no_list_gave_is_refused(stood: Standing, cursor: str) -> None:
    for path in ("history", "statistics/months", "statistics/months/2096-11/collectors"):
        answer = await stood.ask("min", "GET", f"/api/{path}?cursor={cursor}")
        assert answer.status_code == 400, path


@pytest.mark.parametrize("place", [0, 11, 12, 2**31 - 1])
async def test_a_cursor_beyond_the_calendar_finds_an_end(stood: Standing, place: int) -> None:
    cursor = base64.urlsafe_b64encode(f"after:{place}".encode()).decode()
    answer = await stood.ask("min", "GET", f"/api/statistics/months?cursor={cursor}")
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == (2 if place > 100_000 else 0)
