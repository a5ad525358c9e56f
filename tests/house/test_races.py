"""Many at once: one key, one ticket, one draw, one deposit, and a closing in the middle."""

from decimal import Decimal

import pytest

from banker.books.request import Answer
from banker.database import Pool
from banker.rules.number import label
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD, Cast, place, placed, slip
from tests.house.conftest import Doors, at_once


async def test_one_key_sent_50_times_at_once_is_one_ticket(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    await doors.sign_in("aung")
    answers = await at_once(
        doors.send(cast.phase, "aung", "137 500\n138r 10", "one") for _ in range(50)
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert ["Idempotent-Replayed" in answer.headers for answer in answers].count(False) == 1
    other = await at_once(doors.send(cast.phase, "aung", "137 501", "one") for _ in range(10))
    assert {(answer.status_code, answer.json()["code"]) for answer in other} == {
        (422, "key-reused")
    }
    listed = await doors.tickets(cast.phase)
    assert [ticket["id"] for ticket in listed] == [answers[0].json()["id"]]
    assert await doors.cash("aung", cast.aung.id) == Decimal("999440.00")
    await assert_books_balance(pool)


async def test_one_key_in_50_transactions_at_once_is_one_ticket(pool: Pool, cast: Cast) -> None:
    asked = slip(cast.aung, "137 500\n138r 10", key="one")
    answers = [
        answer for [answer] in await at_once(place(pool, cast.phase, asked) for _ in range(50))
    ]
    assert all(isinstance(answer, Answer) for answer in answers), answers
    assert len({answer.body for answer in answers if isinstance(answer, Answer)}) == 1
    replayed = [answer.replayed for answer in answers if isinstance(answer, Answer)]
    assert replayed.count(False) == 1
    async with pool.acquire() as connection:
        assert await connection.fetchval("select count(*) from tickets") == 1
    await assert_books_balance(pool)


async def test_two_bodies_under_one_key_at_once_are_one_ticket(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    await doors.sign_in("aung")
    for number in range(10):
        texts = [f"{label(number)} 100", f"{label(number)} 200"] * 4
        answers = await at_once(
            doors.send(cast.phase, "aung", text, f"two-{number}") for text in texts
        )
        accepted = {answer.content for answer in answers if answer.status_code == 201}
        refused = [answer.json()["code"] for answer in answers if answer.status_code != 201]
        assert len(accepted) == 1
        assert refused == ["key-reused"] * 4
    await assert_books_balance(pool)


@pytest.mark.parametrize("times", [2, 8])
async def test_a_phase_settled_several_times_at_once_is_paid_once(
    pool: Pool, cast: Cast, doors: Doors, times: int
) -> None:
    for _ in range(20):
        await placed(pool, cast.phase, cast.aung, "137 100\n731 5")
        await placed(pool, cast.phase, cast.khin, "137 0.50")
    await doors.close(cast.phase)
    path = f"/api/phases/{cast.phase.id}/settlement"
    answers = await at_once(doors.ask("min", "POST", path, {"number": "137"}) for _ in range(times))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["total_out"] == "160800.00"
    other = await doors.ask("min", "POST", path, {"number": "138"})
    assert (other.status_code, other.json()["code"]) == (409, "wrong-state")
    # 20 × 105 staked, 15 % of it back as commission, 20 × 8,000 won.
    assert await doors.cash("aung", cast.aung.id) == Decimal("1158215.00")
    await assert_books_balance(pool)


async def test_two_draws_entered_at_once_are_one_draw(pool: Pool, cast: Cast, doors: Doors) -> None:
    await placed(pool, cast.phase, cast.aung, "137 100\n138 200")
    await doors.close(cast.phase)
    path = f"/api/phases/{cast.phase.id}/settlement"
    answers = await at_once(
        doors.ask("min", "POST", path, {"number": number}) for number in ("137", "138") * 3
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 3
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    await assert_books_balance(pool)


async def test_a_ticket_voided_16_times_at_once_gives_its_stake_back_once(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 300")
    ticket = await placed(pool, cast.phase, cast.aung, "137 500\n138r 10")
    await doors.sign_in("aung", "thida")
    answers = await at_once(
        doors.ask(name, "POST", f"/api/tickets/{ticket.id}/void") for name in ("aung", "thida") * 8
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert await doors.cash("aung", cast.aung.id) == Decimal("999700.00")
    risk = await doors.read("thida", f"/api/phases/{cast.phase.id}/risk")
    assert risk["numbers"][137]["total_bet"] == "300.00"
    assert (risk["total_in"], risk["ticket_count"]) == ("300.00", 1)
    await assert_books_balance(pool)


async def test_20_deposits_sent_10_times_each_at_once_are_20_deposits(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    await doors.sign_in("su")
    body = {"user_id": str(cast.hla.id), "amount": "1000.01", "reason": "over the counter"}
    answers = await at_once(
        doors.ask("su", "POST", "/api/cash/deposits", body, key=f"deposit-{place % 20}")
        for place in range(200)
    )
    assert {answer.status_code for answer in answers} == {201}
    by_key = [{answer.content for answer in answers[key::20]} for key in range(20)]
    assert all(len(bodies) == 1 for bodies in by_key)
    assert len(set.union(*by_key)) == 20
    assert await doors.cash("hla", cast.hla.id) == Decimal("20000.20")
    await assert_books_balance(pool)


async def test_one_person_who_signs_in_8_times_at_once_is_signed_in(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    body = {"username": "Aung", "password": PASSWORD}
    answers = await at_once(doors.ask("min", "POST", "/api/tokens", body) for _ in range(8))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["token"] for answer in answers}) == 8
