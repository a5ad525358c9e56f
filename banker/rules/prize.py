"""What a drawn number pays: the prizes of a phase, frozen when it opens (risk, Prizes)."""

from decimal import Decimal

import msgspec

from banker.rules import money
from banker.rules.number import neighbours, other_orders


class Prizes(msgspec.Struct, frozen=True):
    """What each kind of prize pays for one unit staked; a kind at 0 is not played."""

    straight: Decimal = Decimal(80)
    permutation: Decimal = Decimal(0)
    near: Decimal = Decimal(0)
    near_wraps: bool = False


def multipliers(prizes: Prizes, winner: int) -> dict[int, Decimal]:
    """Every number that wins something when `winner` is drawn, with the multiplier it wins.

    No number wins twice. Another order of the winner has the same sum of digits, so it lies a
    multiple of nine away; a neighbour lies one away, or 999 where 000 meets 999, and those two
    have no other orders.
    """
    won: dict[int, Decimal] = {}
    if prizes.straight > 0:
        won[winner] = prizes.straight
    if prizes.permutation > 0:
        won.update(dict.fromkeys(other_orders(winner), prizes.permutation))
    if prizes.near > 0:
        won.update(dict.fromkeys(neighbours(winner, prizes.near_wraps), prizes.near))
    return won


def payout(amount: Decimal, factor: Decimal, multiplier: Decimal) -> Decimal:
    """What one bet is paid, to the cent: its stake times its own factor times the multiplier."""
    return money.times(amount, factor, multiplier)
