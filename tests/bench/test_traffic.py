"""Traffic over HTTP, and the memory of the workers under it."""

import msgspec
import pytest

from banker.bench.ground import Ground
from banker.bench.measure import PROMISED
from banker.bench.plan import Plan
from banker.bench.tally import Sent
from banker.bench.traffic import Served, Soaked, demand_taken
from banker.console import CannotServe
from tests.balanced import assert_books_balance


async def test_a_served_round_gives_what_is_promised_and_the_open_loop(
    ground: Ground, small: Plan
) -> None:
    served = Served()
    plan = msgspec.structs.replace(small, rate=40.0)
    await served.prepare(ground, plan)
    figures = await served.round(ground, plan)
    assert figures.keys() == {*PROMISED["e"]}
    assert all(value > 0 for value in figures.values())
    await assert_books_balance(ground.pool)


async def test_a_soak_tells_the_growth_once(ground: Ground, small: Plan) -> None:
    soaked = Soaked()
    plan = msgspec.structs.replace(small, soak_minutes=0.03)
    await soaked.prepare(ground, plan)
    figures = await soaked.round(ground, plan)
    assert figures.keys() >= set(PROMISED["j"])
    assert -50 < figures["j_growth_mb"] < 50
    assert await soaked.round(ground, plan) == {}
    assert await Soaked().round(ground, small) == {}


def test_a_load_that_was_refused_is_no_measure() -> None:
    taken = Sent(1, 50, 1.0, {"201": 1, "late": 2}, None, 0.1)
    assert demand_taken(taken) is taken
    refused = msgspec.structs.replace(taken, by_status={"201": 1, "409": 1})
    assert demand_taken(refused, but=frozenset({"409"})) is refused
    nothing = msgspec.structs.replace(taken, count=0)
    for spoilt in (refused, nothing):
        with pytest.raises(CannotServe):
            demand_taken(spoilt)
