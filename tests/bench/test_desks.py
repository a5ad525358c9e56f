"""Our own way, called in process: what is counted are tickets of books that balance."""

import pytest

from banker.bench.desks import AmongMillions, OneByOne, Supply, Together, demand_taken
from banker.bench.ground import Ground
from banker.bench.measure import PROMISED, Measure
from banker.bench.plan import Plan
from banker.books import phase
from banker.books.request import Answer
from banker.database import reading, transaction
from banker.errors import PhaseClosed
from tests.balanced import assert_books_balance


@pytest.mark.parametrize("kind", [OneByOne, Together])
async def test_what_is_counted_are_tickets(
    ground: Ground, small: Plan, kind: type[OneByOne] | type[Together]
) -> None:
    measure: Measure = kind()
    await measure.prepare(ground, small)
    figures = await measure.round(ground, small)
    assert set(figures) >= set(PROMISED[measure.letter])
    assert all(figure > 0 for figure in figures.values())
    async with reading(ground.pool) as connection:
        [used] = await phase.newest(connection, 5)
    assert used.bet_count == used.ticket_count * small.lines > 0
    await assert_books_balance(ground.pool)


async def test_the_full_phase_is_in_a_house_beside(ground: Ground, small: Plan) -> None:
    measure = AmongMillions()
    await measure.prepare(ground, small)
    figures = await measure.round(ground, small)
    assert tuple(figures) == PROMISED["h"]
    [other] = ground.others
    async with reading(other.pool) as connection:
        [full] = await phase.newest(connection, 5)
    assert full.bet_count > small.ten_million
    assert await ground.pool.fetchval("select count(*) from phases") == 0
    await assert_books_balance(other.pool)


async def test_a_refused_slip_is_not_counted(ground: Ground, small: Plan) -> None:
    measure = Together()
    await measure.prepare(ground, small)
    async with transaction(ground.pool) as connection:
        [used] = await phase.newest(connection, 5)
        await phase.mark_closed(connection, used.id)
    with pytest.raises(ExceptionGroup) as refused:
        await measure.round(ground, small)
    assert refused.group_contains(PhaseClosed)


def test_only_a_fresh_ticket_counts() -> None:
    demand_taken(Answer(201, b"{}"))
    with pytest.raises(AssertionError):
        demand_taken(Answer(201, b"{}", replayed=True))
    with pytest.raises(PhaseClosed):
        demand_taken(PhaseClosed(phase="one", state="closed"))


async def test_a_supply_never_gives_the_same_key_twice(ground: Ground) -> None:
    supply = Supply(1, lines=3)
    given = [supply.slip(ground.collectors[0]) for _ in range(600)]
    assert len({one.key for one in given}) == 600
    assert len({one.text for one in given}) == 256
