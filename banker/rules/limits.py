"""Whether a slip may be taken: the room of each of its numbers, and of the phase."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from banker.rules.money import ZERO

BoundBy = Literal["number-limit", "global-limit", "total-limit"]


class Exposure(msgspec.Struct):
    """A number as it stands in its phase: all that is staked on it, its weight (stake times
    factor), its own limit where one is set (0 blocks the number), and the payout factor that a new
    bet on it is taken at. It moves as slips are taken one after another."""

    number: int
    total_bet: Decimal
    weight: Decimal
    max_amount: Decimal | None
    factor: Decimal


class Intake(msgspec.Struct, frozen=True):
    """A phase as it stands before the slip: its limits, and all that is staked in it so far."""

    global_limit: Decimal
    total_limit: Decimal | None
    total_in: Decimal


class Room(msgspec.Struct, frozen=True):
    """What a number can still take, never below 0, and the bound that leaves least."""

    amount: Decimal
    bound_by: BoundBy


class Offender(msgspec.Struct, frozen=True):
    """A number of a slip that asks for more than its room."""

    number: int
    asked: Decimal
    room: Decimal
    bound_by: BoundBy


def verdict(
    bets: Mapping[int, Decimal], exposures: Mapping[int, Exposure], intake: Intake
) -> list[Offender]:
    """All that stands against taking a slip, in number order; an empty list takes it.

    `bets` holds each number once, with its stakes summed, and `exposures` at least those numbers.
    Where each number fits by itself but together they pass the phase's total limit, none of them
    is more at fault than another: every number of the slip is an offender.
    """
    offenders = []
    for number in sorted(bets):
        left = room(exposures[number], intake)
        if bets[number] > left.amount:
            offenders.append(Offender(number, bets[number], left.amount, left.bound_by))
    return offenders or _too_much_together(bets, intake)


def room(exposure: Exposure, intake: Intake) -> Room:
    """The room of one number. Where two bounds leave the same, the number's own is named."""
    amount, bound_by = min(_bounds(exposure, intake), key=lambda bound: bound[0])
    return Room(max(amount, ZERO), bound_by)


def _bounds(exposure: Exposure, intake: Intake) -> Iterator[tuple[Decimal, BoundBy]]:
    """Everything that bounds a number, one line a bound; below 0 where it is passed already."""
    if exposure.max_amount is None:
        yield intake.global_limit - exposure.total_bet, "global-limit"
    else:
        yield exposure.max_amount - exposure.total_bet, "number-limit"
    if intake.total_limit is not None:
        yield intake.total_limit - intake.total_in, "total-limit"


def _too_much_together(bets: Mapping[int, Decimal], intake: Intake) -> list[Offender]:
    if intake.total_limit is None:
        return []
    left = max(intake.total_limit - intake.total_in, ZERO)
    if sum(bets.values(), ZERO) <= left:
        return []
    return [Offender(number, bets[number], left, "total-limit") for number in sorted(bets)]
