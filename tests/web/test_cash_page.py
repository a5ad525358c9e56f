"""The page of the counter."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from banker.books import ledger
from banker.books.people import Person
from banker.database import transaction
from tests.balanced import assert_books_balance
from tests.databases import Clones
from tests.web.standing import Standing, standing


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
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


async def _transfer(stood: Standing, path: str, form: dict[str, str], name: str = "su") -> str:
    """The path of the slip of a form that was done."""
    answer = await stood.page(getattr(stood.cast, name), "POST", f"/cash/{path}", form)
    assert answer.status_code == 200, answer.text
    return answer.headers["hx-redirect"].partition("?")[0]


async def test_credit_is_granted_drawn_repaid_and_each_refused(stood: Standing) -> None:
    su, ko = stood.cast.su, stood.cast.ko
    refused = await stood.page(su, "POST", "/cash/advances", _form(ko, "1", "c1"))
    assert (refused.status_code, "0 of the credit left" in refused.text) == (402, True)
    granted = await stood.page(su, "POST", "/cash/credit-limits", _form(ko, "500", "c2"))
    assert "The credit limit is 500" in granted.headers["hx-trigger-after-swap"]
    wrong = await stood.page(su, "POST", "/cash/credit-limits", _form(ko, "-1", "c3"))
    assert (wrong.status_code, "field-error" in wrong.text) == (400, True)
    slip = await stood.page(su, "GET", await _transfer(stood, "advances", _form(ko, "300", "c4")))
    assert ("Credit paid out" in slip.text, "Credit after it" in slip.text) == (True, True)
    much = await stood.page(su, "POST", "/cash/repayments", _form(ko, "300.01", "c5"))
    assert (much.status_code, "The credit drawn is 300" in much.text) == (409, True)
    assert '<details class="cash-more" open>' in much.text
    await _transfer(stood, "repayments", _form(ko, "300", "c6"))
    await assert_books_balance(stood.pool)


async def test_a_bonus_is_granted_once_at_a_time_and_shown_as_it_is_worked_off(
    stood: Standing,
) -> None:
    su, ko = stood.cast.su, stood.cast.ko
    terms = {"requirement": "900", "expires_at": "2027-01-31T16:00"}
    for wrong in ({"requirement": "x"}, {"expires_at": "soon"}, {"expires_at": "2001-01-01T10:00"}):
        form = _form(ko, "300", "b1") | terms | wrong
        answer = await stood.page(su, "POST", "/cash/bonuses", form)
        field = next(iter(wrong))
        assert (answer.status_code, f'id="bonus-{field}-about"' in answer.text) == (400, True)
    slip = await _transfer(stood, "bonuses", _form(ko, "300", "b1") | terms)
    at_counter = await stood.page(su, "GET", f"/cash?person={ko.id}")
    assert "0 of 900 worked off" in at_counter.text
    assert "2027-01-31 16:00" in at_counter.text, "in the house's zone"
    second = await stood.page(su, "POST", "/cash/bonuses", _form(ko, "300", "b2"))
    assert (second.status_code, "under way already" in second.text) == (409, True)
    await _transfer(stood, f"{slip.removeprefix('/cash/')}/undo", _undo("300", "b3"))
    await assert_books_balance(stood.pool)


def _undo(amount: str, key: str, force: str = "") -> dict[str, str]:
    return {"amount": amount, "reason": "typed wrongly", "key": key, "force": force}


async def test_a_transfer_is_undone_in_parts_and_never_beyond_it(stood: Standing) -> None:
    su, hla = stood.cast.su, stood.cast.hla
    slip = await _transfer(stood, "deposits", _form(hla, "1000", "u1"))
    undo = f"{slip.removeprefix('/cash/')}/undo"
    part = await stood.page(su, "GET", await _transfer(stood, undo, _undo("400", "u2")))
    assert ("Undoes" in part.text, "not reversed" in part.text) == (True, True)
    assert await _transfer(stood, undo, _undo("400", "u2")) in str(part.url), "sent twice"
    much = await stood.page(su, "POST", f"/cash/{undo}", _undo("600.01", "u3"))
    assert (much.status_code, "No more than 600.00 of it" in much.text) == (409, True)
    await _transfer(stood, undo, _undo("600", "u4"))
    whole = await stood.page(su, "GET", slip)
    assert "undone wholly" in whole.text
    nothing = await stood.page(su, "POST", "/cash/slips/999999/undo", _undo("1", "u5"))
    assert nothing.status_code == 404
    await assert_books_balance(stood.pool)


async def test_money_that_is_gone_is_told_and_only_an_admin_forces_it(stood: Standing) -> None:
    su, thida, hla = stood.cast.su, stood.cast.thida, stood.cast.hla
    slip = await _transfer(stood, "deposits", _form(hla, "1000", "g1"))
    held = await _cash(stood, hla)
    await _transfer(stood, "withdrawals", _form(hla, str(held - 100), "g2"))
    undo = f"{slip}/undo"
    first = await stood.page(thida, "GET", slip)
    assert 'name="force"' not in first.text, "nobody is asked before it is refused"
    told = await stood.page(su, "POST", undo, _undo("1000", "g3"))
    assert (told.status_code, "still has 100 of it" in told.text) == (402, True)
    assert ("a debt of 900" in told.text, 'name="force"' in told.text) == (True, False)
    forged = await stood.page(su, "POST", undo, _undo("1000", "g4", "on"))
    assert (forged.status_code, await _cash(stood, hla)) == (403, 100)
    admin = await stood.page(thida, "POST", undo, _undo("1000", "g5"))
    assert ("will owe 900" in admin.text, 'name="force"' in admin.text) == (True, True)
    done = await stood.page(thida, "POST", undo, _undo("1000", "g5", "on"))
    assert "became a debt" in (await stood.page(thida, "GET", done.headers["hx-redirect"])).text
    assert "Owes 900" in (await stood.page(su, "GET", f"/cash?person={hla.id}")).text
    await _transfer(stood, "deposits", _form(hla, "900", "g6"))
    await assert_books_balance(stood.pool)


async def test_a_shift_is_opened_and_closed_with_a_count(stood: Standing) -> None:
    su, thida, khin = stood.cast.su, stood.cast.thida, stood.cast.khin
    await stood.page(su, "POST", "/cash/shifts/closing", {"counted": "0", "key": "s0"})
    none = await stood.page(su, "POST", "/cash/shifts/closing", {"counted": "0", "key": "s1"})
    assert (none.status_code, "No shift of yours" in none.text) == (409, True)
    assert "opens one with an empty drawer" in (await stood.page(su, "GET", "/cash")).text
    wrong = await stood.page(su, "POST", "/cash/shifts/opening", {"counted": "much", "key": "s2"})
    assert (wrong.status_code, "field-error" in wrong.text) == (400, True)
    form = {"counted": "5,000", "key": "s2"}
    answers = [await stood.page(su, "POST", "/cash/shifts/opening", form) for _ in range(2)]
    assert [answer.headers.get("hx-refresh") for answer in answers] == ["true", "true"]
    again = await stood.page(su, "POST", "/cash/shifts/opening", form | {"key": "s3"})
    assert again.status_code == 409
    await _transfer(stood, "deposits", _form(khin, "700", "s4"))
    await _transfer(stood, "withdrawals", _form(khin, "200", "s5"))
    assert "5,500" in (await stood.page(su, "GET", "/cash/shifts/closing/form")).text
    closed = await stood.page(
        su, "POST", "/cash/shifts/closing", {"counted": "5499.50", "note": "torn", "key": "s6"}
    )
    report = closed.headers["hx-redirect"]
    shown = await stood.page(su, "GET", report)
    assert ("−0.50" in shown.text, "missing" in shown.text, "torn" in shown.text) == (True,) * 3
    assert report in (await stood.page(thida, "GET", "/cash/shifts")).text
    await assert_books_balance(stood.pool)


async def test_another_cashiers_shift_is_not_shown(stood: Standing) -> None:
    su, thida, khin = stood.cast.su, stood.cast.thida, stood.cast.khin
    await _transfer(stood, "deposits", _form(khin, "1", "o1"), "thida")
    async with transaction(stood.pool) as connection:
        theirs = await connection.fetchval(
            "select max(id) from shifts where cashier_id = $1", thida.id
        )
    path = f"/cash/shifts/{theirs}"
    assert (await stood.page(thida, "GET", path)).status_code == 200
    assert (await stood.page(su, "GET", path)).status_code == 404
    assert f'href="{path}"' not in (await stood.page(su, "GET", "/cash/shifts")).text
    for nonsense in ("x", "0", "999999999999", "99999"):
        assert (await stood.page(thida, "GET", f"/cash/shifts/{nonsense}")).status_code == 404


async def test_what_waits_says_so_at_the_counter(stood: Standing) -> None:
    su, thida, aung = stood.cast.su, stood.cast.thida, stood.cast.aung
    before = await _cash(stood, aung)
    await stood.page(thida, "POST", "/approvals/rules", {"above": "100"})
    form = _form(aung, "101", "w1")
    answers = [await stood.page(su, "POST", "/cash/withdrawals", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "waits for a second person as no. 1." in answers[0].text
    assert ("as no. 1." in answers[1].text, await _cash(stood, aung)) == (True, before)
    assert "<b>1</b> waits" in (await stood.page(su, "GET", "/cash")).text


@pytest.mark.parametrize("name", ["min", "aung", "ko"])
async def test_the_desk_is_for_cashiers(stood: Standing, name: str) -> None:
    person = getattr(stood.cast, name)
    for path in ("/cash", "/cash/slips/1", "/cash/shifts", "/cash/shifts/1", "/books"):
        assert (await stood.page(person, "GET", path)).status_code == 403
    form = _form(stood.cast.khin, "1", "theirs")
    for path in ("deposits", "advances", "bonuses", "slips/1/undo", "shifts/opening"):
        assert (await stood.page(person, "POST", f"/cash/{path}", form)).status_code == 403
