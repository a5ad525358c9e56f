"""The plain ways: the seeds' tables, filled by COPY and row by row."""

from decimal import Decimal

import asyncpg
import pytest

from banker.bench.ground import Ground
from banker.bench.measure import PROMISED
from banker.bench.plan import Plan
from banker.bench.seeds import (
    COPIED_TOGETHER,
    SLIPS_AMONG_MILLION,
    SLIPS_AMONG_NONE,
    Copying,
    RowByRow,
    SeedPhase,
    opened,
)


async def test_copies_are_rows_of_the_seeds_table(ground: Ground, small: Plan) -> None:
    measure = Copying()
    await measure.prepare(ground, small)
    for _ in range(2):
        figures = await measure.round(ground, small)
        assert tuple(figures) == PROMISED["a"]
        assert figures["a_bets_per_s"] > 1000
    rows = await _fetch(ground, "select count(*), count(distinct user_id) from copied.bets")
    assert rows[0][0] > 0
    assert rows[0][0] % COPIED_TOGETHER == 0
    assert rows[0][1] == len(ground.collectors)


async def test_slips_go_row_by_row_into_an_empty_phase_and_a_full_one(
    ground: Ground, small: Plan
) -> None:
    measure = RowByRow()
    await measure.prepare(ground, small)
    for number in (1, 2):
        figures = await measure.round(ground, small)
        assert tuple(figures) == PROMISED["b"]
        empty = await _fetch(ground, "select count(*) from empty.bets")
        full = await _fetch(ground, "select count(*) from million.bets")
        assert empty[0][0] == SLIPS_AMONG_NONE * small.lines
        assert full[0][0] == small.million + number * SLIPS_AMONG_MILLION * small.lines


async def test_a_slip_is_paid_for_or_refused_whole(ground: Ground) -> None:
    phase = await opened(ground, "judged")
    poor, rich = phase.user_ids[:2]
    await phase.connection.execute("update users set balance = 700 where id = $1", poor)
    await phase.connection.execute("insert into number_limits values ($1, '007', 500)", phase.id)
    slip = [("007", Decimal(300)), ("137", Decimal(400))]
    await phase.place(poor, slip)
    assert await _state(phase, poor) == (Decimal(0), 2)
    with pytest.raises(ValueError, match="700"):
        await phase.place(poor, slip)
    with pytest.raises(ValueError, match="007"):
        await phase.place(rich, [("137", Decimal(100)), ("007", Decimal(201))])
    await phase.place(rich, [("137", Decimal(100)), ("007", Decimal(200))])
    assert (await _state(phase, poor))[1] == 4


async def _state(phase: SeedPhase, user_id: object) -> tuple[Decimal, int]:
    row = await phase.connection.fetchrow(
        "select balance, (select count(*) from bets) from users where id = $1", user_id
    )
    return row[0], row[1]


async def _fetch(ground: Ground, question: str) -> list[asyncpg.Record]:
    _, owner_url = await ground.database("seeds")
    connection = await asyncpg.connect(owner_url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(question)
    finally:
        await connection.close()
    return rows
