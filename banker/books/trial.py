"""The trial balance: every account on its side, and both sides the same.

What the house owes stands on the credit side, what it is owed or holds on the debit side; a house
account stands opposite to the purses that it gave to.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from banker.database import Connection, queries
from banker.errors import NotFound
from banker.rules.money import ZERO
from banker.rules.purse import Kind

_trial = queries("trial")

# Below the first bound a purse holds something, above the last as much as it likes.
BOUNDS = tuple(Decimal(bound) for bound in (1_000, 10_000, 100_000, 1_000_000, 10_000_000))
OWING = -1


class Line(msgspec.Struct, frozen=True):
    """One line of the trial balance, both sides positive: a house account, or the purses of a kind;
    `held_count` of those are not empty, and None is for a house account."""

    name: str
    debit: Decimal
    credit: Decimal
    account_count: int | None = None
    held_count: int | None = None


class Bracket(msgspec.Struct, frozen=True):
    """Purses that hold from `least` on and less than `most`, None where there is no such bound;
    those that owe have neither and a total below 0."""

    least: Decimal | None
    most: Decimal | None
    account_count: int
    total: Decimal


class Debtor(msgspec.Struct, frozen=True):
    """Somebody whose purse is below what was granted them, and by how much."""

    user_id: int
    username: str
    kind: Kind
    owed: Decimal


class Drift(msgspec.Struct, frozen=True):
    """A purse beside the sum of its entries; they are the same unless the books were damaged."""

    user_id: int
    username: str
    kind: Kind
    balance: Decimal
    entries: Decimal

    @property
    def amount(self) -> Decimal:
        """What the balance says more than the entries."""
        return self.balance - self.entries


class Trial(msgspec.Struct, frozen=True):
    """The trial balance of one moment."""

    lines: list[Line]

    @property
    def debit(self) -> Decimal:
        """The sum of the debit side."""
        return sum((line.debit for line in self.lines), ZERO)

    @property
    def credit(self) -> Decimal:
        """The sum of the credit side."""
        return sum((line.credit for line in self.lines), ZERO)

    @property
    def difference(self) -> Decimal:
        """What the sides differ by: nothing, where the books balance."""
        return self.debit - self.credit


async def balance(connection: Connection) -> Trial:
    """The trial balance; ask inside `database.reading` to see one moment of it."""
    up_to = await _trial.summed_up_to(connection)
    rows = _trial.list_house(connection, up_to=up_to)
    house = [_house_line(row["kind"], row["total"]) async for row in rows]
    purses = [
        Line(f"{row['kind']} purses", *(row[name] for name in Line.__struct_fields__[1:]))
        async for row in _trial.list_purses(connection)
    ]
    return Trial(house + purses)


async def brackets(connection: Connection, bounds: Sequence[Decimal] = BOUNDS) -> list[Bracket]:
    """How many purses hold how much: those that owe, then by bracket; empty purses are left out."""
    edges: list[Decimal | None] = [None, *bounds, None]
    return [
        Bracket(
            None if row["bracket"] == OWING else edges[row["bracket"]],
            None if row["bracket"] == OWING else edges[row["bracket"] + 1],
            row["account_count"],
            row["total"],
        )
        async for row in _trial.list_brackets(connection, bounds=list(bounds))
    ]


async def debtors(connection: Connection, count: int) -> list[Debtor]:
    """Who owes beyond what was granted them, the largest first."""
    return [Debtor(**row) async for row in _trial.list_debtors(connection, count=count)]


async def drift(connection: Connection, account_id: int) -> Drift:
    """A purse and its entries. Raises `NotFound` for what is no purse."""
    row = await _trial.read_drift(connection, account_id=account_id)
    if row is None:
        raise NotFound(what="purse")
    return Drift(**row)


def _house_line(kind: str, total: Decimal) -> Line:
    return Line(kind, debit=max(-total, ZERO), credit=max(total, ZERO))
