"""Statements read, printed, sent and taken away: to whom they are shown, and what they say."""

import csv
import io
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from html import unescape

import httpx
import openpyxl
import pytest

from banker.books import cash, phase, resettlement, session, settlement, voiding
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from banker.embedded import House
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, close_and_settle, placed
from tests.serving import serving
from tests.stated import full
from tests.web.answers import answered, refused
from tests.web.conftest import Api
from tests.web.test_headers import Suspicions

LATEST = re.compile(r"as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")


class Stand:
    """A house with a full phase, a worker in front of it, and people who ask it."""

    def __init__(self, pool: Pool, cast: Cast, client: httpx.AsyncClient) -> None:
        self.pool = pool
        self.cast = cast
        self.client = client
        self.api = Api(client)
        self._cookies: dict[int, str] = {}

    async def page(self, person: Person, path: str) -> httpx.Response:
        """A page as a person sees it, without anything that the policy forbids."""
        if person.id not in self._cookies:
            async with transaction(self.pool) as connection:
                opened = await session.open_(connection, person.id, "page", "127.0.0.1")
            self._cookies[person.id] = opened.token
        answer = await self.client.get(
            path, headers={"Cookie": f"banker={self._cookies[person.id]}"}
        )
        if answer.headers["content-type"].startswith("text/html"):
            assert Suspicions(answer.text).found == []
        return answer

    async def chat(self, person: Person, phase_id: int = 1) -> list[str]:
        """The text for the chat, line by line, but for when it was read."""
        answer = await self.page(person, f"/collect/statements/{phase_id}")
        assert answer.status_code == 200, answer.text
        block = re.search(r'id="chat"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)
        assert block is not None
        *lines, last = unescape(block[1]).split("\n")
        assert LATEST.search(last)
        return [*lines, LATEST.sub("as of", last)]

    async def settle(self, number: int) -> settlement.Settlement:
        return await close_and_settle(self.pool, self.cast, number)


@pytest.fixture
async def stand(house: House, pool: Pool) -> AsyncIterator[Stand]:
    cast = await full(pool)
    async with (
        serving(house) as address,
        httpx.AsyncClient(base_url=address, timeout=20) as client,
    ):
        yield Stand(pool, cast, client)


def rows_of(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return [*csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))]


def row_of(page: str, name: str) -> list[str]:
    """The cells of the row that a list begins with a name."""
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        texts = [
            re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", cell))).strip() for cell in cells
        ]
        if texts[0] == name:
            return texts
    raise AssertionError(f"no row of {name}")


async def test_the_text_for_the_chat_before_the_draw(stand: Stand) -> None:
    assert await stand.chat(stand.cast.aung) == [
        "STATEMENT Nov-16",
        "Collector: aung",
        "Draw: not yet",
        "Slips: 2 (5 bets)",
        "Stakes: 1,650.53",
        "Commission 7.25 % and 15 %: 170.08, due at the settlement",
        "Winnings: known after the draw",
        "Result: known after the draw",
        "Cash now: 998,349.47",
        "The house owes aung 998,349.47: cash, to be paid out at the desk.",
        "In MMK, as of",
    ]
    assert (await stand.chat(stand.cast.khin))[3:6] == [
        "Slips: 1 (1 bet)",
        "Void slips: 2, 933.43 given back",
        "Stakes: 10.10",
    ]


async def test_the_text_for_the_chat_after_the_draw(stand: Stand) -> None:
    await stand.settle(123)
    assert await stand.chat(stand.cast.hla) == [
        "STATEMENT Nov-16",
        "Collector: hla",
        "Draw: 123",
        "Slips: 1 (2 bets)",
        "Stakes: 150.10 (from cash 100, bonus 40, credit 10.10)",
        "Commission 12.5 %: 18.76",
        "Winnings: 12,000 (to cash 11,989.90, credit 10.10)",
        "Result: +11,868.66",
        "Cash now: 12,008.66",
        "Credit drawn now: 0 of 50",
        "The house owes hla 12,008.66: cash, to be paid out at the desk.",
        "In MMK, as of",
    ]
    assert (await stand.chat(stand.cast.khin))[4:9] == [
        "Void slips: 2, 933.43 given back",
        "Stakes: 10.10",
        "Commission 0 %: 0",
        "Winnings: 0",
        "Result: -10.10",
    ]


async def test_the_text_tells_a_draw_put_right_and_the_debt_it_left(stand: Stand) -> None:
    await stand.settle(123)
    async with transaction(stand.pool) as connection:
        request = asked(stand.cast.su, "withdraw")
        await cash.withdraw(connection, request, stand.cast.hla.id, Decimal(12_000), "paid out")
    async with transaction(stand.pool) as connection:
        draw = Draw(888, "the gazette", stand.cast.min.id, "misheard")
        await resettlement.resettle(connection, 1, draw)
    assert (await stand.chat(stand.cast.hla))[6:] == [
        "Winnings: 0",
        "Result: -131.34",
        "Wrong draw 123: 12,000 taken back, 11,981.24 of it is a debt",
        "Cash now: -11,981.24",
        "Credit drawn now: 10.10 of 50",
        "hla owes the house 10.10: credit that is drawn.",
        "hla owes the house 11,981.24: a debt, since money that was taken back was gone.",
        "Together hla owes the house 11,991.34.",
        "In MMK, as of",
    ]
    shown = await stand.page(stand.cast.hla, "/collect/statements/1")
    assert 'Drawn <b class="mono">888</b>, put right' in shown.text
    await assert_books_balance(stand.pool)


async def test_the_text_of_a_void_phase(stand: Stand) -> None:
    async with transaction(stand.pool) as connection:
        await voiding.void(connection, 1, "no draw", stand.cast.min.id)
    assert await stand.chat(stand.cast.aung) == [
        "STATEMENT Nov-16",
        "Collector: aung",
        "Draw: none, the phase is void",
        "Slips: 0 (0 bets)",
        "Void slips: 2, 1,650.53 given back",
        "Stakes: 0",
        "Commission: 0",
        "Winnings: 0",
        "Result: 0",
        "Cash now: 1,000,000",
        "The house owes aung 1,000,000: cash, to be paid out at the desk.",
        "In MMK, as of",
    ]
    shown = (await stand.page(stand.cast.aung, "/collect/statements/1")).text
    assert "1,650.53 of stakes went back" in shown
    assert "Nobody owes anything for it" in shown


async def test_the_page_says_due_before_the_draw_and_paid_after_it(stand: Stand) -> None:
    before = (await stand.page(stand.cast.aung, "/collect/statements/1")).text
    assert ("due at the settlement" in before, "known after the draw" in before) == (True, True)
    assert "aung comes out" not in before
    await stand.settle(123)
    after = (await stand.page(stand.cast.aung, "/collect/statements/1")).text
    assert ("due at the settlement" in after, "known after the draw" in after) == (False, False)
    # 500 x 80 + 100 x 10 + 50.50 x 0.40, and 0.01 x 0.40 is nothing.
    assert "aung comes out 39,539.75 ahead" in after
    assert row_of(after, "In all")[1:] == ["+39,539.75"]
    khin = (await stand.page(stand.cast.khin, "/collect/statements/1")).text
    assert "khin comes out 10.10 behind" in khin


async def test_a_statement_is_shown_to_its_collector_and_to_the_house(stand: Stand) -> None:
    cast = stand.cast
    for person in (cast.thida, cast.min, cast.su):
        shown = await stand.page(person, f"/phases/1/statements/{cast.aung.id}")
        assert (shown.status_code, "1,650.53" in shown.text) == (200, True)
        assert ("/tickets/" in shown.text) == (person != cast.su)
        assert (await stand.page(person, f"/statements/{cast.aung.id}")).status_code == 200
    for person in (cast.aung, cast.khin, cast.ko):
        path = f"/phases/1/statements/{cast.aung.id}"
        assert (await stand.page(person, path)).status_code == 403
        assert (await stand.page(person, "/phases/1/statements")).status_code == 403
        assert (await stand.page(person, f"/statements/{cast.aung.id}")).status_code == 403
    assert (await stand.page(cast.ko, "/collect/statements")).status_code == 403
    assert (await stand.page(cast.su, "/phases/1/statements")).status_code == 403
    own = (await stand.page(cast.khin, "/collect/statements/1")).text
    assert ("khin" in own, "aung" in own, "1,650.53" in own) == (True, False, False)


@pytest.mark.parametrize(
    "path",
    ["/phases/1/statements/3", "/phases/1/statements/999", "/phases/1/statements/x",
     "/phases/99/statements/5", "/phases/99/statements", "/phases/x/statements",
     "/phases/2/statements/5", "/statements/3", "/statements/999", "/statements/05"],
)  # fmt: skip
async def test_what_there_is_not_is_not_found(stand: Stand, path: str) -> None:
    async with transaction(stand.pool) as connection:
        await phase.create(connection, stand.cast.thida.id, Draft(name="draft"))
    assert (await stand.page(stand.cast.thida, path)).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [("/collect/statements/2", 404), ("/collect/statements/0", 404),
     ("/collect/statements/2/statement.csv", 404), ("/collect/statements/x/statement.xlsx", 404),
     ("/collect/statements/1/statement.pdf", 404), ("/collect/statements/1?cursor=x", 400),
     ("/collect/statements?cursor=%00", 400)],
)  # fmt: skip
async def test_a_collector_is_refused_what_is_not_theirs(
    stand: Stand, path: str, status: int
) -> None:
    assert (await stand.page(stand.cast.aung, path)).status_code == status


async def test_the_totals_of_the_list_are_those_of_the_settlement(stand: Stand) -> None:
    settled = await stand.settle(123)
    shown = (await stand.page(stand.cast.min, "/phases/1/statements")).text
    # 39,539.75 of Aung's and 11,868.66 of Hla's, less 10.10 of Khin's.
    assert settled.net_profit == Decimal("-51398.31")
    assert row_of(shown, "all 3")[1:7] == [
        "4 + 2 void", "1,810.73", "188.84", "53,020.20", "+51,398.31", "933.43",
    ]  # fmt: skip
    assert (settled.total_in, settled.commission) == (Decimal("1810.73"), Decimal("188.84"))
    assert settled.total_out == Decimal("53020.20")
    assert row_of(shown, "khin") == [
        "khin", "1 + 2 void", "10.10", "0", "0", "−10.10", "933.43", "999,989.90", "",
        "+999,989.90",
    ]  # fmt: skip


async def test_the_list_is_ordered_by_a_column_up_or_down(stand: Stand) -> None:
    await stand.settle(123)

    async def names(query: str) -> list[str]:
        shown = await stand.page(stand.cast.min, f"/phases/1/statements{query}")
        assert shown.status_code == 200
        return re.findall(r'statements/\d+">(\w+)</a></th>', shown.text)

    assert await names("") == ["aung", "hla", "khin"]
    assert await names("?sort=result&way=up") == ["khin", "hla", "aung"]
    assert await names("?sort=name") == ["aung", "hla", "khin"]
    assert await names("?sort=name&way=down") == ["khin", "hla", "aung"]
    assert await names("?sort=balance&way=up") == ["hla", "khin", "aung"]
    for wrong in ("?sort=id", "?sort=drop", "?way=left", "?cursor=x"):
        answer = await stand.page(stand.cast.min, f"/phases/1/statements{wrong}")
        assert answer.status_code == 400, wrong


async def test_a_list_before_any_slip_is_empty_in_words(stand: Stand) -> None:
    async with transaction(stand.pool) as connection:
        await phase.create(connection, stand.cast.thida.id, Draft(name="draft"))
    shown = await stand.page(stand.cast.min, "/phases/2/statements")
    assert (shown.status_code, "No slip in this phase" in shown.text) == (200, True)
    own = await stand.page(stand.cast.aung, "/collect/statements")
    assert re.findall(r"/collect/statements/\d+", own.text) == ["/collect/statements/1"]


async def test_long_statements_come_by_the_page(stand: Stand) -> None:
    for _ in range(3):
        await placed(stand.pool, stand.cast.phase, stand.cast.aung, "500 1")
    own = await stand.api.ask(
        "aung", "GET", f"/api/phases/1/statements/{stand.cast.aung.id}?limit=2"
    )
    first = answered(own)
    assert [one["sequence"] for one in first["tickets"]["items"]] == [1, 6]
    page = await stand.page(
        stand.cast.aung, f"/collect/statements/1?cursor={first['tickets']['cursor']}"
    )
    assert re.findall(r"#(\d+)</a>", page.text) == ["7", "8", "9"]
    assert ("the sums are of all" in page.text, "1,653.53" in page.text) == (True, True)


async def test_the_api_tells_a_statement_to_whom_it_may(stand: Stand) -> None:
    await stand.settle(123)
    path = f"/api/phases/1/statements/{stand.cast.hla.id}"
    for name in ("thida", "min", "su", "hla"):
        told = answered(await stand.api.ask(name, "GET", path))
        assert (told["total_in"], told["commission"], told["total_out"], told["result"]) == (
            "150.10", "18.76", "12000.00", "11868.66",
        )  # fmt: skip
    assert told["owed"] == {
        "cash": "12008.66", "credit": "0.00", "debt": "0.00", "net": "12008.66",
    }  # fmt: skip
    assert told["rates"] == [{"rate": "12.5", "total_in": "150.10", "commission": "18.76"}]
    assert told["movements"][0] == {
        "what": "stakes", "cash": "-100.00", "bonus": "-40.00", "credit": "-10.10",
    }  # fmt: skip
    assert (told["number"], told["state"], told["phase_id"]) == ("123", "settled", "1")
    [slip] = told["tickets"]["items"]
    assert (slip["won"], slip["count"], told["tickets"]["cursor"]) == ("12000.00", 2, None)
    for name, status, code in (("aung", 404, "not-found"), ("ko", 403, "forbidden")):
        refused(await stand.api.ask(name, "GET", path), status, code)
    other = f"/api/phases/1/statements/{stand.cast.min.id}"
    refused(await stand.api.ask("min", "GET", other), 404, "not-found")


async def test_the_api_lists_the_statements_of_a_phase(stand: Stand) -> None:
    before = answered(await stand.api.ask("min", "GET", "/api/phases/1/statements"))
    assert {(one["total_out"], one["result"]) for one in before["items"]} == {(None, None)}
    settled = await stand.settle(123)
    first = answered(await stand.api.ask("min", "GET", "/api/phases/1/statements?limit=2"))
    path = f"/api/phases/1/statements?limit=2&cursor={first['cursor']}"
    rest = answered(await stand.api.ask("min", "GET", path))
    rows = [*first["items"], *rest["items"]]
    assert [one["collector"] for one in rows] == ["aung", "khin", "hla"]
    for name in ("total_in", "commission", "total_out"):
        assert sum(Decimal(one[name]) for one in rows) == getattr(settled, name)
    for name in ("su", "aung", "ko"):
        refused(await stand.api.ask(name, "GET", path), 403, "forbidden")
    refused(await stand.api.ask("min", "GET", "/api/phases/9/statements"), 404, "not-found")


async def test_a_statement_is_taken_away_as_a_file(stand: Stand) -> None:
    await stand.settle(123)
    for name, path in (
        ("min", f"/exports/statement.csv?phase_id=1&user_id={stand.cast.hla.id}"),
        ("su", f"/exports/statement.csv?phase_id=1&user_id={stand.cast.hla.id}"),
        ("hla", "/collect/statements/1/statement.csv"),
    ):
        [row] = rows_of(await stand.page(getattr(stand.cast, name), path))
        assert (row["number"], row["total"], row["commission"], row["total_out"]) == (
            "123", "150.10", "18.76", "12000.00",
        )  # fmt: skip
        assert (row["from_cash"], row["from_bonus"], row["from_credit"]) == (
            "100.00", "40.00", "10.10",
        )  # fmt: skip
        assert (row["to_cash"], row["to_credit"]) == ("11989.90", "10.10")
    void = rows_of(await stand.page(stand.cast.khin, "/collect/statements/1/statement.csv"))
    assert [(one["state"], one["total_out"]) for one in void] == [
        ("void", ""), ("void", ""), ("standing", "0.00"),
    ]  # fmt: skip
    book = await stand.page(stand.cast.hla, "/collect/statements/1/statement.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    [head, cells] = sheet.iter_rows(values_only=True)
    assert dict(zip(head, cells, strict=True))["total_out"] == 12000
    for what in ("phase_id=1", "user_id=5", ""):
        refused(await stand.api.ask("min", "GET", f"/api/exports/statement.csv?{what}"), 400)
    noted = "select actor_id from audit where action = 'exported' and subject = 'statement'"
    actors = {row["actor_id"] for row in await stand.pool.fetch(noted)}
    assert actors == {stand.cast.min.id, stand.cast.su.id, stand.cast.hla.id, stand.cast.khin.id}


async def test_all_statements_of_a_phase_are_taken_away_as_a_file(stand: Stand) -> None:
    before = rows_of(await stand.page(stand.cast.min, "/exports/statements.csv?phase_id=1"))
    assert {(one["total_out"], one["result"], one["to_cash"]) for one in before} == {("", "", "")}
    await stand.settle(123)
    async with transaction(stand.pool) as connection:
        await connection.execute("update phases set name = '=1+1' where id = 1")
    async with transaction(stand.pool) as connection:
        draw = Draw(888, "the gazette", stand.cast.min.id, "misheard")
        settled = await resettlement.resettle(connection, 1, draw)
    answer = await stand.page(stand.cast.min, "/exports/statements.csv?phase_id=1")
    rows = rows_of(answer)
    assert {one["phase"] for one in rows} == {"'=1+1"}
    for name in ("total_in", "commission", "total_out"):
        assert sum(Decimal(one[name]) for one in rows) == getattr(settled, name), name
    assert sum(Decimal(one["result"]) for one in rows) == -(settled.net_profit or 0)
    for one in rows:
        drawn = Decimal(one["from_cash"]) + Decimal(one["from_bonus"]) + Decimal(one["from_credit"])
        assert drawn == Decimal(one["total_in"])
        assert Decimal(one["to_cash"]) + Decimal(one["to_credit"]) == Decimal(one["total_out"])
    assert [(one["collector"], one["taken_back"]) for one in rows] == [
        ("aung", "41020.20"), ("khin", "0.00"), ("hla", "12000.00"),
    ]  # fmt: skip
    book = await stand.page(stand.cast.min, "/exports/statements.xlsx?phase_id=1")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert len([*sheet.iter_rows()]) == 4
    [own] = rows_of(
        await stand.page(stand.cast.min, f"/exports/statements.csv?user_id={stand.cast.khin.id}")
    )
    assert own["collector"] == "khin"
    for person in (stand.cast.su, stand.cast.aung):
        assert (await stand.page(person, "/exports/statements.csv")).status_code == 403
    await assert_books_balance(stand.pool)
