"""Random phases, settled and settled anew, beside an independent calculation in plain Python.

`BANKER_DRAW_PHASES` asks for another number than the 1,000 of every suite.
"""

import os

import pytest

from banker.books import rehearsal
from banker.books.rehearsal import Rehearsal
from banker.database import Pool, reading
from tests.balanced import assert_books_balance
from tests.books import draw_model
from tests.books.comparing import compare, compare_house_accounts, compare_numbers
from tests.books.random_house import RandomHouse
from tests.cast import Cast

PHASES = int(os.environ.get("BANKER_DRAW_PHASES", "1000"))
SEEDS = 4
# Phases that take slips beside each other.
AT_ONCE = 3
# A draw is put right up to so many phases later.
LATE = 6


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_every_figure_of_random_phases_is_as_worked_out(
    pool: Pool, cast: Cast, seed: int
) -> None:
    house = RandomHouse(pool, cast, seed)
    await house.move_in()
    count = -(-PHASES // SEEDS)
    for place in range(count):
        await house.open()
        most = house.chance.randrange(AT_ONCE) if place < count - 1 else 0
        while len(house.taking) > most:
            closed = await house.close()
            if closed is not None:
                await settle(pool, house, *closed)
                await correct(pool, house)
    await compare_numbers(pool, house)
    await compare_house_accounts(pool, house)
    await assert_books_balance(pool)


async def settle(pool: Pool, house: RandomHouse, closed: draw_model.Phase, number: int) -> None:
    promised = await rehearse(pool, closed.id, number)
    await house.settle(closed, number)
    await compare(pool, house, closed, promised, is_new=True)


async def correct(pool: Pool, house: RandomHouse) -> None:
    """Often nothing; else one of the last draws, and perhaps another."""
    while house.chance.random() < 0.35:
        await house.live()
        wrong = house.chance.choice(house.settled[-LATE:])
        number = house.misheard(wrong)
        is_new = number != wrong.draws[-1].number
        promised = await rehearse(pool, wrong.id, number)
        await house.correct(wrong, number)
        await compare(pool, house, wrong, promised, is_new)


async def rehearse(pool: Pool, phase_id: int, number: int) -> Rehearsal:
    async with reading(pool) as connection:
        return await rehearsal.rehearse(connection, phase_id, number)
