"""Rows of the history and of the statistics as the API shows them; rates are percent strings."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.history import Ended
from banker.books.statistics import CollectorMonth, HouseMonth, NumberMonth
from banker.rules.money import rate
from banker.rules.number import label
from banker.web.history_words import month_label


class EndedView(msgspec.Struct, frozen=True):
    """A phase that is over. `margin` is net profit in percent of the intake, null where nothing was
    taken; `draw_count` is above 1 where the draw was put right, and 0 of a void phase."""

    phase_id: str
    name: str
    state: str
    month: str
    ended_at: datetime
    number: str | None
    total_in: Decimal | None
    total_out: Decimal | None
    commission: Decimal | None
    partner_earnings: Decimal | None
    net_profit: Decimal | None
    margin: str | None
    ticket_count: int | None
    bet_count: int | None
    payout_count: int | None
    draw_count: int
    void_reason: str | None


class MonthView(msgspec.Struct, frozen=True):
    """A month of the house; `hit_rate` is winning bets in percent of all."""

    month: str
    phase_count: int
    ticket_count: int
    bet_count: int
    winning_count: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    partner_earnings: Decimal
    net_profit: Decimal
    margin: str | None
    hit_rate: str | None


class CollectorMonthView(msgspec.Struct, frozen=True):
    """A month with one collector; `share` is their stakes in percent of the house's."""

    month: str
    collector_id: str
    collector: str
    phase_count: int
    ticket_count: int
    bet_count: int
    winning_count: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    net_profit: Decimal
    share: str | None
    margin: str | None
    hit_rate: str | None


class NumberMonthView(msgspec.Struct, frozen=True):
    """A number in a month; `total_out` is what bets on it were paid, drawn or not."""

    number: str
    draw_count: int
    winning_count: int
    total_in: Decimal
    total_out: Decimal


def of_ended(one: Ended) -> EndedView:
    """A row of the history as the API shows it."""
    fields = msgspec.structs.asdict(one) | {
        "phase_id": str(one.phase_id),
        "month": month_label(one.month),
        "number": None if one.number is None else label(one.number),
        "margin": _rate(one.margin),
    }
    return EndedView(**fields)


def of_month(one: HouseMonth) -> MonthView:
    """A month as the API shows it."""
    fields = msgspec.structs.asdict(one) | {
        "month": month_label(one.month),
        "net_profit": one.net_profit,
        "margin": _rate(one.margin),
        "hit_rate": _rate(one.hit_rate),
    }
    return MonthView(**fields)


def of_collector(one: CollectorMonth) -> CollectorMonthView:
    """A collector's month as the API shows it."""
    fields = msgspec.structs.asdict(one) | {
        "month": month_label(one.month),
        "collector_id": str(one.collector_id),
        "collector": one.username,
        "net_profit": one.net_profit,
        "share": _rate(one.share),
        "margin": _rate(one.margin),
        "hit_rate": _rate(one.hit_rate),
    }
    del fields["username"], fields["house_in"]
    return CollectorMonthView(**fields)


def of_number(one: NumberMonth) -> NumberMonthView:
    """A number's month as the API shows it."""
    return NumberMonthView(
        label(one.number), one.draw_count, one.winning_count, one.total_in, one.total_out
    )


def _rate(percent: Decimal | None) -> str | None:
    return None if percent is None else rate(percent)
