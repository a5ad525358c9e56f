"""One key in two phases at the same moment, and a first sender that does not end."""

from datetime import timedelta
from decimal import Decimal

import pytest

from banker.books import cash, phase, placement
from banker.books.judgement import Slip
from banker.books.phase import Draft, Phase
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import KeyReused
from banker.rules.number import label
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, place, slip
from tests.house.conftest import Doors, at_once

ROUNDS = 25


@pytest.fixture
async def other(pool: Pool, cast: Cast) -> Phase:
    """A second phase that is open beside the first."""
    async with transaction(pool) as connection:
        draft = await phase.create(connection, cast.thida.id, Draft(name="another"))
        return await phase.open_(connection, draft.id)


async def test_one_key_in_8_transactions_in_two_phases_at_once_is_one_ticket(
    pool: Pool, cast: Cast, other: Phase
) -> None:
    phases = (cast.phase, other)
    for number in range(ROUNDS):
        answers = await at_once(
            place(pool, phases[place_ % 2], *_slips(cast, phases[place_ % 2], number, place_))
            for place_ in range(8)
        )
        for at, person in enumerate((cast.aung, cast.khin)):
            # Every other list is turned round.
            told = [some[at if place_ < 4 else 1 - at] for place_, some in enumerate(answers)]
            taken = [one for one in told if isinstance(one, Answer)]
            assert [one.replayed for one in taken].count(False) == 1
            assert len({one.body for one in taken}) == 1
            assert [type(one) for one in told].count(KeyReused) == 4
            assert len({place_ % 2 for place_, one in enumerate(told) if one in taken}) == 1
            count = "select count(*) from tickets where collector_id = $1 and key = $2"
            assert await pool.fetchval(count, person.id, f"one-{number}") == 1
    assert await pool.fetchval("select count(*) from tickets") == 2 * ROUNDS
    await assert_books_balance(pool)


async def test_one_key_in_two_phases_at_once_over_http_is_one_ticket(
    pool: Pool, cast: Cast, other: Phase, doors: Doors
) -> None:
    await doors.sign_in("aung")
    for number in range(10):
        answers = await at_once(
            doors.send(to, "aung", f"{label(number)} 100", f"one-{number}")
            for to in (cast.phase, other, other, cast.phase) * 4
        )
        accepted = [answer for answer in answers if answer.status_code == 201]
        assert len({answer.content for answer in accepted}) == 1
        assert ["Idempotent-Replayed" in answer.headers for answer in accepted].count(False) == 1
        refused = [answer.json()["code"] for answer in answers if answer.status_code != 201]
        assert refused == ["key-reused"] * 8
    assert await doors.cash("aung", cast.aung.id) == Decimal("999000.00")
    await assert_books_balance(pool)


async def test_a_second_sender_of_a_slip_is_told_after_2_s_to_send_it_again(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    await doors.sign_in("aung")
    async with transaction(pool) as connection:
        sent = slip(cast.aung, "137 500", key="one")
        await placement.place(connection, cast.phase.id, [sent])
        # One at each worker: a third would wait behind one of them.
        path, body = f"/api/phases/{cast.phase.id}/tickets", {"text": "137 500"}
        answers = await at_once(doors.ask_once("aung", "POST", path, body, "one") for _ in range(2))
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "2"
        assert timedelta(seconds=2) <= answer.elapsed < timedelta(seconds=6)
    again = await doors.send(cast.phase, "aung", "137 500", "one")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    await assert_books_balance(pool)


async def test_a_second_sender_of_a_deposit_is_told_after_2_s_that_the_first_is_in_flight(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    await doors.sign_in("su")
    body = {"user_id": str(cast.hla.id), "amount": "5.00", "reason": "over the counter"}
    async with pool.acquire() as connection:
        first = connection.transaction()
        await first.start()
        one = asked(cast.su, "deposit", "5.00", key="one")
        await cash.deposit(connection, one, cast.hla.id, Decimal("5.00"), "over the counter")
        answer = await doors.ask_once("su", "POST", "/api/cash/deposits", body, key="one")
        await first.rollback()
    assert (answer.status_code, answer.json()["code"]) == (409, "in-flight")
    assert answer.headers["Retry-After"] == "2"
    assert answer.elapsed >= timedelta(seconds=2)
    assert (await doors.ask("su", "POST", "/api/cash/deposits", body, key="one")).status_code == 201
    await assert_books_balance(pool)


def _slips(cast: Cast, to: Phase, number: int, place_: int) -> list[Slip]:
    """The same two slips each time, turned round in the second half: purses are held in one order
    all the same."""
    made = [
        slip(person, f"{label(number)} 100", key=f"one-{number}", phase_id=to.id)
        for person in (cast.aung, cast.khin)
    ]
    return made if place_ < 4 else made[::-1]
