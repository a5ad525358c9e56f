"""What the months came to: for the house, with each collector, on each number.

They are counted by the settlement itself (`history.count`) and only read here.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from banker.database import Connection, queries
from banker.rules.ratio import percent

_statistics = queries("statistics")


class Taken(msgspec.Struct, frozen=True):
    """What was taken, and what became of it. Rates are in percent; None where there is nothing that
    they could be a part of."""

    month: date
    phase_count: int
    ticket_count: int
    bet_count: int
    winning_count: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal

    @property
    def net_profit(self) -> Decimal:
        """What is left to the house, before partners' earnings."""
        return self.total_in - self.total_out - self.commission

    @property
    def margin(self) -> Decimal | None:
        """Net profit in percent of what was taken."""
        return percent(self.net_profit, self.total_in)

    @property
    def hit_rate(self) -> Decimal | None:
        """Winning bets in percent of all."""
        return percent(self.winning_count, self.bet_count)


class HouseMonth(Taken, frozen=True, kw_only=True):
    """A month of the house."""

    partner_earnings: Decimal


class CollectorMonth(Taken, frozen=True, kw_only=True):
    """A month with one collector; `house_in` is what the house took in it from all."""

    collector_id: int
    username: str
    house_in: Decimal

    @property
    def share(self) -> Decimal | None:
        """Their stakes in percent of the house's."""
        return percent(self.total_in, self.house_in)


class NumberMonth(msgspec.Struct, frozen=True):
    """A number in a month; what was paid on it may be for another that was drawn."""

    number: int
    draw_count: int
    winning_count: int
    total_in: Decimal
    total_out: Decimal


async def months(
    connection: Connection, limit: int, before: date | None = None
) -> list[HouseMonth]:
    """The months in which a phase was closed that is settled, the newest first."""
    rows = _statistics.list_months(connection, before=before, count=limit)
    return [HouseMonth(**row) async for row in rows]


async def month(connection: Connection, asked: date) -> HouseMonth | None:
    """One month; None where nothing of it is settled."""
    row = await _statistics.read_month(connection, month=asked)
    return None if row is None else HouseMonth(**row)


async def together(connection: Connection) -> HouseMonth | None:
    """All months in one; None where nothing is settled yet."""
    row = await _statistics.read_all_months(connection)
    return None if row is None else HouseMonth(**row)


async def neighbours(connection: Connection, asked: date) -> tuple[date | None, date | None]:
    """The nearest months before and after one in which something is settled."""
    row = await _statistics.read_neighbours(connection, month=asked)
    return row["earlier"], row["later"]


async def collectors(
    connection: Connection, asked: HouseMonth, limit: int, after: int = 0
) -> list[CollectorMonth]:
    """A month by collector, in the order of their ids, those behind `after`."""
    rows = _statistics.list_collectors(connection, month=asked.month, after=after, count=limit)
    return [CollectorMonth(**row, house_in=asked.total_in) async for row in rows]


async def months_of(connection: Connection, collector_id: int) -> list[CollectorMonth]:
    """Every month with one collector, the newest first."""
    rows = _statistics.list_months_of(connection, collector_id=collector_id)
    return [CollectorMonth(**row) async for row in rows]


async def numbers(connection: Connection, asked: date) -> list[NumberMonth]:
    """A month by number, those on which nothing was staked and nothing paid left out."""
    rows: Any = _statistics.list_numbers(connection, month=asked)
    return [NumberMonth(**row) async for row in rows]
