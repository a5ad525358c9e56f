"""What one collector's tickets in a phase come to."""

from decimal import Decimal

import msgspec

from banker.database import Connection, queries

_collected = queries("collected")


class Collected(msgspec.Struct, frozen=True):
    """Sums over the tickets that stand; void ones are counted beside."""

    total: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int
    void_count: int


async def collected(connection: Connection, phase_id: int, collector_id: int) -> Collected:
    """One collector's share of a phase, all zero where there is none."""
    row = await _collected.collected(connection, phase_id=phase_id, collector_id=collector_id)
    return Collected(**row)
