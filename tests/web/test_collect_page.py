"""The collector's page over HTTP: what is read back, what is taken, and whose slips are shown."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from banker.books import exposure, ledger, phase, resettlement, session, settlement, ticket
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from tests.balanced import assert_books_balance
from tests.cast import Cast, deposit, placed

Visit = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def visit(address: str, pool: Pool) -> AsyncIterator[Visit]:
    """A page asked for as a person of the cast; `slip` is sent as the box sends it, `form` as a
    form."""
    tokens: dict[int, str] = {}
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        csrf = (await client.get("/signin")).cookies["csrf"]

        async def visit(
            person: Person,
            path: str,
            slip: dict[str, Any] | bytes | None = None,
            form: dict[str, str] | None = None,
            key: str | None = None,
        ) -> httpx.Response:
            if person.id not in tokens:
                async with transaction(pool) as connection:
                    opened = await session.open_(connection, person.id, "page", "127.0.0.1")
                    tokens[person.id] = opened.token
            headers = {"Cookie": f"csrf={csrf}; banker={tokens[person.id]}", "x-csrftoken": csrf}
            if key is not None:
                headers["Idempotency-Key"] = key
            if slip is None and form is None:
                return await client.get(path, headers=headers)
            headers["HX-Request"] = "true"
            if isinstance(slip, bytes):
                headers["Content-Type"] = "application/json"
                return await client.post(path, content=slip, headers=headers)
            return await client.post(path, json=slip, data=form, headers=headers)

        yield visit


def facts(response: httpx.Response) -> dict[str, Any]:
    """What the reading says of each line."""
    assert response.status_code == 200, response.text
    block = re.search(r'id="reading-facts">(.*?)</script>', response.text, re.DOTALL)
    assert block is not None
    found: dict[str, Any] = json.loads(block[1])
    return found


async def test_a_slip_is_read_back_line_by_line(visit: Visit, cast: Cast) -> None:
    slip = {"phase": "1", "text": "123 500\n456r 300\n12 700\n# note\ntotal 2,300"}
    told = facts(await visit(cast.aung, "/collect/reading", slip))
    assert told["state"] == "unreadable"
    assert told["status"] == "1 line to mend"
    assert [1, "1 × 500", ""] in told["margins"]
    assert [2, "6 × 300 = 1,800", ""] in told["margins"]
    assert [3, "not three digits", "bad"] in told["margins"]
    assert told["marks"] == [[3, 1, 2, "bad"]]
    slip["text"] = slip["text"].replace("12 700\n", "")
    told = facts(await visit(cast.aung, "/collect/reading", slip))
    assert (told["state"], told["total"], told["count"]) == ("ready", "2,300", "7 numbers")
    assert told["marks"] == []


async def test_an_empty_box_has_nothing_to_mend(visit: Visit, cast: Cast) -> None:
    told = facts(await visit(cast.aung, "/collect/reading", {"phase": "1", "text": " \n"}))
    assert (told["state"], told["margins"], told["marks"]) == ("blank", [], [])


async def test_a_number_over_its_room_is_marked_where_it_stands(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    async with transaction(pool) as connection:
        await exposure.set_limit(connection, 1, 137, Decimal(1350))
    slip = {"phase": "1", "text": "111 500\n  ၁၃၇=5000\n13x 1"}
    response = await visit(cast.aung, "/collect/reading", slip)
    told = facts(response)
    assert told["state"] == "room"
    assert [2, "room 1,350", "warn"] in told["margins"]
    assert told["marks"] == [[2, 3, 3, "warn"], [3, 1, 5, "warn"]]
    assert "asks 5,001" in response.text
    fitted = await visit(cast.aung, "/collect/fitted", {**slip, "numbers": ["137"]})
    assert fitted.text.startswith("# 137 asked 5,001, room 1,350\n111=500\n130=1\n")
    assert "\n137=1350\n" in fitted.text
    slip["text"] = fitted.text
    assert facts(await visit(cast.aung, "/collect/reading", slip))["state"] == "ready"


async def test_a_slip_that_cannot_be_read_is_never_rewritten(visit: Visit, cast: Cast) -> None:
    slip = {"phase": "1", "text": "137 60000\nhello", "numbers": None}
    assert (await visit(cast.aung, "/collect/fitted", slip)).text == slip["text"]


NO_SLIPS = (
    b"[" * 200_000,
    b'{"text":' + b"[" * 100_000,
    b'{"text":"\xff"}',
    b'{"text":"\\ud800"}',
    b'{"text":7}',
    b"[]",
    b"",
)


@pytest.mark.parametrize("path", ["reading", "fitted", "stripped", "tickets"])
async def test_a_body_that_is_no_slip_is_malformed(visit: Visit, cast: Cast, path: str) -> None:
    for body in NO_SLIPS:
        response = await visit(cast.aung, f"/collect/{path}", slip=body, key="a")
        assert response.status_code == 400, body[:20]


async def test_names_and_times_go_only_when_asked(visit: Visit, cast: Cast) -> None:
    slip = {"phase": "1", "text": "[12:30] Aung: 123 500\n456 100"}
    response = await visit(cast.aung, "/collect/reading", slip)
    assert facts(response)["state"] == "unreadable"
    assert "data-strip" in response.text
    assert (await visit(cast.aung, "/collect/stripped", slip)).text == "123 500\n456 100"


async def test_a_balance_that_does_not_cover_the_slip_is_told(visit: Visit, cast: Cast) -> None:
    response = await visit(cast.hla, "/collect/reading", {"phase": "1", "text": "123 500"})
    assert facts(response)["state"] == "funds"
    assert "needs 500" in response.text


async def test_who_owes_is_told_what_is_to_be_repaid_before_anything_is_staked(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    async def purse() -> dict[str, str]:
        side = (await visit(cast.hla, "/collect/side")).text
        return dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", side))

    await deposit(pool, cast, cast.hla, "50.00")
    for limit, told in ((80, ("80", "130")), (100, ("100", "150"))):
        async with transaction(pool) as connection:
            await ledger.approve_credit(connection, cast.hla.id, Decimal(limit))
        shown = await purse()
        assert (shown["Credit left"], shown["Can be staked"]) == told
    await placed(pool, cast.phase, cast.hla, "137 120")
    await deposit(pool, cast, cast.hla, "10.00")
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal(40))
    shown = await purse()
    assert (shown["Cash"], shown["Credit left"], shown["Can be staked"]) == (
        "10",
        "0",
        "0",
    )
    assert shown["To be repaid first"] == "30"


async def test_the_phase_as_a_whole_may_be_full(visit: Visit, cast: Cast, pool: Pool) -> None:
    async with transaction(pool) as connection:
        await phase.amend(connection, 1, total_limit=Decimal(900))
    response = await visit(cast.aung, "/collect/reading", {"phase": "1", "text": "1t5p 100"})
    told = facts(response)
    assert (told["state"], told["marks"]) == ("room", [])
    assert "room for <b>900</b>, whatever the numbers" in response.text


async def test_a_slip_sent_twice_is_one_ticket_and_one_receipt(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    slip = {"phase": "1", "text": "123r 500", "note": "for U Ba"}
    first = await visit(cast.aung, "/collect/tickets", slip, key="a")
    again = await visit(cast.aung, "/collect/tickets", slip, key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Slip #1 is taken" in first.text
    assert "Slip #1 had been taken already" in again.text
    assert again.headers["Idempotent-Replayed"] == "true"
    receipts = [re.findall(r"<article.*</article>", one.text, re.DOTALL) for one in (first, again)]
    assert receipts[0] == receipts[1]
    assert "for U Ba" in first.text
    async with transaction(pool) as connection:
        assert len(await ticket.newest(connection, 1, 10)) == 1
    await assert_books_balance(pool)


async def test_a_refusal_names_every_offender_and_takes_nothing(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    slip = {"phase": "1", "text": "123 60000\n456 70000\n789 5"}
    refused = await visit(cast.aung, "/collect/tickets", slip, key="a")
    assert refused.status_code == 409
    assert "123</b> asks 60,000" in refused.text
    assert "456</b> asks 70,000" in refused.text
    assert "789" not in refused.text
    unreadable = await visit(cast.aung, "/collect/tickets", {**slip, "text": "12 5"}, key="a")
    assert unreadable.status_code == 422
    assert "Line 1" in unreadable.text
    poor = await visit(cast.hla, "/collect/tickets", {**slip, "text": "123 5"}, key="a")
    assert poor.status_code == 402
    long_note = {**slip, "text": "123 5", "note": "x" * 501}
    assert (await visit(cast.aung, "/collect/tickets", long_note, key="a")).status_code == 400
    keyless = await visit(cast.aung, "/collect/tickets", {**slip, "text": "123 5"})
    assert keyless.status_code == 400
    async with transaction(pool) as connection:
        assert await ticket.newest(connection, 1, 10) == []
    taken = await visit(cast.aung, "/collect/tickets", {**slip, "text": "123 5"}, key="a")
    assert taken.status_code == 201


async def test_a_closed_phase_takes_nothing_and_the_page_says_so(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    async with transaction(pool) as connection:
        await settlement.close(connection, 1, cast.min.id)
    slip = {"phase": "1", "text": "123 500"}
    told = facts(await visit(cast.aung, "/collect/reading", slip))
    assert told["state"] == "stopped"
    assert (await visit(cast.aung, "/collect/tickets", slip, key="a")).status_code == 409
    assert "takes no more slips" in (await visit(cast.aung, "/collect")).text


async def test_a_chosen_phase_is_kept_while_it_is_open(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    async with transaction(pool) as connection:
        soon = datetime.now(UTC) + timedelta(hours=1)
        other = await phase.create(connection, cast.min.id, Draft(name="Dec-01", closes_at=soon))
        await phase.open_(connection, other.id)
    assert 'data-phase="2"' in (await visit(cast.aung, "/collect")).text
    chosen = await visit(cast.aung, "/collect?phase=1")
    assert 'data-phase="1"' in chosen.text
    assert "collect-phase=1" in chosen.headers["set-cookie"]
    assert (await visit(cast.aung, "/collect?phase=99")).status_code == 404
    assert (await visit(cast.aung, "/collect?phase=x")).status_code == 404


async def test_a_slip_is_found_by_its_number_by_its_own_collector(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "123 500")
    for sought in ("1", "%231", " 1 "):
        found = await visit(cast.aung, f"/collect/tickets?find={sought}")
        assert (found.status_code, found.headers["location"]) == (303, f"/tickets/{receipt.id}")
    for sought in ("2", "x", "99999999999", "-1"):
        assert (await visit(cast.aung, f"/collect/tickets?find={sought}")).status_code == 404
    assert (await visit(cast.khin, "/collect/tickets?find=1")).status_code == 404


async def test_the_list_pages_through_ones_own_slips(visit: Visit, cast: Cast, pool: Pool) -> None:
    for _ in range(51):
        await placed(pool, cast.phase, cast.aung, "123 10")
    await placed(pool, cast.phase, cast.khin, "123 10")
    newest = (await visit(cast.aung, "/collect/tickets")).text
    assert ("#51<" in newest, "#52<" in newest, "#1<" in newest) == (True, False, False)
    assert "before=2" in newest
    assert ">510<" in newest
    assert "#1<" in (await visit(cast.aung, "/collect/tickets?before=2")).text


async def test_a_ticket_is_shown_to_its_owner_and_the_house_alone(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "123 500")
    path = f"/tickets/{receipt.id}"
    for person in (cast.aung, cast.thida, cast.min):
        assert "Slip #1" in (await visit(person, path)).text
        assert "COPY" in (await visit(person, f"{path}/receipt")).text
    for asked in (path, f"{path}/receipt"):
        assert (await visit(cast.khin, asked)).status_code == 404
        assert (await visit(cast.su, asked)).status_code == 403
    assert (await visit(cast.khin, f"{path}/note", form={"note": "mine"})).status_code == 404
    assert (await visit(cast.khin, f"{path}/void", form={"x": ""})).status_code == 404
    assert (await visit(cast.min, f"{path}/note", form={"note": "mine"})).status_code == 403
    assert (await visit(cast.aung, "/tickets/nothing")).status_code == 404


async def test_a_note_is_written_and_taken_off(visit: Visit, cast: Cast, pool: Pool) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "123 500")
    path = f"/tickets/{receipt.id}"
    assert "for U Ba" in (await visit(cast.aung, f"{path}/note", form={"note": " for U Ba "})).text
    too_long = await visit(cast.thida, f"{path}/note", form={"note": "x" * 501})
    assert (too_long.status_code, "at most 500" in too_long.text) == (400, True)
    assert "for U Ba" in (await visit(cast.aung, f"{path}/receipt")).text
    await visit(cast.thida, f"{path}/note", form={"note": ""})
    assert "for U Ba" not in (await visit(cast.aung, f"{path}/receipt")).text


async def test_a_slip_is_voided_beside_the_box_and_on_its_page(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    first = await placed(pool, cast.phase, cast.aung, "123 500")
    second = await placed(pool, cast.phase, cast.aung, "456 500")
    beside = await visit(cast.aung, f"/collect/tickets/{first.id}/void", form={"x": ""})
    assert (beside.status_code, "voided" in beside.text) == (200, True)
    assert "999,500" in beside.text
    own = await visit(cast.thida, f"/tickets/{second.id}/void", form={"x": ""})
    assert "void since" in own.text
    assert "VOID" in (await visit(cast.aung, f"/tickets/{first.id}/receipt")).text
    await assert_books_balance(pool)


async def test_a_slip_past_its_window_stands(visit: Visit, cast: Cast, pool: Pool) -> None:
    async with transaction(pool) as connection:
        await phase.amend(connection, 1, void_window_s=0)
    receipt = await placed(pool, cast.phase, cast.aung, "123 500")
    for path in (f"/collect/tickets/{receipt.id}/void", f"/tickets/{receipt.id}/void"):
        refused = await visit(cast.aung, path, form={"x": ""})
        assert (refused.status_code, "can be voided for 0 seconds" in refused.text) == (409, True)


async def test_a_ticket_that_won_shows_what_it_was_paid(
    visit: Visit, cast: Cast, pool: Pool
) -> None:
    won = await placed(pool, cast.phase, cast.aung, "123r 500")
    lost = await placed(pool, cast.phase, cast.aung, "456 500")
    async with transaction(pool) as connection:
        await settlement.close(connection, 1, cast.min.id)
        await settlement.settle(connection, 1, Draw(123, "the radio", cast.min.id))
    assert "40,000" in (await visit(cast.aung, f"/tickets/{won.id}")).text
    assert "Payouts" not in (await visit(cast.aung, f"/tickets/{lost.id}")).text


async def test_a_draw_is_told_with_what_it_brought(visit: Visit, cast: Cast, pool: Pool) -> None:
    await placed(pool, cast.phase, cast.aung, "123 500\n456 100")
    await placed(pool, cast.phase, cast.khin, "456 1")
    assert "Drawn" not in (await visit(cast.aung, "/collect/side")).text
    async with transaction(pool) as connection:
        await settlement.close(connection, 1, cast.min.id)
        await settlement.settle(connection, 1, Draw(123, "the radio", cast.min.id))
    aung = (await visit(cast.aung, "/collect/side")).text
    assert ("Won 40,000" in aung, "commission 90" in aung, "of 600 staked" in aung) == (True,) * 3
    khin = (await visit(cast.khin, "/collect/side")).text
    assert ("Nothing won" in khin, "commission" in khin.split("Drawn")[1].split("My slips")[0]) == (
        True,
        False,
    )
    assert "Drawn" not in (await visit(cast.hla, "/collect/side")).text
    async with transaction(pool) as connection:
        draw = Draw(456, "the gazette", cast.min.id, "misheard")
        await resettlement.resettle(connection, 1, draw)
    aung = (await visit(cast.aung, "/collect/side")).text
    assert ("Won 8,000" in aung, "the 40,000 that it paid are taken back" in aung) == (True, True)
    assert "is owed" not in aung
    await assert_books_balance(pool)
