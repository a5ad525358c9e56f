"""What went over the desk, looked back on."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.database import Connection, queries
from banker.errors import NotFound

_cash = queries("cash")


class Recorded(msgspec.Struct, frozen=True):
    """One transfer of the desk. `amount` is positive and `inward` says whether it went to the
    holder's `purse`, which held `balance_after` then; `undone` is how much of it was reversed
    since, `reverses_id` what it reverses, and of what kind; `note` is why."""

    id: int
    reason: str
    note: str
    created_at: datetime
    user_id: int
    username: str
    actor: str
    approver: str | None
    shift_id: int | None
    amount: Decimal
    undone: Decimal
    reverses_id: int | None
    reverses_reason: str | None
    forced: bool
    purse: str
    inward: bool
    balance_after: Decimal

    @property
    def left(self) -> Decimal:
        """How much of it can still be undone; nothing of a reversal or a partner's earnings."""
        is_final = self.reverses_id is not None or self.reason == "earning"
        return Decimal(0) if is_final else self.amount - self.undone


async def newest(
    connection: Connection,
    count: int,
    before: int | None = None,
    user_id: int | None = None,
    shift_id: int | None = None,
) -> list[Recorded]:
    """The last of them, the newest first; of one person, of one shift, or of all."""
    return await _read(connection, count, None, before, user_id, shift_id)


async def read(connection: Connection, transfer_id: int) -> Recorded:
    """One of them. Raises `NotFound` for any other transfer."""
    rows = await _read(connection, 1, transfer_id)
    if not rows:
        raise NotFound(what="desk transfer")
    return rows[0]


async def _read(
    connection: Connection,
    count: int,
    transfer_id: int | None,
    before: int | None = None,
    user_id: int | None = None,
    shift_id: int | None = None,
) -> list[Recorded]:
    rows = _cash.read_desk_transfers(
        connection, id=transfer_id, before=before, user_id=user_id, shift_id=shift_id, count=count
    )
    return [Recorded(**row) async for row in rows]
