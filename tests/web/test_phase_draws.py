"""The draw on the phase's page and over the API: rehearsed, entered with care, put right."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from banker.books import four_eyes
from banker.database import transaction
from tests.balanced import assert_books_balance
from tests.cast import deposit
from tests.databases import Clones
from tests.web.standing import Standing, standing

RADIO = {"source": "the radio", "again": "137"}


@pytest.fixture
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


@pytest.fixture
async def path(stood: Standing) -> str:
    """A closed phase in which Aung has 137, and Hla, whose stake was all she had, 173."""
    path = await stood.open(prizes={"straight": "80", "permutation": "0"})
    await deposit(stood.pool, stood.cast, stood.cast.hla, "10.00")
    assert (await stood.place(path, "137 100\n555 1000", "aung")).status_code == 201
    assert (await stood.place(path, "173 10", "hla")).status_code == 201
    await stood.ask("min", "POST", f"{path}/closure")
    return path


async def _verb(
    stood: Standing, path: str, verb: str, who: str = "min", **form: str
) -> tuple[int, str, str]:
    person = getattr(stood.cast, who)
    answer = await stood.page(person, "POST", f"{path.removeprefix('/api')}/{verb}", form)
    return answer.status_code, answer.headers.get("hx-redirect", ""), answer.text


async def test_a_rehearsal_says_what_it_does_to_each_balance(stood: Standing, path: str) -> None:
    status, _, told = await _verb(stood, path, "rehearsal", number="137")
    assert status == 200
    # 1,000,000 less 1,100, and then 8,000 and 15 % of 1,100 more.
    assert ("998,900" in told, "1,007,065" in told) == (True, True)
    rehearsed = (await stood.ask("min", "POST", f"{path}/rehearsal", {"number": "137"})).json()
    [aung, hla] = rehearsed["effects"]
    assert (aung["collector"], aung["paid"], aung["commission"]) == ("aung", "8000.00", "165.00")
    assert (aung["total_before"], aung["total_after"]) == ("998900.00", "1007065.00")
    assert (hla["collector"], hla["paid"], hla["commission"]) == ("hla", "0.00", "1.25")
    [ko] = rehearsed["earnings"]
    assert (ko["partner"], ko["profit"], ko["earned"]) == ("ko", "-6900.00", "0.00")
    settlement = (await stood.ask("min", "GET", f"{path}/settlement")).json()
    assert settlement["number"] is None
    await assert_books_balance(stood.pool)


async def test_what_is_rehearsed_is_what_happens(stood: Standing, path: str) -> None:
    rehearsed = (await stood.ask("min", "POST", f"{path}/rehearsal", {"number": "173"})).json()
    await stood.ask("min", "POST", f"{path}/settlement", {"number": "173"})
    for effect in rehearsed["effects"]:
        uri = f"/api/users/{effect['collector_id']}/balance"
        balance = (await stood.ask("su", "GET", uri)).json()
        assert balance["total_balance"] == effect["total_after"]
    await assert_books_balance(stood.pool)


async def test_a_wrong_draw_is_put_right_on_the_page(stood: Standing, path: str) -> None:
    right = {"number": "173", "again": "173", "source": "the gazette"}
    status, _, told = await _verb(stood, path, "resettlement", **right, reason="misheard")
    assert (status, "Only a settled phase" in told) == (409, True)
    assert (await _verb(stood, path, "settlement", number="137", **RADIO))[0] == 200
    status, _, told = await _verb(stood, path, "rehearsal", number="173")
    assert (status, "taken back" in told, "Take back and pay 800" in told) == (200, True, True)
    status, _, told = await _verb(stood, path, "resettlement", **right)
    assert (status, "visible character" in told, "the gazette" in told) == (400, True, True)
    for _ in range(2):
        done = await _verb(stood, path, "resettlement", **right, reason="misheard")
        assert done[1].endswith("?done=resettled")
    page = (await stood.page(stood.cast.min, "GET", path.removeprefix("/api"))).text
    for said in ("misheard", "the gazette", "the radio", "entered 2 times"):
        assert said in page
    draws = (await stood.ask("min", "GET", f"{path}/draws")).json()
    assert [(one["revision"], one["number"], one["total_out"]) for one in draws] == [
        (2, "173", "800.00"),
        (1, "137", "8000.00"),
    ]
    await assert_books_balance(stood.pool)


async def test_winnings_that_are_gone_are_a_debt_that_is_listed(stood: Standing, path: str) -> None:
    await stood.ask("min", "POST", f"{path}/settlement", {"number": "173"})
    paid_out = await stood.ask(
        "su",
        "POST",
        "/api/cash/withdrawals",
        {"user_id": str(stood.cast.hla.id), "amount": "800.00", "reason": "winnings"},
        key="out",
    )
    assert paid_out.status_code == 201, paid_out.text
    again = {"number": "137", "reason": "misheard"}
    told = await stood.ask("min", "POST", f"{path}/resettlement", again)
    assert (told.status_code, told.json()["number"]) == (200, "137")
    balance = (await stood.ask("hla", "GET", f"/api/users/{stood.cast.hla.id}/balance")).json()
    assert (balance["cash_balance"], balance["available"]) == ("-798.75", "0.00")
    [draw, _] = (await stood.ask("min", "GET", f"{path}/draws")).json()
    assert draw["debt"] == "798.75"
    page = (await stood.page(stood.cast.min, "GET", path.removeprefix("/api"))).text
    assert ("was gone" in page, "798.75" in page) == (True, True)
    await assert_books_balance(stood.pool)


async def test_with_four_eyes_a_draw_waits_for_a_second_person(stood: Standing, path: str) -> None:
    async with transaction(stood.pool) as connection:
        await four_eyes.write_rules(connection, Decimal(100))
    status, to, _ = await _verb(stood, path, "settlement", number="137", **RADIO)
    assert (status, to.endswith("?done=draw-waits")) == (200, True)
    waiting = await stood.ask("min", "POST", f"{path}/settlement", {"number": "138"})
    assert (waiting.status_code, waiting.json()) == (202, {"approval_id": "2"})
    shown = (await stood.page(stood.cast.thida, "GET", "/approvals")).text
    assert "with 137 (the radio), and pay what it wins." in shown
    own = await stood.ask("min", "POST", "/api/approvals/1/approval")
    assert own.status_code == 403
    cashier = await stood.ask("su", "POST", "/api/approvals/1/approval")
    assert cashier.status_code == 403
    done = await stood.page(stood.cast.thida, "POST", "/approvals/1/approval", {"reason": ""})
    assert done.status_code == 200, done.text
    settled = (await stood.ask("min", "GET", f"{path}/settlement")).json()
    assert settled["number"] == "137"
    late = await stood.ask("thida", "POST", "/api/approvals/2/approval")
    assert (late.status_code, "settled with 137" in late.json()["detail"]) == (409, True)
    [draw] = (await stood.ask("min", "GET", f"{path}/draws")).json()
    assert (draw["entered_by"], draw["approved_by"]) == ("min", "thida")
    assert draw["source"] == "the radio"
    again = {"number": "173", "reason": "misheard"}
    waiting = await stood.ask("min", "POST", f"{path}/resettlement", again)
    assert waiting.status_code == 202
    approved = await stood.ask("thida", "POST", "/api/approvals/3/approval")
    assert approved.json()["outcome"]["number"] == "173"
    await assert_books_balance(stood.pool)


@pytest.mark.parametrize("form", [{}, {"number": "12"}, {"number": "137", "reason": ""}])
async def test_a_correction_without_its_reason_is_refused(
    stood: Standing, path: str, form: dict[str, str]
) -> None:
    answer = await stood.ask("min", "POST", f"{path}/resettlement", form)
    assert answer.status_code == 400
