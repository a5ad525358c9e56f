"""What the API shows of people, phases and tickets. Ids are strings, money and rates decimal
strings, times UTC."""

from datetime import datetime
from decimal import Decimal

import msgspec

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
    """A phase, and what it has taken so far: null for collectors and partners, who see their own
    alone. `commission_rate` is a percent string where it stands in for every collector's own."""

    id: str
    name: str
    state: str
    intake_open: bool
    global_limit: Decimal
    total_limit: Decimal | None
    prizes: PrizesView
    over_limit_policy: str
    void_window_s: int
    opens_at: datetime | None
    closes_at: datetime | None
    commission_rate: str | None
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    settled_at: datetime | None
    voided_at: datetime | None
    void_reason: str | None
    total_in: Decimal | None
    ticket_count: int | None
    bet_count: int | None


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


def of_phase(phase: Phase, with_takings: bool = True) -> PhaseView:
    """A phase as the API shows it, to the house `with_takings`."""
    prizes = phase.prizes
    fields = {
        name: getattr(phase, name)
        for name in PhaseView.__struct_fields__
        if name not in ("id", "prizes", "commission_rate")
    }
    if not with_takings:
        fields |= dict.fromkeys(("total_in", "ticket_count", "bet_count"))
    return PhaseView(
        id=str(phase.id),
        prizes=PrizesView(
            rate(prizes.straight), rate(prizes.permutation), rate(prizes.near), prizes.near_wraps
        ),
        commission_rate=None if phase.commission_rate is None else rate(phase.commission_rate),
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
