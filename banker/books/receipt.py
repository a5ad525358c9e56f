"""The answer to an accepted slip, the same byte for byte at every repetition.

It is written from what the ticket holds and nothing else, so that it need not be kept beside it.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from banker.books.request import Answer
from banker.rules.money import cents_text, from_cents
from banker.rules.number import LABELS

STATUS = 201


class BetTaken(msgspec.Struct, frozen=True):
    """One number of a ticket and its stake, as told to the collector."""

    number: str
    amount: Decimal


class Receipt(msgspec.Struct, frozen=True):
    """The answer to an accepted slip; `balance` is the total after this ticket's own entries."""

    id: str
    sequence: int
    bets: tuple[BetTaken, ...]
    count: int
    total: Decimal
    commission: Decimal
    balance: Decimal
    placed_at: datetime


class _Written(msgspec.Struct, frozen=True):
    """A receipt whose bets are JSON already: fifty objects take longer than all the rest."""

    id: UUID
    sequence: int
    bets: msgspec.Raw
    count: int
    total: Decimal
    commission: Decimal
    balance: Decimal
    placed_at: datetime


_encode = msgspec.json.Encoder().encode
_heads = tuple(f'{{"number":"{label}","amount":"' for label in LABELS)


def answer(
    ticket_id: UUID,
    sequence: int,
    stakes: Mapping[int, int],
    total_cents: int,
    commission: Decimal,
    balance: Decimal,
    placed_at: datetime,
    replayed: bool = False,
) -> Answer:
    """The answer that a ticket gives; `stakes` are cents by number, in number order."""
    bets = '"},'.join([_heads[number] + cents_text(cents) for number, cents in stakes.items()])
    written = _Written(
        id=ticket_id,
        sequence=sequence,
        bets=msgspec.Raw(f'[{bets}"}}]'.encode()),
        count=len(stakes),
        total=from_cents(total_cents),
        commission=commission,
        balance=balance,
        placed_at=placed_at,
    )
    return Answer(STATUS, _encode(written), replayed)
