"""What a partner has earned, paid at the counter and by the API."""

import asyncio
import re
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest

from banker.books import ledger
from banker.books.people import Person
from banker.books.resettlement import resettle
from banker.books.settlement import Draw
from banker.database import reading, transaction
from tests.balanced import assert_books_balance
from tests.cast import close_and_settle, placed
from tests.databases import Clones
from tests.web.standing import Standing, fresh_key, standing

BLANK = 998


@pytest.fixture
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """A house in which 61.73 waits for Ko."""
    async with standing(clones) as stood:
        await placed(stood.pool, stood.cast.phase, stood.cast.aung, "444 1234.50\n137 0.10")
        await close_and_settle(stood.pool, stood.cast, BLANK)
        yield stood


async def _correct(stood: Standing, number: int) -> None:
    async with transaction(stood.pool) as connection:
        draw = Draw(number, "the paper", stood.cast.min.id, "misheard")
        await resettle(connection, stood.cast.phase.id, draw)


async def _pay(
    stood: Standing, amount: str, key: str, name: str = "su", person: Person | None = None
) -> httpx.Response:
    whose = person or stood.cast.ko
    body = {"user_id": str(whose.id), "amount": amount, "reason": "for November"}
    return await stood.ask(name, "POST", "/api/cash/earnings", body, key)


async def _held(stood: Standing, person: Person) -> Decimal:
    async with reading(stood.pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id].cash_balance


def _form(page: str) -> dict[str, str]:
    """The hidden fields of the form of earnings."""
    form = page[page.index('id="earning"') :].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


async def test_the_button_pays_what_it_says_and_gives_a_slip(stood: Standing) -> None:
    su, ko = stood.cast.su, stood.cast.ko
    counter = (await stood.page(su, "GET", f"/cash?person={ko.id}")).text
    assert "Pay earnings 61.73" in counter
    form = _form(counter) | {"reason": "for November"}
    done = await stood.page(su, "POST", "/cash/earnings", form)
    slip = await stood.page(su, "GET", done.headers["hx-redirect"])
    assert "Partner earnings" in slip.text
    assert "Nov-16</span> 61.73" in slip.text
    assert ("for November" in slip.text, "Undo it" in slip.text) == (True, False)
    assert "settling the phase anew" in slip.text
    assert await _held(stood, ko) == Decimal("61.73")
    again = await stood.page(su, "POST", "/cash/earnings", form)
    assert again.headers["hx-redirect"] == done.headers["hx-redirect"] + "?again=1"
    after = (await stood.page(su, "GET", f"/cash?person={ko.id}")).text
    assert ("Nothing waits to be paid" in after, "Pay earnings" in after) == (True, False)
    assert "#undo" not in after, "neither here nor in the list"
    assert "Partner earnings" in (await stood.page(su, "GET", "/cash")).text
    await assert_books_balance(stood.pool)


async def test_what_changed_meanwhile_is_said_and_not_paid(stood: Standing) -> None:
    su, ko = stood.cast.su, stood.cast.ko
    form = _form((await stood.page(su, "GET", f"/cash?person={ko.id}")).text) | {"reason": "now"}
    await _correct(stood, 137)
    told = await stood.page(su, "POST", "/cash/earnings", form)
    assert (told.status_code, "61.33 by now" in told.text) == (409, True)
    assert "Pay earnings 61.33" in told.text, "the form shows what waits now"
    assert await _held(stood, ko) == 0
    mended = await stood.page(su, "POST", "/cash/earnings", _form(told.text) | {"reason": "now"})
    assert "hx-redirect" in mended.headers
    await _correct(stood, 444)
    owed = (await stood.page(su, "GET", f"/cash?person={ko.id}")).text
    assert ("More was paid than the last draws left" in owed, "−61.33" in owed) == (True, True)
    assert "Pay earnings" not in owed
    gone = await stood.page(su, "POST", "/cash/earnings", form | {"key": fresh_key()})
    assert (gone.status_code, "61.33 more was paid" in gone.text) == (409, True)
    await assert_books_balance(stood.pool)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"reason": "x" * 201},
        {"amount": "all"},
        {"amount": "-1"},
        {"amount": "9" * 30},
        {"key": ""},
        {"user_id": "x"},
    ],
)
async def test_nonsense_pays_nothing(stood: Standing, wrong: dict[str, str]) -> None:
    su, ko = stood.cast.su, stood.cast.ko
    form = {"user_id": str(ko.id), "amount": "61.73", "reason": "now", "key": fresh_key()}
    answer = await stood.page(su, "POST", "/cash/earnings", form | wrong)
    assert answer.status_code == (404 if "user_id" in wrong else 400)
    assert await _held(stood, ko) == 0


async def test_only_partners_have_the_form(stood: Standing) -> None:
    su, khin = stood.cast.su, stood.cast.khin
    page = (await stood.page(su, "GET", f"/cash?person={khin.id}")).text
    assert 'id="earning"' not in page
    answer = await _pay(stood, "1.00", fresh_key(), person=khin)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Nothing waits to be paid.")
    assert (await _pay(stood, "1.00", fresh_key(), person=stood.cast.min)).status_code == 404


async def test_the_api_pays_once_for_a_key(stood: Standing) -> None:
    refused = await _pay(stood, "61.74", "k1")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong-state")
    assert refused.json()["pending"] == "61.73"
    paid = await _pay(stood, "61.73", "k1")
    assert (paid.status_code, paid.json()["cash_balance"]) == (201, "61.73"), paid.text
    again = await _pay(stood, "61.73", "k1")
    assert (again.content, again.headers["idempotent-replayed"]) == (paid.content, "true")
    assert (await _pay(stood, "61.74", "k1")).json()["code"] == "key-reused"
    assert (await _pay(stood, "61.73", "k2")).json()["detail"] == "Nothing waits to be paid."
    transfer_id = paid.json()["transfer_id"]
    shown = (await stood.ask("su", "GET", f"/api/cash/transfers/{transfer_id}")).json()
    assert (shown["reason"], shown["note"], shown["shift_id"]) == ("earning", "for November", None)
    body = {"transfer_id": transfer_id, "reason": "typed wrongly"}
    undone = await stood.ask("su", "POST", "/api/cash/reversals", body, "k3")
    assert (undone.status_code, undone.json()["code"]) == (409, "wrong-state")
    await assert_books_balance(stood.pool)


async def test_the_page_and_the_api_at_once_pay_once(stood: Standing) -> None:
    su, ko = stood.cast.su, stood.cast.ko
    form = {"user_id": str(ko.id), "amount": "61.73", "reason": "for November"}
    answers = await asyncio.gather(
        *(_pay(stood, "61.73", f"once-{number % 5}") for number in range(10)),
        *(
            stood.page(su, "POST", "/cash/earnings", form | {"key": f"once-{number}"})
            for number in range(5)
        ),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert any(answer.status_code == 201 or "hx-redirect" in answer.headers for answer in answers)
    assert await _held(stood, ko) == Decimal("61.73")
    await assert_books_balance(stood.pool)


@pytest.mark.parametrize("name", ["min", "aung", "ko"])
async def test_paying_is_for_cashiers(stood: Standing, name: str) -> None:
    assert (await _pay(stood, "61.73", fresh_key(), name)).status_code == 403
    form = {"user_id": str(stood.cast.ko.id), "amount": "61.73", "reason": "x", "key": fresh_key()}
    person = getattr(stood.cast, name)
    assert (await stood.page(person, "POST", "/cash/earnings", form)).status_code == 403
