"""How the stakes of settled phases lay on the thousand numbers, and which were drawn."""

from datetime import date
from decimal import Decimal

import msgspec

from banker.books import statistics
from banker.database import Connection, queries
from banker.rules.money import ZERO
from banker.rules.number import NUMBERS
from banker.rules.ratio import percent

_statistics = queries("statistics")


class Warmth(msgspec.Struct, frozen=True):
    """What was staked on a number, and how often it was drawn."""

    number: int
    total_in: Decimal
    draw_count: int


class Heat(msgspec.Struct, frozen=True):
    """So many phases, and all numbers in order."""

    phase_count: int
    total_in: Decimal
    numbers: tuple[Warmth, ...]

    def share(self, warmth: Warmth) -> Decimal | None:
        """A number's stakes in percent of all."""
        return percent(warmth.total_in, self.total_in)


async def of_last(connection: Connection, phase_count: int) -> Heat:
    """The last settled phases, as many as there are up to a count."""
    rows = [row async for row in _statistics.list_heat(connection, count=phase_count)]
    found = [Warmth(row["number"], row["total_in"], row["draw_count"]) for row in rows]
    return _heat(rows[0]["phase_count"] if rows else 0, found)


async def of_month(connection: Connection, month: date) -> Heat:
    """All settled phases of a month."""
    house = await statistics.month(connection, month)
    found = await statistics.numbers(connection, month)
    return _heat(
        0 if house is None else house.phase_count,
        [Warmth(one.number, one.total_in, one.draw_count) for one in found],
    )


def _heat(phase_count: int, found: list[Warmth]) -> Heat:
    by_number = {one.number: one for one in found}
    return Heat(
        phase_count,
        sum((one.total_in for one in found), ZERO),
        tuple(by_number.get(number) or Warmth(number, ZERO, 0) for number in NUMBERS),
    )
