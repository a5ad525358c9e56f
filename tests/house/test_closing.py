"""A closing in the middle of it all: what was accepted before it counts, and nothing after it."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import msgspec

from banker.books import phase, settlement
from banker.books.phase import Phase
from banker.books.receipt import Receipt
from banker.database import Pool, reading
from tests.balanced import assert_books_balance
from tests.cast import Cast, placed
from tests.house.conftest import Doors, at_once, eventually


async def test_a_phase_closed_by_hand_has_what_it_accepted_and_nothing_after(
    pool: Pool, cast: Cast, doors: Doors, crowd: list[str]
) -> None:
    await doors.sign_in(*crowd[:32], "min")
    receipts: list[Receipt] = []
    sending = [_send_until_closed(doors, cast.phase, name, receipts) for name in crowd[:32]]

    async def close() -> None:
        await eventually(lambda: len(receipts) >= 100, patience_s=30)
        await doors.close(cast.phase)

    await at_once([*sending, close()])
    async with reading(pool) as connection:
        closed = await phase.read(connection, cast.phase.id)
    assert closed.closed_at is not None
    await _assert_taken(doors, cast.phase, receipts, closed.closed_at)
    await assert_books_balance(pool)


async def test_a_phase_whose_time_is_over_has_what_it_accepted_and_nothing_after(
    pool: Pool, cast: Cast, doors: Doors, crowd: list[str]
) -> None:
    await doors.sign_in(*crowd[:32], "min")
    closes_at = datetime.now(UTC) + timedelta(seconds=1.5)
    path, body = f"/api/phases/{cast.phase.id}", {"closes_at": closes_at.isoformat()}
    amended = await doors.ask("min", "PATCH", path, body)
    assert amended.status_code == 200, amended.text
    receipts: list[Receipt] = []
    await at_once(_send_until_closed(doors, cast.phase, name, receipts) for name in crowd[:32])
    await doors.close(cast.phase)
    await _assert_taken(doors, cast.phase, receipts, closes_at)
    await assert_books_balance(pool)


async def test_voids_that_race_the_closing_are_void_before_it_or_refused(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    tickets = [await placed(pool, cast.phase, cast.aung, f"{n:03d} 100") for n in range(40)]
    await doors.sign_in("aung", "min")

    async def void(place: int, ticket_id: str) -> httpx.Response:
        await asyncio.sleep(place * 0.004)
        return await doors.ask("aung", "POST", f"/api/tickets/{ticket_id}/void")

    async def close() -> None:
        await asyncio.sleep(0.08)
        await doors.close(cast.phase)

    closing = asyncio.create_task(close())
    answers = await at_once(void(place, one.id) for place, one in enumerate(tickets))
    await closing
    async with reading(pool) as connection:
        row = await settlement.read(connection, cast.phase.id)
    voided = [answer.json() for answer in answers if answer.status_code == 200]
    refused = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert voided
    assert refused == ["wrong-state"] * (len(tickets) - len(voided))
    assert max(datetime.fromisoformat(one["voided_at"]) for one in voided) < row.closed_at
    assert (row.total_in, row.ticket_count) == (100 * len(refused), len(refused))
    assert await doors.cash("aung", cast.aung.id) == Decimal(1_000_000) - row.total_in
    await assert_books_balance(pool)


async def _send_until_closed(
    doors: Doors, asked: Phase, name: str, receipts: list[Receipt]
) -> None:
    """A collector who sends one slip after another until it is over, and once again after that."""
    for place in itertools.count():
        text = f"{place % 500:03d} 12.34\n{500 + place % 500} 5.67"
        answer = await doors.send(asked, name, text, f"slip-{place}")
        if answer.status_code != 201:
            break
        receipts.append(msgspec.json.decode(answer.content, type=Receipt))
    late = await doors.send(asked, name, "007 1", "late")
    for refused in (answer, late):
        assert (refused.status_code, refused.json()["code"]) == (409, "phase-closed")


async def _assert_taken(
    doors: Doors, closed: Phase, receipts: list[Receipt], before: datetime
) -> None:
    """The tickets and the settlement row are the receipts, all from before the moment."""
    assert receipts
    assert max(receipt.placed_at for receipt in receipts) < before
    stored = await doors.tickets(closed)
    assert sorted(ticket["id"] for ticket in stored) == sorted(one.id for one in receipts)
    assert sorted(one.sequence for one in receipts) == list(range(1, len(receipts) + 1))
    row = await doors.read("min", f"/api/phases/{closed.id}/settlement")
    assert Decimal(row["total_in"]) == sum(receipt.total for receipt in receipts)
    assert Decimal(row["commission"]) == sum(receipt.commission for receipt in receipts)
    assert (row["ticket_count"], row["bet_count"]) == (len(receipts), 2 * len(receipts))
