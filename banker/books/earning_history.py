"""What partners have earned, looked back on: by phase and by month, and what of it was paid."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from banker.database import Connection, queries
from banker.errors import NotFound
from banker.rules.apportionment import apportion
from banker.rules.commission import Share
from banker.rules.money import ZERO

_earnings = queries("earnings")

# Draws of a month, and partners of a phase; far more than any house has.
MOST = 1000


class Totals(msgspec.Struct, frozen=True):
    """A partner, their terms as they are now, and what they have earned in all. `pending` waits to
    be paid; below zero it is taken off what is earned next."""

    partner_id: int
    username: str
    share_percentage: Decimal
    commission_rate: Decimal
    disabled: bool
    collector_count: int
    earned: Decimal
    paid: Decimal
    pending: Decimal


class Earning(msgspec.Struct, frozen=True):
    """What one draw of a phase made of a partner's tickets, by the share and rate of the phase's
    first draw. `amount` is what it added to what is due: `earned`, less what earlier draws of the
    phase had paid by then."""

    phase_id: int
    phase: str
    revision: int
    number: int
    month: date
    drawn_at: datetime
    partner_id: int
    partner: str
    collector_count: int
    ticket_count: int
    share_percentage: Decimal
    commission_rate: Decimal
    share: Share
    amount: Decimal
    status: str
    transfer_id: int | None
    paid_at: datetime | None


class PhaseEarning(msgspec.Struct, frozen=True):
    """What a partner has earned by a phase: the draw that counts, and `earlier` ones that it put
    right, the newest first."""

    counts: Earning
    earlier: tuple[Earning, ...] = ()

    @property
    def paid(self) -> Decimal:
        """What was paid of it, whichever draw it was paid for."""
        draws = (self.counts, *self.earlier)
        return sum((one.amount for one in draws if one.status == "paid"), ZERO)

    @property
    def pending(self) -> Decimal:
        """What waits to be paid of it, or is still to be taken off."""
        return self.counts.amount if self.counts.status == "pending" else ZERO


class Paid(msgspec.Struct, frozen=True):
    """What a transfer of the desk paid for one phase; below zero what it took off."""

    phase_id: int
    phase: str
    revision: int
    amount: Decimal


class Month(msgspec.Struct, frozen=True):
    """What the phases that closed in a month have earned a partner."""

    month: date
    phase_count: int
    earned: Decimal


class Brought(msgspec.Struct, frozen=True):
    """One collector's part in a partner's figures of a phase: the real ones, and of the partner's
    share so much that all parts add up to it."""

    username: str
    ticket_count: int
    stakes: Decimal
    payouts: Decimal
    shared_stakes: Decimal
    shared_payouts: Decimal

    @property
    def profit(self) -> Decimal:
        """What they left, before their own commission."""
        return self.stakes - self.payouts

    @property
    def shared_profit(self) -> Decimal:
        """The partner's share of that."""
        return self.shared_stakes - self.shared_payouts


async def newest(
    connection: Connection, partner_id: int, count: int, before: int | None = None
) -> list[PhaseEarning]:
    """A partner's phases, the newest first, from below the number `before`."""
    return await _read(connection, partner_id=partner_id, before=before, count=count)


async def of_month(connection: Connection, partner_id: int, month: date) -> list[PhaseEarning]:
    """A partner's phases that closed in a month, the newest first."""
    return await _read(connection, partner_id=partner_id, month=month)


async def of_phase(connection: Connection, phase_id: int) -> list[PhaseEarning]:
    """What a phase has earned its partners, in the order they came."""
    return await _read(connection, phase_id=phase_id)


async def read(connection: Connection, partner_id: int, phase_id: int) -> PhaseEarning:
    """What a phase has earned a partner. Raises `NotFound` where their collectors had no part."""
    rows = await _read(connection, partner_id=partner_id, phase_id=phase_id)
    if not rows:
        raise NotFound(what="earning")
    return rows[0]


async def collectors(connection: Connection, earning: Earning) -> list[Brought]:
    """The collectors behind an earning, in the order they came."""
    rows = [
        row
        async for row in _earnings.read_collectors(
            connection,
            phase_id=earning.phase_id,
            revision=earning.revision,
            partner_id=earning.partner_id,
        )
    ]
    stakes = apportion(earning.share.shared_stakes, [row["stakes"] for row in rows])
    payouts = apportion(earning.share.shared_payouts, [row["payouts"] for row in rows])
    return [
        Brought(row["username"], row["ticket_count"], row["stakes"], row["payouts"], *shared)
        for row, *shared in zip(rows, stakes, payouts, strict=True)
    ]


async def totals(connection: Connection, partner_id: int) -> Totals:
    """A partner with what they have earned in all. Raises `NotFound` for anybody else."""
    row = await _earnings.read_totals(connection, partner_id=partner_id)
    if row is None:
        raise NotFound(what="partner")
    return Totals(**row)


async def partners(connection: Connection, count: int, after: int = 0) -> list[Totals]:
    """The partners of the house in the order they came, from behind the number `after`."""
    rows = _earnings.list_totals(connection, after=after, count=count)
    return [Totals(**row) async for row in rows]


async def months(connection: Connection, partner_id: int, count: int) -> list[Month]:
    """The months in which a partner's collectors took part in a draw, the newest first."""
    rows = _earnings.list_months(connection, partner_id=partner_id, count=count)
    return [Month(**row) async for row in rows]


async def paid_by(connection: Connection, transfer_id: int) -> list[Paid]:
    """What a transfer of the desk paid for; nothing where it is of another kind."""
    rows = _earnings.read_paid(connection, transfer_id=transfer_id)
    return [Paid(**row) async for row in rows]


async def note_statement(connection: Connection, partner_id: int, period: str, form: str) -> None:
    """Write into the trail that a partner's statement is about to leave the house."""
    await _earnings.note_statement(connection, partner_id=partner_id, period=period, form=form)


async def _read(connection: Connection, count: int = MOST, **chosen: Any) -> list[PhaseEarning]:
    every = dict.fromkeys(("partner_id", "phase_id", "month", "before"))
    rows = _earnings.read_earnings(connection, **{**every, **chosen}, count=count)
    draws = [one async for one in _earnings_of(rows)]
    grouped = groupby(draws, key=lambda one: (one.phase_id, one.partner_id))
    return [PhaseEarning(counts, tuple(earlier)) for _, (counts, *earlier) in grouped]


async def _earnings_of(rows: AsyncIterator[Any]) -> AsyncIterator[Earning]:
    async for row in rows:
        fields = dict(row)
        figures = {name: fields.pop(name) for name in Share.__struct_fields__}
        yield Earning(**fields, share=Share(**figures))
