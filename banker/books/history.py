"""The history of the house: a row for each phase that is over, and its part in the statistics."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from banker.database import Connection, queries
from banker.rules.ratio import percent

_history = queries("history")


class Ended(msgspec.Struct, frozen=True):
    """A phase that is over. `ended_at` is its closing, of a phase that was voided while it was open
    its voiding; `month` is that of this moment on the house's clock. A void phase has a reason and
    no figures; of draws before partners' earnings were kept, `partner_earnings` is not known.
    Where `draw_count` is above 1, the draw was put right."""

    phase_id: int
    name: str
    state: str
    month: date
    ended_at: datetime
    number: int | None
    total_in: Decimal | None
    total_out: Decimal | None
    commission: Decimal | None
    partner_earnings: Decimal | None
    net_profit: Decimal | None
    ticket_count: int | None
    bet_count: int | None
    payout_count: int | None
    draw_count: int
    void_reason: str | None

    @property
    def margin(self) -> Decimal | None:
        """Net profit in percent of the intake; None where nothing was taken."""
        if self.net_profit is None or self.total_in is None:
            return None
        return percent(self.net_profit, self.total_in)


async def count(connection: Connection, phase_id: int, revision: int) -> None:
    """A draw that was entered just now counts, and the one that it puts right does no more.

    Its rows are the last that a settlement takes, in one order: two phases of a month that are
    settled at once wait for each other here, and for nothing else.
    """
    steps = [(revision - 1, -1), (revision, 1)] if revision > 1 else [(revision, 1)]
    for query in (_history.count_house, _history.count_collectors, _history.count_numbers):
        for counted, sign in steps:
            await query(connection, phase_id=phase_id, revision=counted, sign=sign)


async def ended(
    connection: Connection, limit: int, after: int | None = None, month: date | None = None
) -> list[Ended]:
    """Phases that are over, of a month or of all, the last that ended first; of a list that went as
    far as the phase `after`, those behind it."""
    rows = _history.list_ended(connection, month=month, after=after, count=limit)
    return [Ended(**row) async for row in rows]
