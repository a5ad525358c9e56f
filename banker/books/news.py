"""What a transaction changed, to be told after it is committed."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.exposure import Totals
from banker.rules.limits import Exposure


class TicketLine(msgspec.Struct, frozen=True):
    """A new ticket as the feed shows it."""

    sequence: int
    collector: str
    count: int
    total: Decimal
    placed_at: datetime


class News(msgspec.Struct, frozen=True):
    """Absolute values, the version of the phase that made them so, the tickets that are new and the
    sequences of those that are void now."""

    phase_id: int
    totals: Totals
    exposures: tuple[Exposure, ...]
    tickets: tuple[TicketLine, ...] = ()
    voided: tuple[int, ...] = ()
