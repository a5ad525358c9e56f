"""Tables that are put in another order by the names of their columns."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

Row = TypeVar("Row")
Keys = Mapping[str, Callable[[Any], Any]]


class Order(msgspec.Struct, frozen=True):
    """By which column, and whether the least comes first."""

    by: str
    rising: bool

    def query(self, column: str) -> str:
        """What asks for a column: the largest first, or turned round where it is so already."""
        turned = column == self.by and not self.rising
        return f"by={column}&order={'rising' if turned else 'falling'}"

    def said(self, column: str) -> str | None:
        """What a column's head says of it to a screen reader."""
        if column != self.by:
            return None
        return "ascending" if self.rising else "descending"


def read_order(by: str, order: str, keys: Keys, usual: str) -> Order:
    """The order that an address asks for; the usual one where it names no column."""
    return Order(by, order == "rising") if by in keys else Order(usual, False)


def sorted_by(rows: Iterable[Row], order: Order, keys: Keys) -> list[Row]:
    """The rows in an order; those without a value in the column come last either way."""
    key = keys[order.by]
    valued = [row for row in rows if key(row) is not None]
    without = [row for row in rows if key(row) is None]
    return sorted(valued, key=key, reverse=not order.rising) + without
