import asyncio
from decimal import Decimal

import asyncpg
import pytest

from banker.books import ledger, payout, placement, settlement, voiding
from banker.books.people import Person
from banker.books.request import Answer
from banker.books.resettlement import resettle
from banker.books.settlement import Draw
from banker.database import Pool, persist, reading, transaction
from banker.errors import WrongState
from tests.balanced import assert_books_balance
from tests.books.correcting import correct, do, held, opened
from tests.cast import Cast, close_and_settle, deposit, placed, slip


async def cash(pool: Pool, person_id: int) -> Decimal:
    async with reading(pool) as connection:
        return (await ledger.balances(connection, [person_id]))[person_id].cash_balance


async def test_winners_and_commission_are_paid_once(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500\n444 100")
    await placed(pool, cast.phase, cast.khin, "138 200")
    for _ in range(3):
        settled = await close_and_settle(pool, cast, 137) if _ == 0 else await again(pool, cast)
        assert settled.total_out == Decimal("40000.00")
        assert settled.commission == Decimal("90.00")
        assert settled.net_profit == Decimal("800.00") - 40000 - 90
        assert await cash(pool, cast.aung.id) == Decimal("1000000.00") - 600 + 40000 + 90
        assert await cash(pool, cast.khin.id) == Decimal("999800.00")
    await assert_books_balance(pool)


async def again(pool: Pool, cast: Cast) -> settlement.Settlement:
    async with transaction(pool) as connection:
        return await settlement.settle(
            connection, cast.phase.id, Draw(137, "the radio", cast.min.id)
        )


async def test_another_number_after_settling_is_refused(pool: Pool, cast: Cast) -> None:
    await close_and_settle(pool, cast, 137)
    async with transaction(pool) as connection:
        with pytest.raises(WrongState, match="settled with 137"):
            await settlement.settle(connection, cast.phase.id, Draw(138, "the radio", cast.min.id))


async def test_an_open_phase_is_not_settled(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        with pytest.raises(WrongState, match="open"):
            await settlement.settle(connection, cast.phase.id, Draw(137, "the radio", cast.min.id))


async def test_closing_counts_seals_and_changes_nothing_twice(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500\n444 100")
    closed = []
    for _ in range(2):
        async with transaction(pool) as connection:
            closed.append(await settlement.close(connection, cast.phase.id, cast.min.id))
    assert closed[0] == closed[1]
    assert (closed[0].total_in, closed[0].bet_count) == (Decimal("600.00"), 2)
    assert (closed[0].number, closed[0].net_profit, len(closed[0].seal)) == (None, None, 64)


async def test_a_payout_repays_drawn_credit_first(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "10.00")
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal("100.00"))
    await placed(pool, cast.phase, cast.hla, "137 60")
    await close_and_settle(pool, cast, 137)
    async with reading(pool) as connection:
        balance = (await ledger.balances(connection, [cast.hla.id]))[cast.hla.id]
    assert balance.credit_balance == 0
    assert balance.cash_balance == 80 * 60 - 50 + Decimal("7.50")
    await assert_books_balance(pool)


async def test_a_bet_keeps_the_factor_it_was_taken_at(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 0.01")
    await owner.execute("update exposures set factor = 0.5 where number = 137")
    await placed(pool, cast.phase, cast.aung, "137 100.01")
    settled = await close_and_settle(pool, cast, 137)
    assert settled.total_out == Decimal("0.80") + Decimal("4000.40")
    await assert_books_balance(pool)


async def test_settled_by_many_at_once_it_is_once(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
    answers = await asyncio.gather(*[settle(pool, cast.phase.id, cast, 137) for _ in range(12)])
    assert all(one == answers[0] for one in answers)
    assert await held(pool, cast.aung) == Decimal("1000000.00") - 500 + 40000 + 75
    await assert_books_balance(pool)


async def test_of_two_numbers_at_once_one_is_drawn(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500\n138 500")
    await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
    numbers = (137, 138, 139) * 3
    answers = await asyncio.gather(
        *[settle(pool, cast.phase.id, cast, one) for one in numbers], return_exceptions=True
    )
    [drawn] = {one.number for one in answers if isinstance(one, settlement.Settlement)}
    assert sum(isinstance(one, WrongState) for one in answers) == 6
    async with reading(pool) as connection:
        assert (await settlement.read(connection, cast.phase.id)).number == drawn
    await assert_books_balance(pool)


async def test_settled_settled_anew_and_called_off_the_books_balance(
    pool: Pool, cast: Cast
) -> None:
    other = await opened(pool, cast)
    for one in (cast.phase, other):
        await placed(pool, one, cast.aung, "137 500\n138 20")
        await placed(pool, one, cast.khin, "138 200")
    await close_and_settle(pool, cast, 137)
    await assert_books_balance(pool)
    await correct(pool, cast, 138)
    await assert_books_balance(pool)
    await do(pool, lambda c: settlement.close(c, other.id, cast.min.id))
    await do(pool, lambda c: voiding.void(c, other.id, "no draw", cast.min.id))
    await assert_books_balance(pool)
    with pytest.raises(WrongState, match="void"):
        await settle(pool, other.id, cast, 137)
    async with reading(pool) as connection:
        first = await payout.paid(connection, cast.phase.id, revision=1)
    assert [(one.username, one.amount) for one in first] == [("aung", Decimal("40000.00"))]
    assert await held(pool, cast.aung) == Decimal("1000000.00") - 520 + 1600 + 78


async def test_who_stakes_elsewhere_is_paid_meanwhile(pool: Pool, cast: Cast) -> None:
    """Winners who place slips in another phase all the while, and phases of one month that are
    settled side by side: nobody waits for ever, and every cent is there."""
    full = [await opened(pool, cast) for _ in range(6)]
    for one in full:
        await placed(pool, one, cast.aung, "137 1")
        await placed(pool, one, cast.khin, "137 2")
        await do(pool, lambda c, at=one.id: settlement.close(c, at, cast.min.id))
    over = asyncio.Event()

    async def stake(person: Person) -> int:
        count = 0
        while not over.is_set():
            sent = slip(person, "500 1\n137 1", phase_id=cast.phase.id)
            judged = await persist(pool, lambda c, at=sent: placement.place(c, cast.phase.id, [at]))
            assert isinstance(judged.answers[0], Answer), judged.answers
            count += 1
        return count

    async with asyncio.TaskGroup() as group:
        staking = [group.create_task(stake(one)) for one in (cast.aung, cast.khin)]
        await asyncio.gather(*[settle(pool, one.id, cast, 137) for one in full])
        await asyncio.gather(*[correct_one(pool, cast, one.id) for one in full])
        over.set()
    aung, khin = (task.result() for task in staking)
    commission = aung * Decimal("0.30") + 6 * Decimal("0.15")
    await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
    await settle(pool, cast.phase.id, cast, 500)
    assert await held(pool, cast.aung) == Decimal(1_000_000) - 6 + 78 * aung + commission
    assert await held(pool, cast.khin) == Decimal(1_000_000) - 12 + 78 * khin
    await assert_books_balance(pool)


async def settle(pool: Pool, phase_id: int, cast: Cast, number: int) -> settlement.Settlement:
    draw = Draw(number, "the radio", cast.min.id)
    return await persist(pool, lambda c: settlement.settle(c, phase_id, draw))


async def correct_one(pool: Pool, cast: Cast, phase_id: int) -> None:
    """Nobody has this number."""
    draw = Draw(555, "the gazette", cast.min.id, "misheard")
    await persist(pool, lambda c: resettle(c, phase_id, draw))
