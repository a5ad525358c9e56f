import random
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import permutations

import asyncpg
import pytest

from banker.books import ledger, rehearsal, settlement
from banker.books.settlement import Draw
from banker.database import Pool, reading, transaction
from banker.errors import WrongState
from banker.rules.prize import Prizes
from tests.balanced import assert_books_balance
from tests.cast import Cast, close_and_settle, deposit, gather, placed, slip
from tests.cast import place as place_slips

CENT = Decimal("0.01")


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


async def test_a_rehearsal_changes_nothing(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    async with reading(pool) as connection:
        rehearsed = await rehearsal.rehearse(connection, cast.phase.id, 137)
    assert rehearsed.reckoning.total_out == Decimal("40000.00")
    assert [one.username for one in rehearsed.reckoning.payouts] == ["aung"]
    assert await cash(pool, cast.aung.id) == Decimal("999500.00")


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


@pytest.mark.parametrize("seed", range(6))
async def test_random_phases_equal_an_independent_calculation(pool: Pool, seed: int) -> None:
    chance = random.Random(seed)
    prizes = Prizes(
        Decimal(chance.choice((80, 85, "77.5"))),
        Decimal(chance.choice((0, 10, "1.25"))),
        Decimal(chance.choice((0, 5, "0.33"))),
        chance.random() < 0.5,
    )
    cast = await gather(pool, prizes=prizes)
    bets = []
    for _ in range(12):
        person = chance.choice((cast.aung, cast.khin))
        numbers = [chance.choice((0, 1, 999, 998, 120, 12, 21, 102)) for _ in range(4)]
        amounts = {n: Decimal(chance.randrange(1, 10**6)) / 100 for n in numbers}
        text = "\n".join(f"{number:03d}={amount}" for number, amount in amounts.items())
        await place_slips(pool, cast.phase, slip(person, text))
        bets.append((person, amounts))
    winner = chance.choice((0, 999, 120, 21))
    before = {p.id: await cash(pool, p.id) for p in (cast.aung, cast.khin)}
    settled = await close_and_settle(pool, cast, winner)
    out, earned = Decimal(0), Decimal(0)
    for person, amounts in bets:
        fee = Decimal(15 if person is cast.aung else 0)
        commission = rounded(sum(amounts.values()) * fee / 100)
        won = sum((paid(number, amount, winner, prizes) for number, amount in amounts.items()), 0)
        before[person.id] += commission + won
        out, earned = out + won, earned + commission
    assert (settled.total_out, settled.commission) == (out, earned)
    assert settled.net_profit == settled.total_in - out - earned
    assert before == {p.id: await cash(pool, p.id) for p in (cast.aung, cast.khin)}
    await assert_books_balance(pool)


def paid(number: int, amount: Decimal, winner: int, prizes: Prizes) -> Decimal:
    """Straight from the rules: one prize a bet, rounded half even to the cent."""
    orders = {"".join(digits) for digits in permutations(f"{winner:03d}")}
    distance = abs(number - winner)
    if number == winner:
        return rounded(amount * prizes.straight)
    if f"{number:03d}" in orders:
        return rounded(amount * prizes.permutation)
    if distance == 1 or (prizes.near_wraps and distance == 999):
        return rounded(amount * prizes.near)
    return Decimal(0)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)
