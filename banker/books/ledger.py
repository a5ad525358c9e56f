"""The only place where a balance changes.

Every change is a transfer whose entries sum to zero: a person's purses on one side, a house account
on the other. A purse's entry carries the balance after it and the purse's next sequence; a house
account is the sum of its entries.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import Any

import msgspec

from banker.database import Connection, array, queries
from banker.rules.money import ZERO
from banker.rules.purse import KINDS, Balance, Kind, Purse, balance

_ledger = queries("ledger")


class House(IntEnum):
    """The house accounts, by their fixed numbers (see the migrations)."""

    STAKES = 1
    PAYOUTS = 2
    COMMISSION = 3
    DESK = 4
    BONUSES = 5
    CORRECTIONS = 6
    PARTNERS = 7


class Transfer(msgspec.Struct, frozen=True):
    """One movement of money. `legs` are purse account and signed amount, in the order drawn; the
    house account takes the other side."""

    reason: str
    actor_id: int
    legs: tuple[tuple[int, Decimal], ...]
    house: House
    phase_id: int | None = None
    note: str | None = None


class Account(Purse):
    """A purse under lock, as it will stand when the journal is written."""

    user_id: int
    credit_limit: Decimal
    credit_approved: bool
    last_sequence: int

    @property
    def granted(self) -> Decimal:
        """How far below zero it may be drawn: the approved limit of a credit, else nothing."""
        return self.credit_limit if self.kind == "credit" and self.credit_approved else ZERO


class Journal:
    """Purses held under lock in this transaction, and the transfers about to be written to them."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._accounts = {account.account_id: account for account in accounts}
        self._by_user: dict[int, list[Account]] = {}
        for account in self._accounts.values():
            self._by_user.setdefault(account.user_id, []).append(account)
        self._transfers: list[Transfer] = []
        self._totals: list[Decimal] = []
        self._entries: list[tuple[int, int, Decimal, Decimal, int]] = []
        self._changed: set[int] = set()
        self._forced: set[int] = set()

    def holds(self, user_id: int) -> bool:
        """Whether all purses of a person are held here; a person without purses has none."""
        return len(self._by_user.get(user_id, ())) == len(KINDS)

    def purses(self, user_id: int) -> Sequence[Purse]:
        """A person's purses as they stand after what was entered so far."""
        return self._by_user[user_id]

    def balance(self, user_id: int) -> Balance:
        """The balance figures of a person after what was entered so far."""
        return _balance(self._by_user[user_id])

    def total(self, user_id: int) -> Decimal:
        """The total balance of a person after what was entered so far."""
        return sum([account.balance for account in self._by_user[user_id]], ZERO)

    def account(self, user_id: int, kind: Kind) -> Account:
        """One of a person's purses."""
        return next(account for account in self._by_user[user_id] if account.kind == kind)

    def cash_account(self, user_id: int) -> int:
        """The number of a person's cash purse."""
        return self.account(user_id, "cash").account_id

    def enter(self, transfer: Transfer, forced: bool = False) -> int:
        """Add a transfer; gives its place in the list of numbers that `write` answers. A `forced`
        one may leave a debt: the floors of its purses go down with their balances."""
        self._transfers.append(transfer)
        place = len(self._transfers)
        total = Decimal(0)
        for account_id, amount in transfer.legs:
            account = self._accounts[account_id]
            account.balance += amount
            account.last_sequence += 1
            total += amount
            if forced and account.balance < account.floor:
                account.floor = account.balance
                self._forced.add(account_id)
            elif account.floor < -account.granted:
                # What is repaid of a debt cannot be drawn again: the floor follows the balance up.
                account.floor = min(-account.granted, max(account.floor, account.balance))
            self._changed.add(account_id)
            self._entries.append(
                (place, account_id, amount, account.balance, account.last_sequence)
            )
        assert total != 0, "a transfer moves money"
        self._totals.append(total)
        return place - 1

    async def write(self, connection: Connection) -> list[int]:
        """Write transfers, entries and balances set-wise; the transfers' numbers in order."""
        if not self._transfers:
            return []
        for account_id in sorted(self._forced):
            floor = self._accounts[account_id].floor
            await _ledger.lower_floor(connection, account_id=account_id, floor=floor)
        changed = [self._accounts[account_id] for account_id in sorted(self._changed)]
        places, account_ids, amounts, balances_after, sequences = zip(*self._entries, strict=True)
        ids: list[int] = await _ledger.write_journal(
            connection,
            reasons=[transfer.reason for transfer in self._transfers],
            actor_ids=[transfer.actor_id for transfer in self._transfers],
            phase_ids=[transfer.phase_id for transfer in self._transfers],
            notes=[transfer.note for transfer in self._transfers],
            house_ids=array([int(transfer.house) for transfer in self._transfers]),
            totals=array(self._totals),
            places=array(places),
            account_ids=array(account_ids),
            amounts=array(amounts),
            balances_after=array(balances_after),
            sequences=array(sequences),
            changed_ids=array([account.account_id for account in changed]),
            balances=array([account.balance for account in changed]),
            last_sequences=array([account.last_sequence for account in changed]),
        )
        self._transfers, self._totals, self._entries = [], [], []
        self._changed, self._forced = set(), set()
        return ids


async def lock(connection: Connection, user_ids: Iterable[int], wait: bool = True) -> Journal:
    """The purses of some people, locked by account in rising order, with an empty journal; without
    those that others hold where one cannot `wait` for them."""
    ask = _ledger.lock_accounts if wait else _ledger.lock_free_accounts
    rows = ask(connection, user_ids=sorted(set(user_ids)))
    return Journal([_account(row) async for row in rows])


async def look(connection: Connection, user_ids: Iterable[int]) -> Journal:
    """The purses of some people as they stand now, not locked: a journal to rehearse with, and
    never to be written."""
    rows = _ledger.read_accounts(connection, user_ids=sorted(set(user_ids)))
    return Journal([_account(row) async for row in rows])


async def balances(connection: Connection, user_ids: Iterable[int]) -> dict[int, Balance]:
    """The balance figures of some people, read without a lock; who has no purses is left out."""
    by_user: dict[int, list[Account]] = {}
    async for row in _ledger.read_accounts(connection, user_ids=sorted(set(user_ids))):
        by_user.setdefault(row["user_id"], []).append(_account(row))
    return {user_id: _balance(accounts) for user_id, accounts in by_user.items()}


async def open_purses(connection: Connection, user_id: int) -> None:
    """The three purses of a new person, all empty."""
    await _ledger.open_purses(connection, user_id=user_id)


async def approve_credit(connection: Connection, user_id: int, credit_limit: Decimal) -> None:
    """Let a person draw credit down to minus the limit. Where more than that is drawn already, the
    rest stays a debt, and nothing is drawn until it is repaid."""
    await _ledger.approve_credit(connection, user_id=user_id, credit_limit=credit_limit)


async def record_drift(
    connection: Connection, account_id: int, amount: Decimal, actor_id: int, note: str
) -> int:
    """Give a purse under lock an entry that leaves its balance as it is, where the balance has
    moved without one (see `mending`); the number of the transfer."""
    transfer_id: int = await _ledger.record_drift(
        connection,
        account_id=account_id,
        house_id=int(House.CORRECTIONS),
        amount=amount,
        actor_id=actor_id,
        note=note,
    )
    return transfer_id


async def legs_of(
    connection: Connection, transfer_ids: Sequence[int]
) -> dict[int, list[tuple[int, Decimal]]]:
    """The purse side of some transfers: account and signed amount, by transfer."""
    legs: dict[int, list[tuple[int, Decimal]]] = {}
    async for row in _ledger.entries_of(connection, transfer_ids=list(transfer_ids)):
        legs.setdefault(row["transfer_id"], []).append((row["account_id"], row["amount"]))
    return legs


def _account(row: Any) -> Account:
    return Account(
        account_id=row["id"],
        user_id=row["user_id"],
        kind=row["kind"],
        balance=row["balance"],
        floor=row["floor"],
        credit_limit=ZERO if row["credit_limit"] is None else row["credit_limit"],
        credit_approved=bool(row["credit_approved"]),
        last_sequence=row["last_sequence"],
    )


def _balance(accounts: Sequence[Account]) -> Balance:
    credit = next(account for account in accounts if account.kind == "credit")
    return balance(accounts, credit.credit_limit, credit.credit_approved)
