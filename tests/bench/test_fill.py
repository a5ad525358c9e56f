"""A filled phase is one that the house itself might have filled."""

import pytest

from banker.bench.desks import Supply
from banker.bench.fill import fill
from banker.bench.ground import Ground
from banker.books import phase, placement, settlement
from banker.books.phase import Phase
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.database import reading, transaction
from tests.balanced import assert_books_balance


async def test_a_filled_phase_leaves_clean_books(ground: Ground) -> None:
    opened = await ground.open_phase("full")
    await fill(ground, opened.id, 15_020)
    full = await _read(ground, opened)
    assert (full.bet_count, full.ticket_count, full.last_sequence) == (15_020, 301, 301)
    assert full.commission > 0
    await assert_books_balance(ground.pool)


async def test_so_many_tickets_win_and_no_more(ground: Ground) -> None:
    opened = await ground.open_phase("to be won")
    await fill(ground, opened.id, 3_000, lines=3, winners=77, number=137)
    async with transaction(ground.pool) as connection:
        await settlement.close(connection, opened.id, ground.manager.id)
        settled = await settlement.settle(
            connection, opened.id, Draw(137, "the radio", ground.manager.id)
        )
    assert settled.payout_count == 77
    await assert_books_balance(ground.pool)


@pytest.mark.parametrize("winners", [0, 20])
async def test_none_or_all_of_the_tickets_win(ground: Ground, winners: int) -> None:
    opened = await ground.open_phase("won by all or none")
    await fill(ground, opened.id, 1_000, winners=winners, number=7)
    async with transaction(ground.pool) as connection:
        await settlement.close(connection, opened.id, ground.manager.id)
        settled = await settlement.settle(
            connection, opened.id, Draw(7, "the radio", ground.manager.id)
        )
    assert settled.payout_count == winners


async def test_a_phase_takes_slips_before_and_after_it_is_filled(ground: Ground) -> None:
    opened = await ground.open_phase("in use")
    supply = Supply(opened.id, lines=50)
    for _ in range(2):
        async with transaction(ground.pool) as connection:
            slips = [supply.slip(one) for one in ground.collectors[:3]]
            judged = await placement.place(connection, opened.id, slips)
        assert all(isinstance(one, Answer) and one.status == 201 for one in judged.answers)
        await fill(ground, opened.id, 500)
    used = await _read(ground, opened)
    assert (used.ticket_count, used.bet_count) == (26, 1_300)
    await assert_books_balance(ground.pool)


async def test_two_phases_are_filled_one_after_another(ground: Ground) -> None:
    for name in ("one", "other"):
        opened = await ground.open_phase(name)
        await fill(ground, opened.id, 260, lines=1)
        assert (await _read(ground, opened)).ticket_count == 260
    await assert_books_balance(ground.pool)


async def test_winners_need_a_number_and_room_for_losers(ground: Ground) -> None:
    opened = await ground.open_phase("impossible")
    with pytest.raises(AssertionError, match="winning number"):
        await fill(ground, opened.id, 100, winners=1)
    with pytest.raises(AssertionError, match="cannot but win"):
        await fill(ground, opened.id, 5_000, lines=1000, winners=1, number=1)
    assert (await _read(ground, opened)).ticket_count == 0


async def _read(ground: Ground, opened: Phase) -> Phase:
    async with reading(ground.pool) as connection:
        return await phase.read(connection, opened.id)
