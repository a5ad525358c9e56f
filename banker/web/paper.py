"""The receipt of a ticket as it is handed over: on screen, on paper, or as text for the chat."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from banker.books.proof import Proof
from banker.books.receipt import Receipt
from banker.books.ticket import Ticket
from banker.rules import notation
from banker.rules.notation import Bet
from banker.rules.number import read_label
from banker.web.rendering import dated, grouped, shown


class Paper(msgspec.Struct, frozen=True):
    """What a receipt says. `copied_at` is None on the original; the balance and the commission are
    the collector's own business and not on it. Once the phase is closed it has a `proof`."""

    ticket_id: str
    phase: str
    sequence: int
    collector: str
    placed_at: datetime
    bets: tuple[Bet, ...]
    total: Decimal
    note: str | None
    voided_at: datetime | None = None
    copied_at: datetime | None = None
    proof: Proof | None = None

    def text(self, zone: ZoneInfo) -> str:
        """The receipt as a slip in the normal form, with who and when as comments."""
        head = (
            f"# {self.phase} · #{self.sequence} · {self.collector} · {dated(self.placed_at, zone)}"
        )
        lines = [head]
        if self.note:
            # Notes of several lines were taken once; what follows the first would read as bets.
            lines.append(f"# {' '.join(self.note.splitlines())}")
        if self.voided_at is not None:
            lines.append(f"# VOID since {dated(self.voided_at, zone)}")
        if self.proof is not None:
            lines.append(f"# seal {grouped(self.proof.seal)}")
        return "\n".join([*lines, notation.write(self.bets), f"total {shown(self.total)}"])


def original(receipt: Receipt, phase: str, collector: str, note: str | None) -> Paper:
    """The receipt of a slip just taken."""
    return Paper(
        ticket_id=receipt.id,
        phase=phase,
        sequence=receipt.sequence,
        collector=collector,
        placed_at=receipt.placed_at,
        bets=tuple(Bet(read_label(bet.number), bet.amount) for bet in receipt.bets),
        total=receipt.total,
        note=note,
    )


def copy(ticket: Ticket, proof: Proof | None = None) -> Paper:
    """The receipt of a ticket once more, marked as a copy of now."""
    return Paper(
        ticket_id=ticket.id,
        phase=ticket.phase_name,
        sequence=ticket.sequence,
        collector=ticket.username,
        placed_at=ticket.placed_at,
        bets=tuple(Bet(bet.number, bet.amount) for bet in ticket.bets),
        total=ticket.total,
        note=ticket.note,
        voided_at=ticket.voided_at,
        copied_at=ticket.now,
        proof=proof,
    )
