"""What the latest draws brought one collector, for the page where they stand."""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from banker.database import Connection, queries

_outcome = queries("outcome")

# How long a draw is told of, and how many of them.
TOLD = timedelta(days=1)
MOST = 3


class Outcome(msgspec.Struct, frozen=True):
    """A draw and what it left one collector with: `won` on `winning_count` bets, the commission,
    and of an earlier draw of the phase what was `taken_back`, with the `debt` that it left."""

    phase_id: int
    phase: str
    number: int
    entered_at: datetime
    stakes: Decimal
    winning_count: int
    won: Decimal
    commission: Decimal
    taken_back: Decimal
    debt: Decimal


async def latest(connection: Connection, collector_id: int) -> list[Outcome]:
    """The draws of the last day in whose phases the collector has tickets that stand, the newest
    first."""
    rows = _outcome.read_latest(connection, collector_id=collector_id, told=TOLD, most=MOST)
    return [Outcome(**row) async for row in rows]
