"""The page of the counter."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from banker.books import ledger
from banker.books.people import Person
from banker.database import transaction
from banker.embedded import House
from tests.balanced import assert_books_balance
from tests.web.standing import Standing, standing


@pytest.fixture(scope="module")
async def stood(servers: House, template: str) -> AsyncIterator[Standing]:
    async with standing(servers, template) as stood:
        yield stood


async def _cash(stood: Standing, person: Person) -> Decimal:
    async with transaction(stood.pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id].cash_balance


def _form(person: Person, amount: str, key: str, reason: str = "rent") -> dict[str, str]:
    return {"user_id": str(person.id), "amount": amount, "reason": reason, "key": key}


async def test_money_goes_in_and_out_with_a_slip(stood: Standing) -> None:
    su, hla = stood.cast.su, stood.cast.hla
    taken = await stood.page(su, "POST", "/cash/deposits", _form(hla, "1,500.50", "in"))
    paid = await stood.page(su, "POST", "/cash/withdrawals", _form(hla, "500", "out"))
    assert await _cash(stood, hla) == Decimal("1000.50")
    slip = await stood.page(su, "GET", paid.headers["hx-redirect"])
    assert ("Money out" in slip.text, "1,000.50" in slip.text) == (True, True)
    desk = await stood.page(su, "GET", "/cash?name=HL")
    assert taken.headers["hx-redirect"] in desk.text
    assert "Pay out" in desk.text, "the only one found is at the counter"
    await assert_books_balance(stood.pool)


async def test_a_form_sent_many_times_moves_money_once(stood: Standing) -> None:
    su, khin = stood.cast.su, stood.cast.khin
    before = await _cash(stood, khin)
    form = _form(khin, "10", "many")
    answers = await asyncio.gather(
        *(stood.page(su, "POST", "/cash/deposits", form) for _ in range(4))
    )
    assert len({answer.headers["hx-redirect"].partition("?")[0] for answer in answers}) == 1
    assert await _cash(stood, khin) == before + 10
    other = await stood.page(su, "POST", "/cash/deposits", _form(khin, "11", "many"))
    assert (other.status_code, "was sent before" in other.text) == (422, True)
    assert 'value="many"' not in other.text, "the next attempt has a key of its own"
    await assert_books_balance(stood.pool)


async def test_the_page_and_the_api_share_a_key(stood: Standing) -> None:
    khin = stood.cast.khin
    before = await _cash(stood, khin)
    await stood.page(stood.cast.su, "POST", "/cash/deposits", _form(khin, "7", "shared"))
    body = {"user_id": str(khin.id), "amount": "7.00", "reason": "rent"}
    answer = await stood.ask("su", "POST", "/api/cash/deposits", body, "shared")
    assert answer.headers["idempotent-replayed"] == "true"
    assert await _cash(stood, khin) == before + 7


@pytest.mark.parametrize(
    ("amount", "reason", "status"),
    [
        ("0", "rent", 400),
        ("1.005", "rent", 400),
        ("1000000000000", "rent", 400),
        ("1", " ", 400),
        ("1", "x" * 201, 400),
        ("999999999", "rent", 402),
    ],
)
async def test_what_cannot_be_paid_out_is_said_at_the_form(
    stood: Standing, amount: str, reason: str, status: int
) -> None:
    before = await _cash(stood, stood.cast.aung)
    form = _form(stood.cast.aung, amount, "refused", reason)
    answer = await stood.page(stood.cast.su, "POST", "/cash/withdrawals", form)
    assert (answer.status_code, "field-error" in answer.text) == (status, True)
    assert await _cash(stood, stood.cast.aung) == before


async def test_only_holders_are_served(stood: Standing) -> None:
    su, manager = stood.cast.su, stood.cast.min
    answer = await stood.page(su, "POST", "/cash/deposits", _form(manager, "1", "nobody"))
    assert answer.status_code == 404
    assert (await stood.page(su, "GET", f"/cash?person={manager.id}")).status_code == 404
    assert (await stood.page(su, "GET", "/cash/slips/999999")).status_code == 404
