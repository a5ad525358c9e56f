"""The public face of slips and tickets."""

from datetime import UTC, datetime, timedelta

import pytest

from banker.desk import Desk
from tests.web.answers import TICKET_ID, TIME, answered, refused
from tests.web.standing import Standing, fresh_key


async def test_a_reading_tells_bets_in_number_order_and_lines_as_typed(stood: Standing) -> None:
    read = answered(
        await stood.ask("aung", "POST", "/api/parse", {"text": "138 5\n137 1.5\n138 5"})
    )
    assert read["bets"] == [
        {"number": "137", "amount": "1.50"},
        {"number": "138", "amount": "10.00"},
    ]
    assert (read["count"], read["total"], read["errors"]) == (2, "11.50", [])
    assert read["lines"][0] == {"line": 1, "text": "138 5", "count": 1, "amount": "5.00"}


async def test_a_reading_tells_every_problem_in_its_place(stood: Standing) -> None:
    read = answered(await stood.ask("thida", "POST", "/api/parse", {"text": "137 5\nhello\n138"}))
    assert [one["line"] for one in read["errors"]] == [2, 3]
    assert set(read["errors"][0]) == {"line", "column", "text", "problem", "detail"}


async def test_a_placed_slip_is_answered_with_its_ticket(stood: Standing) -> None:
    path = await stood.open()
    before = answered(await stood.ask("aung", "GET", f"/api/users/{stood.cast.aung.id}/balance"))
    ticket = answered(await stood.place(path, "138 40\n137 60"), 201)
    assert TICKET_ID.fullmatch(ticket.pop("id"))
    assert TIME.fullmatch(ticket.pop("placed_at"))
    assert ticket == {
        "sequence": 1,
        "bets": [{"number": "137", "amount": "60.00"}, {"number": "138", "amount": "40.00"}],
        "count": 2,
        "total": "100.00",
        "commission": "15.00",
        "balance": f"{float(before['total_balance']) - 100:.2f}",
    }


async def test_a_slip_beyond_the_funds_says_what_is_needed(stood: Standing) -> None:
    path = await stood.open()
    problem = refused(await stood.place(path, "137 1.5", "hla"), 402, "insufficient-funds")
    assert (problem["needed"], problem["available"]) == ("1.50", "0.00")


async def test_a_comment_that_cannot_be_stored_is_refused_before_it_reaches_the_desk(
    stood: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await stood.open()
    monkeypatch.setattr(Desk, "place", None)
    problem = refused(await stood.place(path, "# \0\n137 5"), 400, "malformed")
    assert problem["field"] == "text"


async def test_a_slip_on_a_draft_is_refused_as_closed(stood: Standing) -> None:
    path = await stood.draft()
    refused(await stood.place(path, "137 1"), 409, "phase-closed")


async def test_a_slip_on_an_unknown_phase_is_not_found(stood: Standing) -> None:
    refused(await stood.place("/api/phases/999999", "137 1"), 404, "not-found")


async def test_a_slip_after_the_closing_time_is_refused_though_nobody_closed(
    stood: Standing,
) -> None:
    path = await stood.open()
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    answered(await stood.ask("min", "PATCH", path, {"closes_at": soon.isoformat()}))
    while datetime.now(UTC) <= soon:
        assert answered(await stood.ask("min", "GET", path))["state"] == "open"
    refused(await stood.place(path, "137 1"), 409, "phase-closed")


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("hello", 422, "unreadable-slip"),
        ("137 999999", 409, "phase-closed"),
    ],
)
async def test_the_slip_is_read_before_the_phase_is_looked_at(
    stood: Standing, text: str, status: int, code: str
) -> None:
    path = await stood.draft()
    refused(await stood.place(path, text, "hla"), status, code)


async def test_limits_win_over_funds(stood: Standing) -> None:
    path = await stood.open(global_limit="10.00")
    refused(await stood.place(path, "137 11", "hla"), 409, "over-limit")
    refused(await stood.place(path, "137 10", "hla"), 402, "insufficient-funds")


async def test_a_ticket_is_found_again_with_its_bets(stood: Standing) -> None:
    path = await stood.open()
    body = {"text": "137 1", "note": "for uncle"}
    receipt = answered(await stood.ask("aung", "POST", f"{path}/tickets", body, fresh_key()), 201)
    ticket = answered(await stood.ask("aung", "GET", f"/api/tickets/{receipt['id']}"))
    assert {name: ticket[name] for name in receipt} == receipt
    assert (ticket["note"], ticket["text"], ticket["voided_at"]) == ("for uncle", "137 1", None)
    assert ticket["phase_id"] == path.rsplit("/", 1)[1]


async def test_a_note_is_kept_without_the_space_around_it_and_taken_off(stood: Standing) -> None:
    path = await stood.open()
    ticket = answered(await stood.place(path, "137 1"), 201)
    for sent, kept in (
        (" for uncle\n", "for uncle"),
        ("", None),
        ("for Ma", "for Ma"),
        (None, None),
    ):
        noted = await stood.ask("aung", "PUT", f"/api/tickets/{ticket['id']}/note", {"note": sent})
        assert answered(noted)["note"] == kept


async def test_anothers_ticket_is_not_found(stood: Standing) -> None:
    path = await stood.open()
    ticket = answered(await stood.place(path, "137 1"), 201)
    refused(await stood.ask("khin", "GET", f"/api/tickets/{ticket['id']}"), 404, "not-found")
    answered(await stood.ask("min", "GET", f"/api/tickets/{ticket['id']}"))


async def test_anothers_ticket_is_not_voided_and_not_noted(stood: Standing) -> None:
    path = await stood.open()
    ticket = answered(await stood.place(path, "137 1"), 201)
    voided = await stood.ask("khin", "POST", f"/api/tickets/{ticket['id']}/void")
    refused(voided, 404, "not-found")
    noted = await stood.ask("khin", "PUT", f"/api/tickets/{ticket['id']}/note", {"note": "mine"})
    refused(noted, 404, "not-found")


async def test_a_collector_lists_their_own_tickets_by_the_page(stood: Standing) -> None:
    path = await stood.open()
    for name in ("aung", "khin", "aung", "aung"):
        answered(await stood.place(path, "137 1", name), 201)
    first = answered(await stood.ask("aung", "GET", f"{path}/tickets?limit=2"))
    assert [one["sequence"] for one in first["items"]] == [4, 3]
    second = answered(
        await stood.ask("aung", "GET", f"{path}/tickets?limit=2&cursor={first['cursor']}")
    )
    assert [one["sequence"] for one in second["items"]] == [1]
    assert second["cursor"] is None


async def test_a_manager_lists_everybodys_tickets(stood: Standing) -> None:
    path = await stood.open()
    for name in ("aung", "khin"):
        answered(await stood.place(path, "137 1", name), 201)
    listed = answered(await stood.ask("min", "GET", f"{path}/tickets"))
    assert [one["collector"] for one in listed["items"]] == ["khin", "aung"]


async def test_a_voided_ticket_gives_its_stake_back(stood: Standing) -> None:
    path = await stood.open()
    balance = f"/api/users/{stood.cast.khin.id}/balance"
    before = answered(await stood.ask("khin", "GET", balance))
    ticket = answered(await stood.place(path, "137 1", "khin"), 201)
    voided = answered(await stood.ask("khin", "POST", f"/api/tickets/{ticket['id']}/void"))
    assert TIME.fullmatch(voided["voided_at"])
    assert answered(await stood.ask("khin", "GET", balance)) == before
    again = answered(await stood.ask("khin", "POST", f"/api/tickets/{ticket['id']}/void"))
    assert again == voided


async def test_a_ticket_outside_the_window_is_voided_by_an_admin_alone(stood: Standing) -> None:
    path = await stood.open(void_window_s=0)
    ticket = answered(await stood.place(path, "137 1"), 201)
    own = await stood.ask("aung", "POST", f"/api/tickets/{ticket['id']}/void")
    refused(own, 409, "wrong-state")
    answered(await stood.ask("thida", "POST", f"/api/tickets/{ticket['id']}/void"))


async def test_no_ticket_is_voided_after_the_closing(stood: Standing) -> None:
    path = await stood.open()
    ticket = answered(await stood.place(path, "137 1"), 201)
    await stood.ask("min", "POST", f"{path}/closure")
    voided = await stood.ask("thida", "POST", f"/api/tickets/{ticket['id']}/void")
    refused(voided, 409, "wrong-state")
