"""Which of a person's accounts a movement of money touches, and in what order."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from banker.rules.money import ZERO

Kind = Literal["cash", "bonus", "credit"]
KINDS: tuple[Kind, ...] = ("cash", "bonus", "credit")

# An account's id and what it gains; what is drawn from it is negative. Never an amount of 0.
Entries = tuple[tuple[int, Decimal], ...]

_DRAWING_ORDER: dict[Kind, int] = {"cash": 0, "bonus": 1, "credit": 2}


class Purse(msgspec.Struct):
    """One account of a person. The floor is 0 for cash and bonus and minus the approved limit for
    credit, or lower where a debt was forced on it; what is drawn of a credit is below 0."""

    account_id: int
    kind: Kind
    balance: Decimal
    floor: Decimal

    @property
    def granted(self) -> Decimal:
        """How far below zero it may be drawn: the approved limit of a credit, else nothing."""
        return -self.floor if self.kind == "credit" else ZERO


class Balance(msgspec.Struct, frozen=True):
    """A person's money as the API tells it; `credit_balance` is what is drawn, 0 or below."""

    cash_balance: Decimal
    bonus_balance: Decimal
    credit_balance: Decimal
    credit_limit: Decimal
    credit_approved: bool
    total_balance: Decimal
    available: Decimal


class NotEnough(Exception):
    """There is not enough money for this: more is needed than is available."""

    def __init__(self, needed: Decimal, available: Decimal) -> None:
        super().__init__(needed, available)
        self.needed = needed
        self.available = available


def draw(purses: Sequence[Purse], amount: Decimal) -> Entries:
    """A stake, drawn from cash first, then bonus, then credit. Raises `NotEnough`, with nothing
    available where something is owed."""
    assert amount > 0
    if owes(purses):
        raise NotEnough(amount, ZERO)
    entries = []
    missing = amount
    for purse in sorted(purses, key=lambda purse: _DRAWING_ORDER[purse.kind]):
        drawn = min(missing, _drawable(purse))
        if drawn > 0:
            entries.append((purse.account_id, -drawn))
            missing -= drawn
    if missing > 0:
        raise NotEnough(amount, available(purses))
    return tuple(entries)


def pay(purses: Sequence[Purse], amount: Decimal) -> Entries:
    """A payout or a commission: it repays drawn credit first, the rest goes to cash."""
    assert amount >= 0
    entries = []
    rest = amount
    for purse in purses:
        if purse.kind == "credit" and purse.balance < 0 < rest:
            repaid = min(rest, -purse.balance)
            entries.append((purse.account_id, repaid))
            rest -= repaid
    if rest > 0:
        cash = next(purse for purse in purses if purse.kind == "cash")
        entries.append((cash.account_id, rest))
    return tuple(entries)


def give_back(purses: Sequence[Purse], entries: Iterable[tuple[int, Decimal]]) -> Entries:
    """A void: each purse gets back what `draw` took from it. Credit that was repaid meanwhile is
    owed no more: that part goes to cash, so that a credit purse is a debt and never a treasure."""
    by_id = {purse.account_id: purse for purse in purses}
    cash = next(purse.account_id for purse in purses if purse.kind == "cash")
    given: dict[int, Decimal] = {}
    for account_id, amount in entries:
        purse = by_id[account_id]
        owed = max(-purse.balance, ZERO) if purse.kind == "credit" else -amount
        back = min(-amount, owed)
        for where, part in ((account_id, back), (cash, -amount - back)):
            if part:
                given[where] = given.get(where, ZERO) + part
    return tuple(given.items())


def take_back(
    purses: Sequence[Purse], entries: Iterable[tuple[int, Decimal]]
) -> tuple[Entries, Decimal]:
    """A payout undone: the credit that it repaid is drawn again as far as that is still granted,
    the rest comes out of cash. Beside it what cash did not hold: a debt."""
    by_id = {purse.account_id: purse for purse in purses}
    cash = next(purse for purse in purses if purse.kind == "cash")
    taken: dict[int, Decimal] = {}
    for account_id, amount in entries:
        purse = by_id[account_id]
        redrawn = min(amount, _drawable(purse)) if purse.kind == "credit" else ZERO
        for where, part in ((account_id, redrawn), (cash.account_id, amount - redrawn)):
            if part:
                taken[where] = taken.get(where, ZERO) - part
    wanted = -taken.get(cash.account_id, ZERO)
    return tuple(taken.items()), max(wanted - max(cash.balance, ZERO), ZERO)


def owes(purses: Iterable[Purse]) -> bool:
    """Whether one of them lies below what is granted, by a debt that was forced on it or a credit
    limit that was lowered: nothing is drawn until that is repaid (design, Money)."""
    return any(purse.balance < -purse.granted for purse in purses)


def available(purses: Sequence[Purse]) -> Decimal:
    """The largest stake that `draw` would take from these purses."""
    if owes(purses):
        return ZERO
    return sum((_drawable(purse) for purse in purses), ZERO)


def balance(purses: Sequence[Purse], credit_limit: Decimal, credit_approved: bool) -> Balance:
    """The figures of a person. A credit limit that is not approved counts for nothing in
    `available`; where something is owed in one purse, nothing in the others is available either."""
    held: dict[Kind, Decimal] = {"cash": ZERO, "bonus": ZERO, "credit": ZERO}
    for purse in purses:
        held[purse.kind] += purse.balance
    return Balance(
        cash_balance=held["cash"],
        bonus_balance=held["bonus"],
        credit_balance=held["credit"],
        credit_limit=credit_limit,
        credit_approved=credit_approved,
        total_balance=sum(held.values(), ZERO),
        available=available(purses),
    )


def _drawable(purse: Purse) -> Decimal:
    # A forced debt lowers the floor of cash or bonus below 0. It is no allowance.
    floor = purse.floor if purse.kind == "credit" else max(purse.floor, ZERO)
    return max(purse.balance - floor, ZERO)
