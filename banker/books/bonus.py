"""Bonuses: money to stake with, which stakes work off until it is cash, or which expires.

A stake counts when its phase is settled: until then its ticket may be voided, and a bonus that a
void ticket had worked off would be cash for nothing. What a void gives back to a bonus purse after
the bonus has ended stays there, to be staked.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from banker.books import ledger
from banker.books.ledger import House, Journal, Transfer
from banker.database import Connection, queries
from banker.errors import Malformed, WrongState

_bonus = queries("bonus")


class Terms(msgspec.Struct, frozen=True):
    """What is granted, the stakes that turn it into cash, and when it is taken back."""

    amount: Decimal
    requirement: Decimal
    expires_at: datetime | None


class Bonus(msgspec.Struct, frozen=True):
    """A person's bonus under way. `pending` are stakes of phases that are not settled yet."""

    transfer_id: int
    amount: Decimal
    requirement: Decimal
    worked_off: Decimal
    pending: Decimal
    expires_at: datetime | None


class Due(msgspec.Struct, frozen=True):
    """A bonus that a settlement works off by `stakes`, in the name of the person; `amount` is what
    reversals have left of it."""

    transfer_id: int
    user_id: int
    amount: Decimal
    requirement: Decimal
    worked_off: Decimal
    stakes: Decimal

    @property
    def is_done(self) -> bool:
        """Whether these stakes are the last that it needs."""
        return self.worked_off + self.stakes >= self.requirement


async def check(connection: Connection, user_id: int, expires_at: datetime | None) -> None:
    """Whether a bonus can begin now, the person's others held until commit. Raises `WrongState`,
    `Malformed`."""
    if await _bonus.hold_active(connection, user_id=user_id) is not None:
        raise WrongState("A bonus is under way already; it is worked off, or taken back, first.")
    if expires_at is not None and expires_at <= await _bonus.read_clock(connection):
        raise Malformed("That time lies in the past.", field="expires_at")


async def begin(connection: Connection, transfer_id: int, user_id: int, terms: Terms) -> None:
    """The terms of a bonus whose money was moved just now. Raises `WrongState`."""
    try:
        async with connection.transaction():
            await _bonus.insert_bonus(
                connection,
                transfer_id=transfer_id,
                user_id=user_id,
                **msgspec.structs.asdict(terms),
            )
    except asyncpg.UniqueViolationError:
        raise WrongState("A bonus was granted just now; it is worked off first.") from None


async def hold(connection: Connection, transfer_id: int) -> None:
    """A bonus that is under way, held until commit. Raises `WrongState` for one that has ended."""
    state = await _bonus.hold_bonus(connection, transfer_id=transfer_id)
    if state != "active":
        raise WrongState(f"The bonus has ended: it is {state}.")


async def end(connection: Connection, transfer_id: int, state: str) -> None:
    """A bonus is over: `converted`, `expired` or `reversed`."""
    await _bonus.end_bonus(connection, transfer_id=transfer_id, state=state)


async def current(connection: Connection, user_id: int) -> Bonus | None:
    """A person's bonus under way."""
    row = await _bonus.read_bonus(connection, user_id=user_id)
    return None if row is None else Bonus(**row)


async def due(connection: Connection, phase_id: int, holds: bool = True) -> list[Due]:
    """The bonuses that the standing tickets of a phase work off, held until commit unless they are
    only looked at."""
    if holds:
        await _bonus.hold_due(connection, phase_id=phase_id)
    worked = [row async for row in _bonus.read_due(connection, phase_id=phase_id)]
    left = await _left(connection, worked)
    return [Due(amount=left[row["transfer_id"]], **row) for row in worked]


def convert(journal: Journal, phase_id: int, actor_id: int, worked: Iterable[Due]) -> None:
    """Enter what turns into cash: what is left in the purse, at most what is left of the grant."""
    for one in worked:
        if not one.is_done:
            continue
        purse = journal.account(one.user_id, "bonus")
        amount = min(one.amount, purse.balance)
        if amount > 0:
            for account_id, moved in (
                (purse.account_id, -amount),
                (journal.cash_account(one.user_id), amount),
            ):
                legs = ((account_id, moved),)
                journal.enter(Transfer("conversion", actor_id, legs, House.BONUSES, phase_id))


async def count_worked(connection: Connection, worked: Iterable[Due]) -> None:
    """What the stakes of a settled phase have worked off."""
    for one in worked:
        await _bonus.count_worked(connection, transfer_id=one.transfer_id, stakes=one.stakes)
        if one.is_done:
            await end(connection, one.transfer_id, "converted")


async def expire(connection: Connection, most: int = 100) -> list[int]:
    """Take back what is left of bonuses whose time is over; whose they were. The transfers are in
    the name of whoever granted them."""
    over = [row async for row in _bonus.hold_expired(connection, most=most)]
    left = await _left(connection, over)
    journal = await ledger.lock(connection, [row["user_id"] for row in over])
    for row in over:
        purse = journal.account(row["user_id"], "bonus")
        amount = min(left[row["transfer_id"]], purse.balance)
        if amount > 0:
            legs = ((purse.account_id, -amount),)
            journal.enter(Transfer("expiry", row["actor_id"], legs, House.BONUSES, note="expired"))
    await journal.write(connection)
    for row in over:
        await end(connection, row["transfer_id"], "expired")
    return [row["user_id"] for row in over]


async def _left(connection: Connection, held: Iterable[Any]) -> dict[int, Decimal]:
    """What reversals have left of some bonuses that are held."""
    ids = [row["transfer_id"] for row in held]
    rows = _bonus.read_left(connection, transfer_ids=ids)
    return {row["transfer_id"]: row["amount"] async for row in rows}
