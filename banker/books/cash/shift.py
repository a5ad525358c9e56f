"""A cashier's drawer from one counting to the next."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from banker.books import request
from banker.books.request import Answer, Asked
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState

_shift = queries("shift")


class Shift(msgspec.Struct, frozen=True):
    """A shift. `expected` is what the drawer should hold: the float it was opened with, and what
    went in and out since; `counted` and `difference` (counted less expected) are known at its
    closing. The sums are by kind of movement, reversals apart."""

    id: str
    cashier_id: str
    cashier: str
    opened_at: datetime
    closed_at: datetime | None
    opening_float: Decimal
    deposits: Decimal
    repayments: Decimal
    withdrawals: Decimal
    advances: Decimal
    reversed_in: Decimal
    reversed_out: Decimal
    transfer_count: int
    expected: Decimal
    counted: Decimal | None
    difference: Decimal | None
    note: str | None


async def open_(connection: Connection, asked: Asked, opening_float: Decimal) -> Answer:
    """Begin a shift with a counted drawer. Raises `WrongState` where one is open."""

    async def act() -> Shift:
        try:
            async with connection.transaction():
                shift_id = await _shift.insert_shift(
                    connection, cashier_id=asked.actor_id, opening_float=opening_float
                )
        except asyncpg.UniqueViolationError:
            raise WrongState("Your shift is open already; close it first.") from None
        return await read(connection, shift_id)

    return await request.once(connection, asked, act)


async def close(connection: Connection, asked: Asked, counted: Decimal, note: str | None) -> Answer:
    """End the cashier's shift with the drawer as counted; waits for what is under way through it.
    A difference is recorded, not moved. Raises `WrongState` where none is open."""

    async def act() -> Shift:
        shift_id = await _shift.lock_open_shift(connection, cashier_id=asked.actor_id)
        if shift_id is None:
            raise WrongState("No shift of yours is open.")
        expected = (await read(connection, shift_id)).expected
        await _shift.close_shift(
            connection, id=shift_id, expected=expected, counted=counted, note=note
        )
        return await read(connection, shift_id)

    return await request.once(connection, asked, act, status=200)


async def hold(connection: Connection, cashier_id: int) -> int:
    """The cashier's open shift, kept from closing until commit. Money that moves without one opens
    one with an empty drawer: no movement is ever outside of a drawer."""
    while True:
        shift_id = await _shift.hold_open_shift(connection, cashier_id=cashier_id)
        if shift_id is None:
            shift_id = await _shift.begin_shift(connection, cashier_id=cashier_id)
        if shift_id is not None:
            return int(shift_id)


async def current(connection: Connection, cashier_id: int) -> Shift | None:
    """The cashier's open shift."""
    rows = await _read(connection, cashier_id=cashier_id, only_open=True, count=1)
    return rows[0] if rows else None


async def read(connection: Connection, shift_id: int) -> Shift:
    """One shift. Raises `NotFound`."""
    rows = await _read(connection, id=shift_id, count=1)
    if not rows:
        raise NotFound(what="shift")
    return rows[0]


async def newest(
    connection: Connection, count: int, before: int | None = None, cashier_id: int | None = None
) -> list[Shift]:
    """Shifts, the newest first; of one cashier or of all."""
    return await _read(connection, before=before, cashier_id=cashier_id, count=count)


async def _read(
    connection: Connection,
    count: int,
    id: int | None = None,
    before: int | None = None,
    cashier_id: int | None = None,
    only_open: bool = False,
) -> list[Shift]:
    rows = _shift.read_shifts(
        connection, id=id, before=before, cashier_id=cashier_id, only_open=only_open, count=count
    )
    return [_of_row(row) async for row in rows]


def _of_row(row: Any) -> Shift:
    moved = row["opening_float"] + row["drawer"]
    expected = moved if row["expected"] is None else row["expected"]
    counted = row["counted"]
    return Shift(
        id=str(row["id"]),
        cashier_id=str(row["cashier_id"]),
        cashier=row["cashier"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        opening_float=row["opening_float"],
        deposits=row["deposits"],
        repayments=row["repayments"],
        withdrawals=row["withdrawals"],
        advances=row["advances"],
        reversed_in=row["reversed_in"],
        reversed_out=row["reversed_out"],
        transfer_count=row["transfer_count"],
        expected=expected,
        counted=counted,
        difference=None if counted is None else counted - expected,
        note=row["note"],
    )
