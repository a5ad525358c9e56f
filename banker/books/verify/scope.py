"""How much of the books a verification goes over."""

from datetime import datetime

import msgspec


class Checkpoint(msgspec.Struct, frozen=True):
    """Where the last verification without a finding left the books: its last transfer and its last
    link, below which nothing is still to come, and when it began."""

    up_to: int
    position: int
    at: datetime


class Scope(msgspec.Struct, frozen=True):
    """Which rows are gone over: transfers, with their entries and tickets, above `since`; links
    above `position`; and of phases, those of `phases` (None for all)."""

    since: int = 0
    position: int = 0
    phases: list[int] | None = None


WHOLE = Scope()
