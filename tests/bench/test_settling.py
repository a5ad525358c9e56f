"""Closing and settling, quickly and one at a time; closing under load."""

import pytest

from banker.bench.busy import FULL_AFTER
from banker.bench.ground import Ground
from banker.bench.measure import PROMISED
from banker.bench.plan import Plan
from banker.bench.settling import Closed, Settled
from tests.balanced import assert_books_balance


async def test_a_settled_round_leaves_three_settled_phases_and_a_busy_one(
    ground: Ground, small: Plan
) -> None:
    settled = Settled()
    await settled.prepare(ground, small)
    figures = await settled.round(ground, small)
    assert figures.keys() == set(PROMISED["g"])
    assert all(value > 0 for value in figures.values())
    rows = await ground.pool.fetch(
        "select payout_count, number, bet_count from settlements order by phase_id"
    )
    assert [tuple(row) for row in rows] == [
        (small.winners, 137, small.million),
        (small.winners, 137, small.million),
        (small.paid_one_by_one, 137, small.paid_one_by_one * small.lines),
    ]
    busy = await ground.pool.fetchrow(
        "select state, ticket_count from phases"
        " join phase_totals on phase_id = phases.id where name = 'kept busy'"
    )
    assert busy["state"] == "open"
    assert busy["ticket_count"] > FULL_AFTER
    await assert_books_balance(ground.pool)


@pytest.mark.parametrize("rounds", [1, 2])
async def test_closings_of_all_rounds_are_judged_together_in_the_last(
    ground: Ground, rounds: int
) -> None:
    plan = FewClosings(rounds=rounds, quick=True)
    closed = Closed()
    await closed.prepare(ground, plan)
    figures = [await closed.round(ground, plan) for _ in range(rounds)]
    assert figures[-1].keys() == set(PROMISED["i"])
    assert [one.keys() for one in figures[:-1]] == [{"i_worst_ms"}] * (rounds - 1)
    assert figures[-1]["i_p99_ms"] == max(one["i_worst_ms"] for one in figures)
    [phase] = await ground.pool.fetch(
        "select phases.state, phase_totals.bet_count from phases"
        " join phase_totals on phase_totals.phase_id = phases.id"
    )
    assert phase["state"] == "open"
    assert phase["bet_count"] > plan.million
    await assert_books_balance(ground.pool)


class FewClosings(Plan, frozen=True):
    """Three closings of a small phase."""

    @property
    def million(self) -> int:
        return 2_000

    @property
    def closings(self) -> int:
        return 3
