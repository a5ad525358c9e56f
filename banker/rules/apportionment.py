"""A sum parted among many so that the parts, each to the cent, add up to it."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from banker.rules.money import from_cents, to_cents


def apportion(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """A part of `total` for each weight, none of which is below zero. Each part is what the running
    sum grows by, so that no part is a cent away from its own share of the total, a weight of
    nothing gets nothing, and nothing is left over."""
    whole = sum(to_cents(weight) for weight in weights)
    parts, running, given = [], 0, 0
    for weight in weights:
        running += to_cents(weight)
        # Python rounds a fraction half even, as the house does.
        reached = round(Fraction(to_cents(total) * running, whole)) if whole else 0
        parts.append(from_cents(reached - given))
        given = reached
    return parts
