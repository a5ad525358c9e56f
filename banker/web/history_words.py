"""What the pages of the history say in one way: months, percentages, and bars of them."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from banker.errors import NotFound

_month = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")

# Beyond this a margin's bar is full, and has a point.
FULL_MARGIN = 100


class MarginBar(msgspec.Struct, frozen=True):
    """A bar from the middle of a drawing that is 200 wide; `beyond` where it would be longer."""

    x: str
    width: str
    kind: str
    beyond: bool


def read_month(text: str) -> date:
    """The first day of a month written as 2026-11. Raises `NotFound`."""
    found = _month.fullmatch(text)
    if found is None or found[1] == "0000" or not text.isascii():
        raise NotFound(what="month; write it as 2026-11")
    return date(int(found[1]), int(found[2]), 1)


def month_label(month: date) -> str:
    """A month as it stands in addresses: 2026-11."""
    return f"{month.year:04d}-{month.month:02d}"


def ordinal(month: date) -> int:
    """A month as a single figure, for the cursor of a list."""
    return month.year * 12 + month.month - 1


def of_ordinal(figure: int) -> date:
    """The month of a figure; one beyond the calendar is its nearest end."""
    year, month = divmod(figure, 12)
    if not 1 <= year <= 9999:
        return date.min if year < 1 else date(9999, 12, 1)
    return date(year, month + 1, 1)


def month_words(month: date) -> str:
    """A month as a reader says it."""
    return f"{month:%B} {month.year}"


def percent_words(percent: Decimal | None, places: int = 1) -> str:
    """A percentage with its sign; a dash where there is none."""
    if percent is None:
        return "–"
    text = f"{abs(percent):,.{places}f} %"
    return f"−{text}" if percent < 0 and any(digit in "123456789" for digit in text) else text


def margin_bar(margin: Decimal | None) -> MarginBar:
    """A gain to the right, a loss to the left."""
    if margin is None:
        return MarginBar("100", "0", "", False)
    length = min(abs(margin), Decimal(FULL_MARGIN))
    x = Decimal(100) - length if margin < 0 else Decimal(100)
    kind = "loss" if margin < 0 else "gain"
    return MarginBar(f"{x:.1f}", f"{length:.1f}", kind, abs(margin) > FULL_MARGIN)


WORDS: dict[str, Any] = {
    "month_label": month_label,
    "month_words": month_words,
    "percent": percent_words,
    "margin_bar": margin_bar,
}
