"""What a phase was to a collector: tickets, stakes, commission, winnings, what that did to each
purse, and what stands open between the two now.

A stake leaves the purses when its ticket is placed, and winnings and commission come into them with
the settlement: the result of a phase is nobody's debt. What is owed is what the purses hold now.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from banker.books import ledger, people
from banker.books import phase as phases
from banker.books.phase import Phase
from banker.database import Connection, queries
from banker.errors import NotFound
from banker.rules.money import ZERO
from banker.rules.purse import Balance

_statement = queries("statement")

MOST_SLIPS = 200

# In the order in which they come to pass.
What = Literal[
    "stakes",
    "void stakes",
    "given back",
    "winnings",
    "commission",
    "earlier winnings",
    "taken back",
    "bonus worked off",
]
_ORDER: tuple[What, ...] = What.__args__  # type: ignore[attr-defined]


class Sums(msgspec.Struct, frozen=True):
    """What tickets that stand came to; void ones are in `void_count` and `returned` alone.
    `total_out` is None before the draw, and 0 for a phase that is void."""

    ticket_count: int
    bet_count: int
    void_count: int
    total_in: Decimal
    returned: Decimal
    commission: Decimal
    winning_count: int
    total_out: Decimal | None

    @property
    def result(self) -> Decimal | None:
        """Winnings and commission less the stakes; None before the draw."""
        return None if self.total_out is None else self.total_out + self.commission - self.total_in


class AtRate(msgspec.Struct, frozen=True):
    """The stakes that earn at one rate, in percent, and the commission on them."""

    rate: Decimal
    total_in: Decimal
    commission: Decimal


class Movement(msgspec.Struct, frozen=True):
    """What one kind of transfer brought to each purse in all; what was drawn is negative."""

    what: What
    cash: Decimal
    bonus: Decimal
    credit: Decimal

    @property
    def total(self) -> Decimal:
        """What it brought to all three."""
        return self.cash + self.bonus + self.credit


class Undone(msgspec.Struct, frozen=True):
    """What a draw that did not count in the end had paid and was taken back; of it, `debt` was not
    there any more."""

    revision: int
    number: int
    amount: Decimal
    debt: Decimal


class Slip(msgspec.Struct, frozen=True):
    """A ticket on a statement; `won` is None before the draw, and for one that is void."""

    id: str
    sequence: int
    placed_at: datetime
    bet_count: int
    total: Decimal
    commission_rate: Decimal
    commission: Decimal
    won: Decimal | None
    voided_at: datetime | None


class Owed(msgspec.Struct, frozen=True):
    """What stands open now, of all phases and the desk: the cash that the house holds for the
    collector, the credit that they have drawn, and what was forced on them as a debt."""

    cash: Decimal
    credit: Decimal
    debt: Decimal

    @property
    def net(self) -> Decimal:
        """All of it together: above 0 the house owes it, below 0 the collector does."""
        return self.cash - self.credit - self.debt


class Statement(msgspec.Struct, frozen=True):
    """All of it at one moment, `phase.now`. `slips` are a part of the tickets, by sequence; `more`
    is the last of them where others follow. The sums are of all."""

    phase: Phase
    number: int | None
    revision: int | None
    collector_id: int
    username: str
    sums: Sums
    rates: tuple[AtRate, ...]
    movements: tuple[Movement, ...]
    undone: tuple[Undone, ...]
    balance: Balance
    slips: tuple[Slip, ...]
    more: int | None

    @property
    def owed(self) -> Owed:
        """What stands open now. A bonus is to be staked and owed to nobody."""
        held = self.balance
        return Owed(
            cash=max(held.cash_balance, ZERO),
            credit=max(-held.credit_balance, ZERO),
            debt=max(-held.cash_balance, ZERO) + max(-held.bonus_balance, ZERO),
        )

    def moved(self, what: What) -> Movement:
        """What one kind of transfer brought; nothing where there was none."""
        found = (one for one in self.movements if one.what == what)
        return next(found, Movement(what, ZERO, ZERO, ZERO))

    @property
    def moved_in_all(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """What the phase has brought to cash, bonus and credit, and to all three."""
        return (
            sum((one.cash for one in self.movements), ZERO),
            sum((one.bonus for one in self.movements), ZERO),
            sum((one.credit for one in self.movements), ZERO),
            sum((one.total for one in self.movements), ZERO),
        )


async def read(
    connection: Connection,
    phase_id: int,
    collector_id: int,
    after: int = 0,
    count: int = MOST_SLIPS,
) -> Statement:
    """The statement of a collector, with at most `count` of the tickets behind a sequence. Raises
    `NotFound`, also where the person has no ticket in the phase."""
    phase = await phases.read(connection, phase_id)
    asked = {"phase_id": phase_id, "collector_id": collector_id}
    row = await _statement.read_sums(connection, **asked)
    sums = sums_of(row)
    if sums.ticket_count + sums.void_count == 0:
        raise NotFound(what="statement; this person has no slip in the phase")
    person = await people.read(connection, collector_id)
    slips = [
        Slip(**{**row, "id": str(row["id"])})
        async for row in _statement.list_slips(connection, **asked, after=after, count=count + 1)
    ]
    return Statement(
        phase=phase,
        number=row["number"],
        revision=row["revision"],
        collector_id=collector_id,
        username=person.username,
        sums=sums,
        rates=tuple([AtRate(**one) async for one in _statement.list_rates(connection, **asked)]),
        movements=_ordered(
            [Movement(**one) async for one in _statement.list_movements(connection, **asked)]
        ),
        undone=tuple([Undone(**one) async for one in _statement.list_undone(connection, **asked)]),
        balance=(await ledger.balances(connection, [collector_id]))[collector_id],
        slips=tuple(slips[:count]),
        more=slips[count - 1].sequence if len(slips) > count else None,
    )


def sums_of(row: Any) -> Sums:
    """The sums in a row that holds them among others."""
    return Sums(**{name: row[name] for name in Sums.__struct_fields__})


def _ordered(movements: Iterable[Movement]) -> tuple[Movement, ...]:
    return tuple(sorted(movements, key=lambda one: _ORDER.index(one.what)))
