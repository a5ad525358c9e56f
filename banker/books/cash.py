"""The cash desk: money that comes in over the counter and goes out over it."""

from decimal import Decimal

import msgspec

from banker.books import ledger, request
from banker.books.request import Answer, Asked
from banker.database import Connection
from banker.errors import InsufficientFunds, NotFound
from banker.rules.money import money, to_cent


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


async def deposit(
    connection: Connection, asked: Asked, user_id: int, amount: Decimal, reason: str
) -> Answer:
    """Money handed in, put into the person's cash. Raises `NotFound` for someone without purses."""

    async def act() -> Counted:
        journal = await _lock(connection, user_id)
        return await _move(connection, journal, "deposit", asked.actor_id, user_id, amount, reason)

    return await request.once(connection, asked, act)


async def withdraw(
    connection: Connection, asked: Asked, user_id: int, amount: Decimal, reason: str
) -> Answer:
    """Money handed out, from the person's cash alone. Raises `NotFound`, `InsufficientFunds`."""

    async def act() -> Counted:
        journal = await _lock(connection, user_id)
        held = journal.balance(user_id).cash_balance
        if held < amount:
            raise InsufficientFunds(needed=money(amount), available=money(max(held, Decimal(0))))
        return await _move(
            connection, journal, "withdrawal", asked.actor_id, user_id, -amount, reason
        )

    return await request.once(connection, asked, act)


async def _lock(connection: Connection, user_id: int) -> ledger.Journal:
    journal = await ledger.lock(connection, [user_id])
    if not journal.holds(user_id):
        raise NotFound(what="account holder")
    return journal


async def _move(
    connection: Connection,
    journal: ledger.Journal,
    kind: str,
    actor_id: int,
    user_id: int,
    amount: Decimal,
    reason: str,
) -> Counted:
    journal.enter(
        ledger.Transfer(
            reason=kind,
            actor_id=actor_id,
            legs=((journal.cash_account(user_id), amount),),
            house=ledger.House.DESK,
            note=reason,
        )
    )
    [transfer_id] = await journal.write(connection)
    return Counted(
        transfer_id=str(transfer_id),
        user_id=str(user_id),
        amount=to_cent(abs(amount)),
        **msgspec.structs.asdict(journal.balance(user_id)),
    )
