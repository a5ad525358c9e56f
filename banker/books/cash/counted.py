"""What every transfer of the desk leaves: a row that can be reversed, and the answer."""

from decimal import Decimal
from typing import Literal

import msgspec

from banker.books import ledger
from banker.books.cash import shift
from banker.books.ledger import House, Journal
from banker.database import Connection, queries
from banker.errors import NotFound
from banker.rules import purse
from banker.rules.money import to_cent

_cash = queries("cash")

Reason = Literal["deposit", "withdrawal", "advance", "repayment", "bonus", "earning", "reversal"]

# A request that was asked by one person and approved by another is the asker's, and names it.
Approval = int | None


class Counted(msgspec.Struct, frozen=True):
    """The answer of the desk: the transfer, and the person's balances after it."""

    transfer_id: str
    user_id: str
    amount: Decimal
    cash_balance: Decimal
    bonus_balance: Decimal
    credit_balance: Decimal
    credit_limit: Decimal
    credit_approved: bool
    total_balance: Decimal
    available: Decimal


class DeskTransfer(msgspec.Struct, frozen=True):
    """A transfer about to be made at the desk. `legs` are as in `ledger.Transfer`, on purses of
    `user_id`; a `reverses_id` names the transfer that it undoes."""

    reason: Reason
    actor_id: int
    user_id: int
    legs: purse.Entries
    house: House
    note: str
    reverses_id: int | None = None
    forced: bool = False
    approval_id: Approval = None

    @property
    def amount(self) -> Decimal:
        """What it moves, never below zero."""
        return to_cent(abs(sum((amount for _, amount in self.legs), Decimal(0))))


async def lock(connection: Connection, user_id: int) -> Journal:
    """A person's purses, locked. Raises `NotFound` for someone without purses."""
    journal = await ledger.lock(connection, [user_id])
    if not journal.holds(user_id):
        raise NotFound(what="account holder")
    return journal


async def hold_drawer(connection: Connection, actor_id: int, house: House) -> int | None:
    """The shift whose drawer a transfer against this house account goes through, held open until
    commit; before any purse is locked."""
    return await shift.hold(connection, actor_id) if house == House.DESK else None


async def count(
    connection: Connection, journal: Journal, transfer: DeskTransfer, shift_id: int | None
) -> Counted:
    """Write the transfer and its row; the person's purses must be locked in the journal."""
    journal.enter(
        ledger.Transfer(
            reason=transfer.reason,
            actor_id=transfer.actor_id,
            legs=transfer.legs,
            house=transfer.house,
            note=transfer.note,
        ),
        transfer.forced,
    )
    [transfer_id] = await journal.write(connection)
    await _cash.insert_desk_transfer(
        connection,
        transfer_id=transfer_id,
        user_id=transfer.user_id,
        shift_id=shift_id,
        amount=transfer.amount,
        reverses_id=transfer.reverses_id,
        forced=transfer.forced,
        approval_id=transfer.approval_id,
    )
    return Counted(
        transfer_id=str(transfer_id),
        user_id=str(transfer.user_id),
        amount=transfer.amount,
        **msgspec.structs.asdict(journal.balance(transfer.user_id)),
    )
