"""What the API shows of people, phases and tickets. Ids are strings, money and rates decimal
strings, times UTC."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.payout import Reckoning
from banker.books.people import Person
from banker.books.phase import Phase
from banker.books.receipt import BetTaken
from banker.books.ticket import Ticket
from banker.rules.money import rate
from banker.rules.number import label


class PrizesView(msgspec.Struct, frozen=True):
    """Multipliers as decimal strings."""

    straight: str
    permutation: str
    near: str
    near_wraps: bool


class PhaseView(msgspec.Struct, frozen=True):
    """A phase, and what it has taken so far."""

    id: str
    name: str
    state: str
    intake_open: bool
    global_limit: Decimal
    total_limit: Decimal | None
    prizes: PrizesView
    over_limit_policy: str
    void_window_s: int
    closes_at: datetime | None
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    settled_at: datetime | None
    voided_at: datetime | None
    void_reason: str | None
    total_in: Decimal
    ticket_count: int
    bet_count: int


class PersonView(msgspec.Struct, frozen=True):
    """A person. Rates are percent strings."""

    id: str
    username: str
    role: str
    commission_rate: str
    partner_id: str | None
    share_percentage: str
    disabled: bool
    created_at: datetime


class TicketView(msgspec.Struct, frozen=True):
    """A ticket; `bets` is null in lists."""

    id: str
    phase_id: str
    sequence: int
    collector_id: str
    collector: str
    text: str | None
    note: str | None
    bets: list[BetTaken] | None
    count: int
    total: Decimal
    commission_rate: str
    commission: Decimal
    balance: Decimal
    placed_at: datetime
    voided_at: datetime | None


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


def of_phase(phase: Phase) -> PhaseView:
    """A phase as the API shows it."""
    prizes = phase.prizes
    fields = {
        name: getattr(phase, name)
        for name in PhaseView.__struct_fields__
        if name not in ("id", "prizes")
    }
    return PhaseView(
        id=str(phase.id),
        prizes=PrizesView(
            rate(prizes.straight), rate(prizes.permutation), rate(prizes.near), prizes.near_wraps
        ),
        **fields,
    )


def of_person(person: Person) -> PersonView:
    """A person as the API shows them."""
    return PersonView(
        id=str(person.id),
        username=person.username,
        role=person.role,
        commission_rate=rate(person.commission_rate),
        partner_id=None if person.partner_id is None else str(person.partner_id),
        share_percentage=rate(person.share_percentage),
        disabled=person.disabled_at is not None,
        created_at=person.created_at,
    )


def of_ticket(ticket: Ticket, whole: bool = True) -> TicketView:
    """A ticket as the API shows it, `whole` with its bets and text."""
    return TicketView(
        id=ticket.id,
        phase_id=str(ticket.phase_id),
        sequence=ticket.sequence,
        collector_id=str(ticket.collector_id),
        collector=ticket.username,
        text=ticket.text if whole else None,
        note=ticket.note,
        bets=[BetTaken(label(bet.number), bet.amount) for bet in ticket.bets] if whole else None,
        count=ticket.bet_count,
        total=ticket.total,
        commission_rate=rate(ticket.commission_rate),
        commission=ticket.commission,
        balance=ticket.balance_after,
        placed_at=ticket.placed_at,
        voided_at=ticket.voided_at,
    )


def of_rehearsal(rehearsal: Reckoning, most: int = 1000) -> RehearsalView:
    """A rehearsal as the API shows it."""
    return RehearsalView(
        number=label(rehearsal.number),
        total_in=rehearsal.total_in,
        total_out=rehearsal.total_out,
        commission=rehearsal.commission,
        net_profit=rehearsal.net_profit,
        payout_count=len(rehearsal.payouts),
        payouts=[
            PayoutView(
                sequence=payout.sequence,
                number=label(payout.number),
                multiplier=rate(payout.multiplier),
                amount=payout.amount,
                collector_id=str(payout.collector_id),
                collector=payout.username,
            )
            for payout in rehearsal.payouts[:most]
        ],
        commissions=[
            CommissionView(str(due.collector_id), due.username, due.amount)
            for due in rehearsal.commissions[:most]
        ],
    )
