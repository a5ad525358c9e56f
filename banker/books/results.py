"""What the draws of many phases came to, for lists."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from banker.database import Connection, queries

_results = queries("results")


class Result(msgspec.Struct, frozen=True):
    """The draw of a settled phase, what it paid, and what it left."""

    phase_id: int
    number: int
    total_out: Decimal
    net_profit: Decimal


async def of(connection: Connection, phase_ids: Iterable[int]) -> dict[int, Result]:
    """The results by phase; phases that are not settled are left out."""
    rows = _results.read_results(connection, phase_ids=sorted(set(phase_ids)))
    return {row["phase_id"]: Result(**row) async for row in rows}
