"""The partner's pages, and the partners' for those who run the house."""

import csv
import io
import re
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from banker.books import cash, people, phase
from banker.books.phase import Draft
from banker.books.resettlement import resettle
from banker.books.settlement import Draw
from banker.database import transaction
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD_HASH, asked, close_and_settle, deposit, placed
from tests.databases import Clones
from tests.web.standing import Standing, standing

BLANK = 998
# What the tickets of Ko's collectors really come to in the first phase.
REAL = ("7,654.32", "1,872", "5,782.32", "4,321.09", "3,333.23")
REAL_PLAIN = ("7654.32", "1872.00", "5782.32", "4321.09", "3333.23")


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """Three phases of Ko's collectors Aung and Zaw: one that won, was put right and paid, one that
    lost, and one that waits; and Nu, a partner of whom nothing is known."""
    async with standing(clones) as stood:
        cast, pool = stood.cast, stood.pool
        async with transaction(pool) as connection:
            await people.add(connection, "nu", "partner", PASSWORD_HASH)
            zaw = await people.add(
                connection, "zaw", "collector", PASSWORD_HASH, partner_id=cast.ko.id
            )
        await deposit(pool, cast, zaw, "100000.00")
        await placed(pool, cast.phase, cast.aung, "444 = 4321.09")
        await placed(pool, cast.phase, zaw, "445 = 3309.83\n137 = 23.40")
        await close_and_settle(pool, cast, BLANK)
        await _pay(stood, "382.72")
        async with transaction(pool) as connection:
            draw = Draw(137, "the paper", cast.min.id, "misheard")
            await resettle(connection, cast.phase.id, draw)
        await _next(stood, "Dec-01", 444, "444 100")
        await _next(stood, "Dec-16", BLANK, "444 = 9999.99")
        yield stood


async def _next(stood: Standing, name: str, drawn: int, text: str) -> None:
    async with transaction(stood.pool) as connection:
        drafted = await phase.create(connection, stood.cast.thida.id, Draft(name=name))
        stood.cast.phase = await phase.open_(connection, drafted.id)
    await placed(stood.pool, stood.cast.phase, stood.cast.aung, text)
    await close_and_settle(stood.pool, stood.cast, drawn)


async def _pay(stood: Standing, amount: str) -> None:
    async with transaction(stood.pool) as connection:
        await cash.pay_earnings(
            connection,
            asked(stood.cast.su, "earning", amount),
            stood.cast.ko.id,
            Decimal(amount),
            "for November",
        )


async def _shown(stood: Standing, name: str, path: str) -> str:
    answer = await stood.page(getattr(stood.cast, name), "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.text


def _words(page: str) -> str:
    """What a reader reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def _month(stood: Standing) -> str:
    page = await _shown(stood, "ko", "/partner")
    [month] = set(re.findall(r"/partner/months/(\d{4}-\d\d)", page))
    return month


async def test_the_partners_page_says_plainly_that_it_is_a_share(stood: Standing) -> None:
    words = _words(await _shown(stood, "ko", "/partner"))
    assert (
        "Figures on this page are your share: 50 % of the stakes, payouts and profit of the "
        "collectors you brought in; of the profit share you earn 10 %. Losses are not carried over."
    ) in words
    for figure in ("3,827.16", "936", "2,891.16", "289.12", "382.72"):
        assert figure in words, figure
    assert "nothing earned the tickets lost" in words
    assert "put right 93.60 more was paid than is earned" in words
    assert re.search(r"paid on \d{4}-\d\d-\d\d \d\d:\d\d by transfer \d+", words)
    assert re.search(r"Waits 406.40\b", words), "500 of the last phase less 93.60"
    await assert_books_balance(stood.pool)


async def test_a_partner_never_sees_the_real_figures(stood: Standing) -> None:
    month = await _month(stood)
    statements = [f"/partner/{one}" for one in ("phases/1", f"months/{month}")]
    for path in ("/partner", *statements, *(f"{one}/csv" for one in statements)):
        page = await _shown(stood, "ko", path)
        for figure in (*REAL, *REAL_PLAIN):
            assert figure not in page, f"{path} tells {figure}"
    seen = _words(await _shown(stood, "thida", f"/partners/{stood.cast.ko.id}"))
    assert all(figure in seen for figure in REAL[:3]), "and they are what the house sees"
    assert all(figure in seen for figure in ("3,827.16", "936", "2,891.16"))


async def test_a_statement_of_a_phase_tells_each_collectors_part(stood: Standing) -> None:
    page = await _shown(stood, "ko", "/partner/phases/1")
    words = _words(page)
    assert "All figures are your share: 50 %" in words
    assert re.search(r"aung 1 2,160.5\d 0 2,160.5\d", words)
    assert re.search(r"zaw 1 1,666.6\d 936 730.6\d", words)
    chat = page[page.index("<textarea") :]
    for line in ("ko · Nov-16, drawn 137", "All figures are your share", "waits −93.60"):
        assert line in chat, line
    theirs = _words(await _shown(stood, "min", f"/partners/{stood.cast.ko.id}/phases/1"))
    assert all(figure in theirs for figure in REAL)
    assert "the partner earns 10 %" in theirs


async def test_a_statement_of_a_month_adds_up(stood: Standing) -> None:
    month = await _month(stood)
    words = _words(await _shown(stood, "ko", f"/partner/months/{month}"))
    # 2,891.16 − 3,950 + 5,000 (of 9,999.99 the half goes to the even cent).
    assert re.search(r"together .* 3,941.16 789.12 paid 382.72, waits 406.40", words)
    rows = list(
        csv.DictReader(
            io.StringIO(
                (await _shown(stood, "ko", f"/partner/months/{month}/csv")).lstrip("\ufeff")
            )
        )
    )
    assert [row["phase"] for row in rows] == ["Dec-16", "Dec-01", "Nov-16"]
    assert [row["earned"] for row in rows] == ["500.00", "0.00", "289.12"]
    assert "profit" not in rows[0]
    answer = await stood.page(
        stood.cast.min, "GET", f"/partners/{stood.cast.ko.id}/months/{month}/xlsx"
    )
    assert f'filename="earnings-months-{month}.xlsx"' in answer.headers["content-disposition"]
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    table = list(sheet.values)
    assert float(str(table[3][table[0].index("profit")])) == 5782.32
    async with transaction(stood.pool) as connection:
        noted = await connection.fetch(
            "select after from audit where action = 'exported' and subject = $1",
            f"user {stood.cast.ko.id}",
        )
    assert any("months" in row["after"] and "xlsx" in row["after"] for row in noted)
    empty = _words(await _shown(stood, "ko", "/partner/months/2020-02"))
    assert "Nothing in this month" in empty


async def test_a_partner_begins_at_their_earnings_which_may_be_none(stood: Standing) -> None:
    at_door = await stood.page(stood.cast.ko, "GET", "/")
    assert at_door.headers["location"] == "/partner"
    async with transaction(stood.pool) as connection:
        nu = next(one for one in await people.listed(connection, 50) if one.username == "nu")
    page = await stood.page(nu, "GET", "/partner")
    assert (page.status_code, "Nothing is earned yet" in page.text) == (200, True)
    assert "Your share" not in page.text
    assert (await stood.page(nu, "GET", "/partner/phases/1")).status_code == 404
    listed = _words(await _shown(stood, "min", "/partners"))
    assert re.search(r"ko 2 50 % 10 % 789.12 382.72 406.40", listed)
    assert re.search(r"nu 0 0 % 0 % 0 0 0", listed)


async def test_the_phase_page_lists_its_partners(stood: Standing) -> None:
    page = await _shown(stood, "min", "/phases/1")
    assert f'href="/partners/{stood.cast.ko.id}/phases/1"' in page
    words = _words(page)
    assert re.search(r"ko 5,782.32 2,891.16 289.12 put right", words)


@pytest.mark.parametrize("name", ["aung", "su", "min"])
async def test_the_partners_own_pages_are_for_partners(stood: Standing, name: str) -> None:
    person = getattr(stood.cast, name)
    for path in ("/partner", "/partner/phases/1", "/partner/months/2026-11/csv"):
        assert (await stood.page(person, "GET", path)).status_code == 403


@pytest.mark.parametrize("name", ["aung", "su", "ko"])
async def test_all_partners_are_for_managers(stood: Standing, name: str) -> None:
    person = getattr(stood.cast, name)
    for path in ("", "/2", "/2/phases/1", "/2/months/2026-11", "/2/phases/1/csv"):
        assert (await stood.page(person, "GET", f"/partners{path}")).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/partners/999999", "/partners/x", "/partners/1", "/partners/2/phases/99",
     "/partners/2/phases/x", "/partners/2/months/2026-13", "/partners/2/months/2026-1",
     "/partners/2/months/2026-11/pdf", "/partners/2/phases/1/x", "/partners/1/months/2026-11",
     "/partners/1/phases/1", "/partners/99999999999/phases/1", "/partners/2/months/99999-11"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(stood: Standing, path: str) -> None:
    assert (await stood.page(stood.cast.min, "GET", path)).status_code == 404


async def test_a_page_further_back_is_asked_for_by_its_cursor(stood: Standing) -> None:
    assert (await stood.page(stood.cast.ko, "GET", "/partner?cursor=x")).status_code == 400
    path = f"/api/partners/{stood.cast.ko.id}/earnings"
    first = (await stood.ask("ko", "GET", f"{path}?limit=2")).json()
    assert [one["phase"] for one in first["items"]] == ["Dec-16", "Dec-01"]
    rest = (await stood.ask("ko", "GET", f"{path}?limit=2&cursor={first['cursor']}")).json()
    assert ([one["phase"] for one in rest["items"]], rest["cursor"]) == (["Nov-16"], None)
    page = await _shown(stood, "ko", f"/partner?cursor={first['cursor']}")
    assert ("/partner/phases/1" in page, "/partner/phases/3" in page) == (True, False)


async def test_the_api_tells_a_partner_shared_figures_only(stood: Standing) -> None:
    path = f"/api/partners/{stood.cast.ko.id}/earnings"
    own = await stood.ask("ko", "GET", path)
    assert not any(figure in own.text for figure in REAL_PLAIN)
    told = own.json()
    assert {name: told[name] for name in ("earned", "paid", "pending", "share_percentage")} == {
        "earned": "789.12",
        "paid": "382.72",
        "pending": "406.40",
        "share_percentage": "50",
    }
    nov = told["items"][-1]
    assert (nov["paid"], nov["pending"], nov["counts"]["real"]) == ("382.72", "-93.60", None)
    assert (nov["counts"]["draw"], nov["counts"]["number"]) == (2, "137")
    assert [one["status"] for one in nov["earlier"]] == ["paid"]
    assert told["items"][1]["counts"]["status"] == "nothing"
    for name in ("min", "thida"):
        seen = (await stood.ask(name, "GET", path)).json()["items"][-1]["counts"]
        assert seen["real"] == {"stakes": "7654.32", "payouts": "1872.00", "profit": "5782.32"}
        assert seen["shared_profit"] == nov["counts"]["shared_profit"] == "2891.16"


async def test_the_api_tells_nobody_of_another(stood: Standing) -> None:
    async with transaction(stood.pool) as connection:
        nu = next(one for one in await people.listed(connection, 50) if one.username == "nu")
    ko, aung = stood.cast.ko, stood.cast.aung
    for name, whose, status in (
        ("nu", ko, 404), ("ko", nu, 404), ("ko", aung, 404), ("su", ko, 403), ("aung", ko, 403),
        ("min", aung, 404), ("min", nu, 200),
    ):  # fmt: skip
        answer = await stood.ask(name, "GET", f"/api/partners/{whose.id}/earnings")
        assert answer.status_code == status, (name, whose.username)
