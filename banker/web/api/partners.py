"""What partners have earned; a partner sees shared figures only."""

from datetime import datetime
from decimal import Decimal

import msgspec
from litestar import get

from banker.books import earning_history
from banker.books.earning_history import Earning, PhaseEarning
from banker.database import reading
from banker.errors import NotFound
from banker.rules.money import rate
from banker.rules.number import label
from banker.web.access import EARNING_READER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, Limit, listing, position


class RealView(msgspec.Struct, frozen=True):
    """What the tickets of a partner's collectors really came to."""

    stakes: Decimal
    payouts: Decimal
    profit: Decimal


class DrawEarningView(msgspec.Struct, frozen=True):
    """What one draw of a phase earned. `amount` is what it added to what is due, below zero where
    an earlier draw had paid more; `status` is `pending`, `paid`, `nothing` or `replaced`; `real` is
    null for a partner."""

    draw: int
    number: str
    drawn_at: datetime
    collector_count: int
    ticket_count: int
    share_percentage: str
    shared_stakes: Decimal
    shared_payouts: Decimal
    shared_profit: Decimal
    commission_rate: str
    earned: Decimal
    amount: Decimal
    status: str
    transfer_id: str | None
    paid_at: datetime | None
    real: RealView | None


class PhaseEarningView(msgspec.Struct, frozen=True):
    """What a phase has earned by the draw that `counts`, what of it is paid and what waits; the
    `earlier` draws are those that it put right."""

    phase_id: str
    phase: str
    paid: Decimal
    pending: Decimal
    counts: DrawEarningView
    earlier: list[DrawEarningView]


class EarningsView(msgspec.Struct, frozen=True):
    """A partner's terms as they are now, what they have earned in all, and a page of phases."""

    partner_id: str
    username: str
    share_percentage: str
    commission_rate: str
    earned: Decimal
    paid: Decimal
    pending: Decimal
    items: list[PhaseEarningView]
    cursor: str | None


@get(
    "/partners/{partner_id:str}/earnings",
    opt=dict(EARNING_READER),
    tags=["partners"],
    summary="A partner's earnings",
)
async def list_earnings(
    worker: AtWorker,
    person: Asker,
    partner_id: PathText,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> EarningsView:
    """The newest phases first. One's own, in shared figures; anybody's, with the real ones beside
    them, for a manager or an admin."""
    asked = read_id(partner_id, "partner")
    is_own = person.role == "partner"
    if is_own and person.id != asked:
        raise NotFound(what="partner")
    before = None if cursor is None else position(cursor, 0)
    async with reading(worker.pool) as connection:
        totals = await earning_history.totals(connection, asked)
        found = await earning_history.newest(connection, asked, limit + 1, before)
    items = [_of_phase(one, with_real=not is_own) for one in found]
    listed = listing(items, limit, [one.counts.phase_id for one in found])
    return EarningsView(
        partner_id=str(totals.partner_id),
        username=totals.username,
        share_percentage=rate(totals.share_percentage),
        commission_rate=rate(totals.commission_rate),
        earned=totals.earned,
        paid=totals.paid,
        pending=totals.pending,
        items=listed.items,
        cursor=listed.cursor,
    )


def _of_phase(found: PhaseEarning, with_real: bool) -> PhaseEarningView:
    return PhaseEarningView(
        phase_id=str(found.counts.phase_id),
        phase=found.counts.phase,
        paid=found.paid,
        pending=found.pending,
        counts=_of_draw(found.counts, with_real),
        earlier=[_of_draw(one, with_real) for one in found.earlier],
    )


def _of_draw(one: Earning, with_real: bool) -> DrawEarningView:
    share = one.share
    return DrawEarningView(
        draw=one.revision,
        number=label(one.number),
        drawn_at=one.drawn_at,
        collector_count=one.collector_count,
        ticket_count=one.ticket_count,
        share_percentage=rate(one.share_percentage),
        shared_stakes=share.shared_stakes,
        shared_payouts=share.shared_payouts,
        shared_profit=share.shared_profit,
        commission_rate=rate(one.commission_rate),
        earned=share.earned,
        amount=one.amount,
        status=one.status,
        transfer_id=None if one.transfer_id is None else str(one.transfer_id),
        paid_at=one.paid_at,
        real=RealView(share.stakes, share.payouts, share.profit) if with_real else None,
    )


handlers = (list_earnings,)
