"""Draws as the API shows them: rehearsed, and entered."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.rehearsal import Effect, Rehearsal
from banker.books.settlement import Entered, Settlement
from banker.rules.money import rate
from banker.rules.number import label

MOST_ROWS = 1_000


class PayoutView(msgspec.Struct, frozen=True):
    """What one bet would be paid."""

    sequence: int
    number: str
    multiplier: str
    amount: Decimal
    collector_id: str
    collector: str


class CommissionView(msgspec.Struct, frozen=True):
    """What a collector has earned."""

    collector_id: str
    collector: str
    amount: Decimal


class EarningView(msgspec.Struct, frozen=True):
    """What a partner would earn: `shared` is their share of `profit`, `earned` their part of it."""

    partner_id: str
    partner: str
    profit: Decimal
    shared: Decimal
    earned: Decimal


class EffectView(msgspec.Struct, frozen=True):
    """What it does to one collector's money; `debt` is what they would owe afterwards of what is
    taken back."""

    collector_id: str
    collector: str
    paid: Decimal
    commission: Decimal
    taken_back: Decimal
    debt: Decimal
    total_before: Decimal
    total_after: Decimal
    cash_after: Decimal
    credit_after: Decimal


class RehearsalView(msgspec.Struct, frozen=True):
    """What settling would pay, to whom, and what it leaves. The lists are cut at 1,000 rows;
    the counts and sums are of all."""

    number: str
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    net_profit: Decimal
    payout_count: int
    payouts: list[PayoutView]
    commissions: list[CommissionView]
    revision: int
    partner_earnings: Decimal
    debt: Decimal
    effects: list[EffectView]
    earnings: list[EarningView]


class SettlementView(msgspec.Struct, frozen=True):
    """The settlement row; what is not known before the draw is null. What else is known of the draw
    is told by the draws of the phase."""

    phase_id: str
    number: str | None
    total_in: Decimal
    total_out: Decimal | None
    commission: Decimal
    net_profit: Decimal | None
    ticket_count: int
    bet_count: int
    payout_count: int | None
    seal: str
    closed_at: datetime
    settled_at: datetime | None


class DrawView(msgspec.Struct, frozen=True):
    """A draw as it was entered, and what came of it. The one of the highest `revision` counts."""

    revision: int
    number: str
    source: str
    reason: str | None
    total_out: Decimal
    net_profit: Decimal
    payout_count: int
    partner_earnings: Decimal | None
    debt: Decimal
    entered_by: str
    approved_by: str | None
    entered_at: datetime


def of_rehearsal(rehearsal: Rehearsal) -> RehearsalView:
    """A rehearsal as the API shows it."""
    reckoning = rehearsal.reckoning
    return RehearsalView(
        number=label(reckoning.number),
        total_in=reckoning.total_in,
        total_out=reckoning.total_out,
        commission=reckoning.commission,
        net_profit=reckoning.net_profit,
        payout_count=len(reckoning.payouts),
        payouts=[
            PayoutView(
                sequence=payout.sequence,
                number=label(payout.number),
                multiplier=rate(payout.multiplier),
                amount=payout.amount,
                collector_id=str(payout.collector_id),
                collector=payout.username,
            )
            for payout in reckoning.payouts[:MOST_ROWS]
        ],
        commissions=[
            CommissionView(str(due.collector_id), due.username, due.commission)
            for due in reckoning.commissions[:MOST_ROWS]
        ],
        revision=rehearsal.revision,
        partner_earnings=reckoning.partner_earnings,
        debt=rehearsal.debt,
        effects=[_of_effect(one) for one in rehearsal.effects[:MOST_ROWS]],
        earnings=[
            EarningView(
                str(one.partner_id),
                one.username,
                one.share.profit,
                one.share.shared_profit,
                one.share.earned,
            )
            for one in reckoning.earnings[:MOST_ROWS]
        ],
    )


def of_settlement(settlement: Settlement) -> SettlementView:
    """A settlement as the API shows it."""
    return SettlementView(
        **{name: getattr(settlement, name) for name in SettlementView.__struct_fields__}
    )


def of_draw(entered: Entered) -> DrawView:
    """A draw as the API shows it."""
    fields = {name: getattr(entered, name) for name in DrawView.__struct_fields__}
    return DrawView(**{**fields, "number": label(entered.number)})


def _of_effect(effect: Effect) -> EffectView:
    return EffectView(
        collector_id=str(effect.collector_id),
        collector=effect.username,
        paid=effect.paid,
        commission=effect.commission,
        taken_back=effect.taken_back,
        debt=effect.debt,
        total_before=effect.before.total_balance,
        total_after=effect.after.total_balance,
        cash_after=effect.after.cash_balance,
        credit_after=effect.after.credit_balance,
    )
