"""How much of the books a verification goes over."""

from collections import Counter
from datetime import datetime

import msgspec


class Checkpoint(msgspec.Struct, frozen=True):
    """Where the last verification without a finding left the books: its last transfer and its last
    link, below which nothing is still to come, and when it began."""

    up_to: int
    position: int
    at: datetime


class Staked(msgspec.Struct):
    """What a phase's tickets up to `up_to` stake by number, in cents and in cents times hundredths,
    but for those that are void by a transfer up to `voided_up_to`."""

    up_to: int
    voided_up_to: int
    cents: Counter[int]
    weights: Counter[int]


class Scope(msgspec.Struct, frozen=True):
    """Which rows are gone over: transfers, with their entries and tickets, above `since`; links
    above `position`; what ended `after` a moment (None for all); of phases, those of `phases` (None
    for all), and of their bets those that are not `staked` yet. What was counted of them is left in
    `counted`."""

    since: int = 0
    position: int = 0
    after: datetime | None = None
    phases: list[int] | None = None
    staked: dict[int, Staked] = {}
    counted: dict[int, Staked] = {}
