"""The page of what waits for a second person."""

from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest

from banker.books import four_eyes, ledger
from banker.books.people import Person
from banker.database import transaction
from tests.balanced import assert_books_balance
from tests.databases import Clones
from tests.web.standing import Standing, fresh_key, standing


@pytest.fixture
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """A house that wants four eyes above 100."""
    async with standing(clones) as stood:
        async with transaction(stood.pool) as connection:
            await four_eyes.write_rules(connection, Decimal(100))
        yield stood


async def _send(stood: Standing, person: Person, path: str, **form: str) -> httpx.Response:
    return await stood.page(person, "POST", path, {"key": fresh_key(), "reason": "winnings"} | form)


async def _withdraw(stood: Standing, person: Person, holder: Person, amount: str) -> None:
    answer = await _send(stood, person, "/cash/withdrawals", user_id=str(holder.id), amount=amount)
    assert "waits for a second person" in answer.text


async def _cash(stood: Standing, person: Person) -> Decimal:
    async with transaction(stood.pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id].cash_balance


async def test_what_waits_is_told_in_words_and_approved_by_another(stood: Standing) -> None:
    su, thida, aung = stood.cast.su, stood.cast.thida, stood.cast.aung
    await _withdraw(stood, su, aung, "250")
    own = await stood.page(su, "GET", "/approvals")
    assert "Pay 250 out to aung, from cash." in own.text
    assert ("waits for somebody else" in own.text, ">Approve<" in own.text) == (True, False)
    assert ">Approve<" in (await stood.page(thida, "GET", "/approvals/board")).text
    forged = await _send(stood, su, "/approvals/1/approval")
    assert (forged.status_code, "Nobody approves" in forged.text) == (403, True)
    assert await _cash(stood, aung) == 1_000_000
    for _ in range(2):
        done = await _send(stood, thida, "/approvals/1/approval")
        assert (done.status_code, "No. 1 is approved" in done.headers["hx-trigger-after-swap"]) == (
            200,
            True,
        )
    assert await _cash(stood, aung) == 999_750
    assert "/cash/slips/3" in done.text, "the slip of what was done"
    await assert_books_balance(stood.pool)


async def test_what_fails_at_approval_is_told_at_its_row_and_still_waits(stood: Standing) -> None:
    su, thida, hla = stood.cast.su, stood.cast.thida, stood.cast.hla
    await _send(stood, su, "/cash/deposits", user_id=str(hla.id), amount="150")
    await _withdraw(stood, su, hla, "150")
    await _send(stood, su, "/cash/withdrawals", user_id=str(hla.id), amount="60")
    refused = await _send(stood, thida, "/approvals/1/approval")
    assert (refused.status_code, "150 is needed and 90 is there" in refused.text) == (402, True)
    assert ">Approve<" in refused.text
    dialog = await stood.page(thida, "GET", "/approvals/1/refusal")
    assert "Pay 150 out to hla" in dialog.text
    wrong = await _send(stood, thida, "/approvals/1/refusal", note="x" * 201)
    assert (wrong.status_code, wrong.headers["hx-retarget"]) == (400, "#dialog-body")
    await _send(stood, thida, "/approvals/1/refusal", note="it is gone")
    late = await _send(stood, thida, "/approvals/1/approval")
    assert (late.status_code, "No. 1: It was refused" in late.text) == (409, True)
    assert "it is gone" in late.text
    assert await _cash(stood, hla) == 90
    await assert_books_balance(stood.pool)


async def test_whoever_asked_takes_it_back(stood: Standing) -> None:
    su, aung = stood.cast.su, stood.cast.aung
    await _withdraw(stood, su, aung, "250")
    taken = await _send(stood, su, "/approvals/1/refusal")
    assert ("taken back" in taken.text, await _cash(stood, aung)) == (True, 1_000_000)


async def test_every_kind_has_its_words_and_its_deciders(stood: Standing) -> None:
    cast, phase = stood.cast, stood.cast.phase
    # Approvals are numbered in the order asked.
    asks = (
        (cast.su, "POST", "/api/cash/credit-limits", {"user_id": str(cast.khin.id), "amount": "9"}),
        (cast.su, "POST", "/api/cash/reversals", {"transfer_id": "1", "amount": "101.00"}),
        (cast.thida, "PUT", f"/api/phases/{phase.id}/limits/137", {"max_amount": "60000.00"}),
        (
            cast.min,
            "PATCH",
            f"/api/phases/{phase.id}",
            {"total_limit": None, "global_limit": "70000.00", "closes_at": "2030-01-01T00:00:00Z"},
        ),
        (cast.thida, "PUT", "/api/house-rules", {"four_eyes_above": None}),
    )
    for person, method, path, body in asks:
        body = body | {"reason": "asked for"} if "/cash/" in path else body
        answer = await stood.ask(person.username, method, path, body, fresh_key())
        assert answer.status_code == 202, answer.text
    board = (await stood.page(cast.min, "GET", "/approvals")).text
    for words in (
        "Let khin draw more credit: from 0 to 9.",
        "Undo 101 of no. 1 of aung.",
        "Raise the limit of number 137 in Nov-16: from 50,000 as every number to 60,000.",
        "limit of every number from 50,000 to 70,000",
        "closing time from none to 2030-01-01 06:30",
        "Turn four eyes off; now above 100.",
    ):
        assert words in board
    assert ">Approve<" not in board, "a manager decides of phases, and this one asked for it"
    assert board.count("a cashier or an admin decides this") == 2
    assert board.count("an admin decides this") == 4
    by_cashier = await _send(stood, cast.su, "/approvals/3/approval")
    assert by_cashier.status_code == 403


async def test_the_rule_is_tightened_at_once_and_loosened_by_two(stood: Standing) -> None:
    thida, su = stood.cast.thida, stood.cast.su
    tighter = await _send(stood, thida, "/approvals/rules", above="50")
    assert "holds from now on" in tighter.headers["hx-trigger-after-swap"]
    looser = await _send(stood, thida, "/approvals/rules", above="")
    assert "waits for a second admin" in looser.headers["hx-trigger-after-swap"]
    assert '<b class="figure-value">50</b>' in looser.text
    wrong = await _send(stood, thida, "/approvals/rules", above="all")
    assert (wrong.status_code, "field-error" in wrong.text) == (400, True)
    assert (await _send(stood, su, "/approvals/rules", above="1")).status_code == 403
    assert "Change the rule" not in (await stood.page(su, "GET", "/approvals")).text


async def test_collectors_and_partners_see_nothing_of_it(stood: Standing) -> None:
    await _withdraw(stood, stood.cast.su, stood.cast.aung, "250")
    for person in (stood.cast.aung, stood.cast.ko):
        for path in ("/approvals", "/approvals/board", "/approvals/1/refusal"):
            assert (await stood.page(person, "GET", path)).status_code == 403
        assert (await _send(stood, person, "/approvals/1/approval")).status_code == 403
    for nonsense in ("x", "0", "99999"):
        answer = await _send(stood, stood.cast.thida, f"/approvals/{nonsense}/approval")
        assert answer.status_code == 404
