"""Statements in lists: all of a phase, and all of a collector."""

from decimal import Decimal
from typing import Literal

import msgspec

from banker.books.statement import Sums, sums_of
from banker.database import Connection, queries
from banker.rules.money import ZERO

_statement = queries("statement")

NEWEST = 2**31 - 1

Sort = Literal["name", "tickets", "stakes", "commission", "winnings", "result", "balance", "id"]
SORTS: tuple[Sort, ...] = Sort.__args__  # type: ignore[attr-defined]


class OfCollector(msgspec.Struct, frozen=True):
    """What a phase was to one collector; the purses are those of now, what is drawn of the credit
    below 0."""

    collector_id: int
    username: str
    sums: Sums
    cash: Decimal
    bonus: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Cash less what is drawn of the credit, and less what is owed of a bonus: above 0 the
        house owes it, below 0 they do."""
        return self.cash + self.credit + min(self.bonus, ZERO)


class OfPhase(msgspec.Struct, frozen=True):
    """What one phase was to the collector that was asked for; its number is None before a draw."""

    phase_id: int
    name: str
    state: str
    number: int | None
    sums: Sums


class Together(msgspec.Struct, frozen=True):
    """What a phase was to all of its collectors."""

    collector_count: int
    sums: Sums


async def of_phase(
    connection: Connection,
    phase_id: int,
    count: int,
    sort: Sort = "id",
    rising: bool = False,
    after: int = 0,
    skipped: int = 0,
) -> list[OfCollector]:
    """Collectors with a ticket in a phase whose number is above `after`, in order; the first
    `skipped` of them left out. Before a draw the result is what it would be without winnings."""
    rows = _statement.list_collectors(
        connection,
        phase_id=phase_id,
        sort=sort,
        direction=-1 if rising else 1,
        after=after,
        skipped=skipped,
        count=count,
    )
    return [
        OfCollector(
            collector_id=row["collector_id"],
            username=row["username"],
            sums=sums_of(row),
            cash=row["cash"],
            bonus=row["bonus"],
            credit=row["credit"],
        )
        async for row in rows
    ]


async def together(connection: Connection, phase_id: int) -> Together:
    """The sums of a phase that there is, over all of its collectors."""
    row = await _statement.sum_phase(connection, phase_id=phase_id)
    return Together(row["collector_count"], sums_of(row))


async def of_collector(
    connection: Connection, collector_id: int, count: int, before: int = NEWEST
) -> list[OfPhase]:
    """The phases below the number `before` in which a collector has a ticket, the newest first."""
    rows = _statement.list_phases(connection, collector_id=collector_id, before=before, count=count)
    return [
        OfPhase(row["phase_id"], row["name"], row["state"], row["number"], sums_of(row))
        async for row in rows
    ]
