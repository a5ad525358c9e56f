"""Whether a slip may be taken: the room of each of its numbers, and of the phase.

Money is in whole cents here, exact integers: every slip of a phase waits for this.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

# A payout factor that takes nothing off, in hundredths.
WHOLE = 100

BoundBy = Literal["number-limit", "global-limit", "total-limit"]


class Exposure(msgspec.Struct):
    """A number as it stands in its phase: all that is staked on it, in cents; its weight, stake
    times payout factor, in ten-thousandths; its own limit in cents where one is set (0 blocks the
    number); and the factor, in hundredths, that a new bet on it is taken at. It moves as slips are
    taken one after another."""

    number: int
    staked_cents: int
    weight: int
    limit_cents: int | None
    factor: int


class Intake(msgspec.Struct, frozen=True):
    """A phase as it stands before the slip, in cents: its limits, and all that is staked in it."""

    global_limit: int
    total_limit: int | None
    total_in: int


class Room(msgspec.Struct, frozen=True):
    """What a number can still take, never below 0, and the bound that leaves least."""

    cents: int
    bound_by: BoundBy


class Offender(msgspec.Struct, frozen=True):
    """A number of a slip that asks for more than its room, both in cents."""

    number: int
    asked: int
    room: int
    bound_by: BoundBy


def verdict(
    stakes: Mapping[int, int], exposures: Mapping[int, Exposure], intake: Intake
) -> list[Offender]:
    """All that stands against taking a slip, in number order; an empty list takes it.

    `stakes` holds each number once, with its stakes summed in cents, and `exposures` at least those
    numbers. Where each number fits by itself but together they pass the phase's total limit, none
    of them is more at fault than another: every number of the slip is an offender.
    """
    if fits(stakes, exposures, intake):
        return []
    offenders = []
    for number in sorted(stakes):
        left = room(exposures[number], intake)
        if stakes[number] > left.cents:
            offenders.append(Offender(number, stakes[number], left.cents, left.bound_by))
    return offenders or _too_much_together(stakes, intake)


def fits(stakes: Mapping[int, int], exposures: Mapping[int, Exposure], intake: Intake) -> bool:
    """Whether a slip may be taken: `verdict` without the reasons, for the many that may."""
    total_limit, global_limit = intake.total_limit, intake.global_limit
    if total_limit is not None and sum(stakes.values()) > total_limit - intake.total_in:
        return False
    for number, asked in stakes.items():
        exposure = exposures[number]
        limit = exposure.limit_cents
        if exposure.staked_cents + asked > (global_limit if limit is None else limit):
            return False
    return True


def room(exposure: Exposure, intake: Intake) -> Room:
    """The room of one number. Where two bounds leave the same, the number's own is named."""
    cents, bound_by = min(_bounds(exposure, intake), key=lambda bound: bound[0])
    return Room(max(cents, 0), bound_by)


def _bounds(exposure: Exposure, intake: Intake) -> Iterator[tuple[int, BoundBy]]:
    """Everything that bounds a number, one line a bound; below 0 where it is passed already."""
    if exposure.limit_cents is None:
        yield intake.global_limit - exposure.staked_cents, "global-limit"
    else:
        yield exposure.limit_cents - exposure.staked_cents, "number-limit"
    if intake.total_limit is not None:
        yield intake.total_limit - intake.total_in, "total-limit"


def _too_much_together(stakes: Mapping[int, int], intake: Intake) -> list[Offender]:
    if intake.total_limit is None:
        return []
    left = max(intake.total_limit - intake.total_in, 0)
    if sum(stakes.values()) <= left:
        return []
    return [Offender(number, stakes[number], left, "total-limit") for number in sorted(stakes)]
