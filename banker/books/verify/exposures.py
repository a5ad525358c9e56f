"""The exposures of each phase, counted anew from its bets, a piece of its tickets at a time."""

from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any

from banker.books.verify.disagreement import FEW, Disagreement
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Scope, Staked
from banker.database import Connection, queries

_exposure = queries("verify/exposure")

# About as many bets are counted at a time as take a fifth of a second; on so many tickets at most.
_BETS = 200_000
_TICKETS = 50_000


async def exposures(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """What is staked on each number is the sum over the bets that stand.

    A ticket's bets never change and a void is never undone: both are counted in pieces, each at a
    moment of its own, from where the last verification ended; and only what happens meanwhile at
    the moment at which the rows are read.
    """
    async with moments() as connection:
        phases = [row["id"] async for row in _exposure.read_phases(connection, phases=scope.phases)]
    for phase_id in phases:
        staked = await _staked(moments, phase_id, scope.staked.get(phase_id))
        async with moments() as connection:
            rows = await _rows(connection, phase_id, staked)
        for row in rows:
            yield row["row"], row["detail"]
        scope.counted[phase_id] = staked


async def _staked(moments: Moments, phase_id: int, before: Staked | None) -> Staked:
    """What stands by now of a phase that may go on."""
    staked = before or Staked(0, 0, Counter(), Counter())
    async with moments() as connection:
        extent = await _exposure.read_extent(connection, phase_id=phase_id)
        if before is not None:
            voided = _exposure.count_voided(
                connection,
                phase_id=phase_id,
                up_to=before.up_to,
                voided_after=before.voided_up_to,
                voided_up_to=extent["voided_up_to"],
            )
            _add(staked, [row async for row in voided], -1)
    last, staked.voided_up_to = extent["last"], extent["voided_up_to"]
    step = max(1, min(_TICKETS, _BETS // max(extent["bets_each"], 1)))
    while staked.up_to < last:
        async with moments() as connection:
            up_to = await _exposure.read_piece_end(
                connection, phase_id=phase_id, after=staked.up_to, most=step
            )
            counted = _exposure.count_bets(
                connection,
                phase_id=phase_id,
                after=staked.up_to,
                up_to=up_to,
                voided_up_to=staked.voided_up_to,
            )
            _add(staked, [row async for row in counted], 1)
        staked.up_to = up_to
    return staked


async def _rows(connection: Connection, phase_id: int, staked: Staked) -> list[Any]:
    numbers = sorted(staked.cents)
    rows = _exposure.exposures(
        connection,
        few=FEW,
        phase_id=phase_id,
        up_to=staked.up_to,
        voided_up_to=staked.voided_up_to,
        numbers=numbers,
        cents=[staked.cents[number] for number in numbers],
        weights=[staked.weights[number] for number in numbers],
    )
    return [row async for row in rows]


def _add(staked: Staked, rows: list[Any], sign: int) -> None:
    for row in rows:
        staked.cents[row["number"]] += sign * int(row["cents"])
        staked.weights[row["number"]] += sign * int(row["weight"])
