"""What went over the counter: the desk's transfers, looked back on."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.database import Connection, queries
from banker.errors import NotFound

_desk = queries("desk")


class DeskTransfer(msgspec.Struct, frozen=True):
    """One movement over the counter; `reason` is `deposit` or `withdrawal`, `amount` is positive,
    `balance_after` is the holder's cash after it, `note` is why."""

    id: int
    reason: str
    note: str
    created_at: datetime
    user_id: int
    username: str
    actor: str
    amount: Decimal
    balance_after: Decimal


async def newest(connection: Connection, count: int) -> list[DeskTransfer]:
    """The last of them, the newest first."""
    rows = _desk.newest_desk_transfers(connection, count=count)
    return [DeskTransfer(**row) async for row in rows]


async def read(connection: Connection, transfer_id: int) -> DeskTransfer:
    """One of them. Raises `NotFound` for any other transfer."""
    row = await _desk.read_desk_transfer(connection, id=transfer_id)
    if row is None:
        raise NotFound(what="desk transfer")
    return DeskTransfer(**row)
