from decimal import Decimal

import msgspec

from banker.books import ledger, phase
from banker.books.receipt import Receipt
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import InsufficientFunds, IntakeStopped, KeyReused, OverLimit, PhaseClosed
from tests.cast import Cast, deposit, place, placed, slip


async def balance(pool: Pool, person_id: int) -> Decimal:
    async with transaction(pool) as connection:
        return (await ledger.balances(connection, [person_id]))[person_id].total_balance


async def test_a_slip_becomes_a_ticket(pool: Pool, cast: Cast) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "123 500\n456r 300\n123 0.50")
    assert (receipt.sequence, receipt.count) == (1, 7)
    assert receipt.total == Decimal("2300.50")
    assert receipt.commission == Decimal("345.08")
    assert receipt.balance == Decimal("997699.50") == await balance(pool, cast.aung.id)
    assert [bet.number for bet in receipt.bets][:2] == ["123", "456"]
    assert receipt.bets[0].amount == Decimal("500.50")


async def test_a_refused_slip_leaves_nothing(pool: Pool, cast: Cast) -> None:
    [refusal] = await place(pool, cast.phase, slip(cast.hla, "123 500"))
    assert isinstance(refusal, InsufficientFunds)
    assert refusal.facts == {"needed": "500.00", "available": "0.00"}
    async with transaction(pool) as connection:
        read = await phase.read(connection, cast.phase.id)
        assert (read.version, read.total_in, read.last_sequence) == (0, 0, 0)
        for table in ("tickets", "bets"):
            assert await connection.fetchval(f"select count(*) from {table}") == 0
        asked = "select count(*) from requests where actor_id = $1"
        assert await connection.fetchval(asked, cast.hla.id) == 0
        assert await connection.fetchval("select max(total_bet) from exposures") == 0


async def test_every_offender_is_named_with_its_room(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.khin, "137 49000")
    [refusal] = await place(pool, cast.phase, slip(cast.aung, "137 5000\n444 60000"))
    assert isinstance(refusal, OverLimit)
    assert refusal.facts["numbers"] == [
        {"number": "137", "asked": "5000.00", "room": "1000.00", "bound_by": "global-limit"},
        {"number": "444", "asked": "60000.00", "room": "50000.00", "bound_by": "global-limit"},
    ]
    assert "137 asks 5000.00, room is 1000.00" in refusal.detail


async def test_the_same_key_is_one_ticket_and_equal_answers(pool: Pool, cast: Cast) -> None:
    first = slip(cast.aung, "123 500", key="k")
    answers = await place(pool, cast.phase, first, first)
    again = await place(pool, cast.phase, first)
    assert all(isinstance(answer, Answer) for answer in answers + again)
    assert len({answer.body for answer in answers + again if isinstance(answer, Answer)}) == 1
    assert isinstance(again[0], Answer)
    assert again[0].replayed
    [other] = await place(pool, cast.phase, slip(cast.aung, "123 501", key="k"))
    assert isinstance(other, KeyReused)
    async with transaction(pool) as connection:
        assert await connection.fetchval("select count(*) from tickets") == 1


async def test_slips_in_one_list_are_judged_in_order_of_arrival(pool: Pool, cast: Cast) -> None:
    answers = await place(
        pool,
        cast.phase,
        slip(cast.aung, "137 30000"),
        slip(cast.khin, "137 30000"),
        slip(cast.khin, "137 20000"),
        slip(cast.hla, "2t 5"),
    )
    assert [type(answer) for answer in answers] == [Answer, OverLimit, Answer, InsufficientFunds]
    receipt = msgspec.json.decode(answers[2].body, type=Receipt)  # type: ignore[union-attr]
    assert receipt.sequence == 2


async def test_a_stopped_intake_and_a_draft_refuse(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await phase.set_intake(connection, cast.phase.id, False)
    assert isinstance((await place(pool, cast.phase, slip(cast.aung, "123 5")))[0], IntakeStopped)
    async with transaction(pool) as connection:
        draft = await phase.create(connection, cast.thida.id, phase.Draft(name="later"))
    assert isinstance((await place(pool, draft, slip(cast.aung, "123 5")))[0], PhaseClosed)


async def test_a_stake_draws_cash_then_bonus_then_credit(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "100.00")
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal("50.00"))
    receipt = await placed(pool, cast.phase, cast.hla, "123 120")
    assert receipt.balance == Decimal("-20.00")
    [refusal] = await place(pool, cast.phase, slip(cast.hla, "123 30.01"))
    assert isinstance(refusal, InsufficientFunds)
    assert refusal.facts == {"needed": "30.01", "available": "30.00"}


async def test_the_last_cent_of_the_total_limit_is_taken(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, total_limit=Decimal("100.01"))
    assert isinstance(
        (await place(pool, cast.phase, slip(cast.aung, "123 60\n124 40.02")))[0], OverLimit
    )
    await placed(pool, cast.phase, cast.aung, "123 60\n124 40.01")
