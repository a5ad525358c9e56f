"""One accepted slip: found again, noted on, voided within its window."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from banker.books import exposure, ledger, receipt
from banker.books import phase as phases
from banker.books.exposure import Totals
from banker.books.news import News
from banker.books.request import Answer
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules import limits, money, purse
from banker.rules.limits import Exposure

_ticket = queries("ticket")
NEWEST = 2**31 - 1


class TicketBet(msgspec.Struct, frozen=True):
    """One number on a ticket, its stake, and the payout factor that it was taken at."""

    number: int
    amount: Decimal
    factor: Decimal


class Ticket(msgspec.Struct, frozen=True):
    """A ticket and the little that its readers must know of its phase; `now` is the database's
    clock. `bets` is empty where a list was asked for."""

    id: str
    phase_id: int
    phase_name: str
    phase_state: str
    closes_at: datetime | None
    void_window_s: int
    sequence: int
    collector_id: int
    username: str
    text: str
    note: str | None
    total: Decimal
    bet_count: int
    commission_rate: Decimal
    commission: Decimal
    balance_after: Decimal
    transfer_id: int
    placed_at: datetime
    voided_at: datetime | None
    now: datetime
    bets: tuple[TicketBet, ...] = ()

    @property
    def overdue(self) -> bool:
        """Whether the phase's closing time has passed."""
        return self.closes_at is not None and self.closes_at <= self.now

    @property
    def can_void(self) -> bool:
        """Whether anyone may still void it: the phase is open and its draw is not public."""
        return self.voided_at is None and self.phase_state == "open" and not self.overdue

    @property
    def window_left_s(self) -> int:
        """Seconds in which its owner may still void it."""
        if not self.can_void:
            return 0
        return max(0, self.void_window_s - int((self.now - self.placed_at).total_seconds()))


class Sums(msgspec.Struct, frozen=True):
    """What the standing tickets of a phase come to."""

    total_in: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int


async def void(
    connection: Connection, ticket_id: UUID, actor_id: int, any_time: bool = False
) -> tuple[Ticket, News | None]:
    """Give a ticket's stakes back to the purses they came from; no news if it was void already.

    Its owner may within the phase's window, an admin (`any_time`) until the phase closes; nobody
    after `closes_at` or the closing, when the draw may be public. Raises `NotFound`, `WrongState`.
    """
    ticket = await read(connection, ticket_id)
    await phases.gate_shared(connection, ticket.phase_id)
    _, totals = await exposure.hold(connection, ticket.phase_id)
    ticket = await read(connection, ticket_id)
    if ticket.voided_at is not None:
        return ticket, None
    _check_window(ticket, any_time)
    journal = await ledger.lock(connection, [ticket.collector_id])
    exposures = await exposure.lock(
        connection, ticket.phase_id, [bet.number for bet in ticket.bets]
    )
    legs = await ledger.legs_of(connection, [ticket.transfer_id])
    journal.enter(
        ledger.Transfer(
            reason="void",
            actor_id=actor_id,
            legs=purse.give_back(journal.purses(ticket.collector_id), legs[ticket.transfer_id]),
            house=ledger.House.STAKES,
            phase_id=ticket.phase_id,
        )
    )
    transfer_ids = await journal.write(connection)
    await _ticket.void_tickets(
        connection,
        phase_id=ticket.phase_id,
        sequences=[ticket.sequence],
        transfer_ids=transfer_ids,
        voided_by=actor_id,
        # The moment that was judged: the window may end while locks are waited for.
        voided_at=ticket.now,
    )
    _lower(ticket, totals, exposures)
    await exposure.write(connection, ticket.phase_id, totals, list(exposures.values()))
    news = News(ticket.phase_id, totals, tuple(exposures.values()), voided=(ticket.sequence,))
    return await read(connection, ticket_id), news


async def read(connection: Connection, ticket_id: UUID) -> Ticket:
    """A ticket with its bets. Raises `NotFound`."""
    row = await _ticket.read_ticket(connection, id=ticket_id)
    if row is None:
        raise NotFound(what="ticket")
    return _from_row(row, _bets(row))


async def replay(connection: Connection, ticket_id: UUID) -> Answer:
    """The receipt of a ticket once more, byte for byte."""
    row = await _ticket.read_told(connection, id=ticket_id)
    return receipt.answer(
        ticket_id=row["id"],
        sequence=row["sequence"],
        stakes=dict(zip(row["numbers"], row["cents"], strict=True)),
        total_cents=sum(row["cents"]),
        commission=row["commission"],
        balance=row["balance_after"],
        placed_at=row["placed_at"],
        replayed=True,
    )


async def newest(
    connection: Connection,
    phase_id: int,
    count: int,
    collector_id: int | None = None,
    before: int = NEWEST,
) -> list[Ticket]:
    """Tickets of a phase below the sequence `before`, the newest first, without their bets; all
    of them, or one collector's."""
    rows = _ticket.list_tickets(
        connection, phase_id=phase_id, collector_id=collector_id, before=before, count=count
    )
    return [_from_row(row) async for row in rows]


async def find(
    connection: Connection, phase_id: int, sequence: int, collector_id: int | None = None
) -> UUID:
    """The id of the ticket with a short number; another collector's is `NotFound`."""
    row = await _ticket.read_by_sequence(connection, phase_id=phase_id, sequence=sequence)
    if row is None or (collector_id is not None and row["collector_id"] != collector_id):
        raise NotFound(what="ticket")
    found: UUID = row["id"]
    return found


async def note(connection: Connection, ticket_id: UUID, text: str | None) -> Ticket:
    """Write a note on a ticket, up to 500 characters, or take it off. Raises `NotFound`."""
    ticket = await read(connection, ticket_id)
    await _ticket.set_note(
        connection, phase_id=ticket.phase_id, sequence=ticket.sequence, note=text
    )
    return await read(connection, ticket_id)


async def sums(connection: Connection, phase_id: int) -> Sums:
    """The standing tickets of a phase, counted anew and not taken from its totals row."""
    return Sums(**await _ticket.sum_tickets(connection, phase_id=phase_id))


async def stakes_since(
    connection: Connection, collector_id: int, since: datetime
) -> tuple[Decimal, Decimal, int]:
    """A collector's stakes since a moment, the commission on them, and the number of tickets."""
    row = await _ticket.stakes_since(connection, collector_id=collector_id, since=since)
    return row["stakes"], row["commission"], row["ticket_count"]


def _check_window(ticket: Ticket, any_time: bool) -> None:
    if ticket.phase_state != "open":
        raise WrongState(f"The phase is {ticket.phase_state}; its tickets stand.")
    if ticket.overdue:
        raise WrongState("The closing time has passed; the tickets of this phase stand.")
    if not any_time and ticket.window_left_s == 0:
        raise WrongState(
            f"A ticket can be voided for {ticket.void_window_s} seconds after it was placed; "
            "an admin may still do it until the phase closes."
        )


def _lower(ticket: Ticket, totals: Totals, exposures: dict[int, Exposure]) -> None:
    for bet in ticket.bets:
        lowered = exposures[bet.number]
        lowered.staked_cents -= money.to_cents(bet.amount)
        lowered.weight -= money.to_cents(bet.amount * bet.factor * 100)
    totals.version += 1
    totals.total_in -= ticket.total
    totals.commission -= ticket.commission
    totals.ticket_count -= 1
    totals.bet_count -= ticket.bet_count


def _bets(row: Any) -> tuple[TicketBet, ...]:
    factors = row["factors"] or [limits.WHOLE] * len(row["numbers"])
    return tuple(
        TicketBet(number, money.from_cents(cents), money.from_cents(factor))
        for number, cents, factor in zip(row["numbers"], row["cents"], factors, strict=True)
    )


def _from_row(row: Any, bets: tuple[TicketBet, ...] = ()) -> Ticket:
    fields = {name: row[name] for name in Ticket.__struct_fields__ if name not in ("id", "bets")}
    return Ticket(id=str(row["id"]), bets=bets, **fields)
