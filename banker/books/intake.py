"""What a phase took over time, in stretches as long as make a picture of it."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec

from banker.database import Connection, queries
from banker.rules.money import ZERO

_statistics = queries("statistics")

STEPS_S = (300, 900, 3_600, 21_600, 86_400, 604_800, 2_419_200)
MOST_STRETCHES = 72


class Stretch(msgspec.Struct, frozen=True):
    """Slips taken from a moment on, which is told by the house's clock."""

    began_at: datetime
    ticket_count: int
    total_in: Decimal


class Intake(msgspec.Struct, frozen=True):
    """Stretches of `step_s` seconds without a gap, the first and the last not empty."""

    step_s: int
    stretches: tuple[Stretch, ...]


async def over_time(connection: Connection, phase_id: int) -> Intake:
    """The tickets of a phase that stand, by the time at which they were placed."""
    span = await _statistics.read_span(connection, phase_id=phase_id)
    if span["first_at"] is None:
        return Intake(STEPS_S[0], ())
    length_s = (span["last_at"] - span["first_at"]).total_seconds()
    step_s = next((one for one in STEPS_S if length_s / one < MOST_STRETCHES), STEPS_S[-1])
    rows = _statistics.list_intake(connection, phase_id=phase_id, step_s=step_s)
    return Intake(step_s, _without_gaps([Stretch(**row) async for row in rows], step_s))


def _without_gaps(found: list[Stretch], step_s: int) -> tuple[Stretch, ...]:
    step, whole = timedelta(seconds=step_s), found[:1]
    for before, one in pairwise(found):
        missing = round((one.began_at - before.began_at) / step) - 1
        whole += [
            Stretch(before.began_at + step * place, 0, ZERO) for place in range(1, missing + 1)
        ]
        whole.append(one)
    return tuple(whole)
