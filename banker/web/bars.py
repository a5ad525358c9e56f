"""Bars above and below zero, and their running sum, for an SVG.

Shapes are drawn 1,000 wide and stretched to the panel; heights are in pixels, so that words can
stand at them unstretched.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

import msgspec

from banker.rules.money import ZERO

WIDTH = 1000
GAP = 0.28
# Few bars are no slabs.
WIDEST = 60
# Room for a word above what is highest, and below what is lowest.
WORD = 16
LEAST_HEIGHT = 1.5


class Column(msgspec.Struct, frozen=True):
    """What a bar stands for: its name as a reader knows it, and its amount."""

    name: str
    amount: Decimal


class Bar(msgspec.Struct, frozen=True):
    """A rectangle, in the units of the drawing."""

    column: Column
    x: str
    y: str
    width: str
    height: str


class Peak(msgspec.Struct, frozen=True):
    """The highest or the lowest column, and where its word stands: `x` in percent of the width, `y`
    in pixels; `anchor` keeps it inside."""

    column: Column
    x: str
    y: str
    anchor: str


class Picture(msgspec.Struct, frozen=True):
    """All bars; `zero` is the height of nothing. A peak is None where nothing lies on its side."""

    height: int
    zero: str
    bars: tuple[Bar, ...]
    highest: Peak | None
    lowest: Peak | None


class Sum(msgspec.Struct, frozen=True):
    """The running sum of the columns as a line, from nothing on; `final` is what it comes to."""

    height: int
    zero: str
    line: str
    area: str
    final: Decimal


def picture(columns: Sequence[Column], height: int) -> Picture:
    """The columns as bars, from the left."""
    amounts = [one.amount for one in columns]
    scale = _Scale(amounts, height, WORD)
    slot = WIDTH / max(len(columns), 1)
    width = min((1 - GAP) * slot, WIDEST)
    bars = []
    for place, one in enumerate(columns):
        top, bottom = scale.y(max(one.amount, ZERO)), scale.y(min(one.amount, ZERO))
        if one.amount and bottom - top < LEAST_HEIGHT:
            top, bottom = (
                (bottom - LEAST_HEIGHT, bottom) if one.amount > 0 else (top, top + LEAST_HEIGHT)
            )
        bars.append(
            Bar(
                one,
                f"{(place + 0.5) * slot - width / 2:.2f}",
                f"{top:.2f}",
                f"{width:.2f}",
                f"{bottom - top:.2f}",
            )
        )
    high, low = max(amounts, default=ZERO), min(amounts, default=ZERO)
    return Picture(
        height,
        f"{scale.y(ZERO):.2f}",
        tuple(bars),
        _peak(columns, amounts.index(high), slot, scale.y(high) - 4) if high > 0 else None,
        _peak(columns, amounts.index(low), slot, scale.y(low) + 12) if low < 0 else None,
    )


def running(columns: Sequence[Column], height: int) -> Sum:
    """The sum so far at each column, drawn at the middle of its bar."""
    sums = list(accumulate((one.amount for one in columns), initial=ZERO))
    scale, slot = _Scale(sums, height, 3), WIDTH / max(len(columns), 1)
    points = [(max(0.0, place - 0.5) * slot, scale.y(one)) for place, one in enumerate(sums)]
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    zero = f"{scale.y(ZERO):.1f}"
    return Sum(
        height, zero, f"M{drawn}", f"M0 {zero}L{drawn}L{points[-1][0]:.1f} {zero}Z", sums[-1]
    )


class _Scale:
    """From an amount to a height in pixels, zero always inside; margins where something lies."""

    def __init__(self, amounts: Sequence[Decimal], height: int, margin: int) -> None:
        self._high = max([*amounts, ZERO])
        low = min([*amounts, ZERO])
        self._span = (self._high - low) or Decimal(1)
        self._top = margin
        self._length = height - margin - (margin if low < 0 else 1)

    def y(self, amount: Decimal) -> float:
        return self._top + float((self._high - amount) / self._span) * self._length


def _peak(columns: Sequence[Column], place: int, slot: float, y: float) -> Peak:
    percent = (place + 0.5) * slot / WIDTH * 100
    anchor = "start" if percent < 20 else "end" if percent > 80 else "middle"
    edge = {"start": 0.0, "middle": percent, "end": 100.0}[anchor]
    return Peak(columns[place], f"{edge:.2f}%", f"{y:.1f}", anchor)
