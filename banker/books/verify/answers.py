"""What people were told, beside what the books say: the answers that keys are bound to."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Any

import msgspec

from banker.books.cash import Counted
from banker.books.placement import Receipt
from banker.books.verify.disagreement import UNREADABLE, Disagreement
from banker.database import Connection, queries
from banker.rules.number import label

_request = queries("verify/request")


async def receipts(connection: Connection) -> AsyncGenerator[Disagreement, None]:
    """The answer to each accepted slip tells what its ticket says."""
    async with _request.read_receipts_cursor(connection) as rows:
        async for row in rows:
            name = f"request {row['key']} of user {row['actor_id']} to place"
            try:
                receipt = msgspec.json.decode(row["body"], type=Receipt)
            except UNREADABLE as error:
                yield name, f"its answer cannot be read: {error}"
                continue
            wrong = _differing(_told(receipt), _booked(row))
            if wrong:
                yield name, f"ticket {row['sequence']}: {wrong}"


async def counted(connection: Connection) -> AsyncGenerator[Disagreement, None]:
    """The answer to each deposit and withdrawal tells what was moved, and for whom."""
    async with _request.read_counted_cursor(connection) as rows:
        async for row in rows:
            name = f"request {row['key']} of user {row['actor_id']} to {row['operation']}"
            try:
                answer = msgspec.json.decode(row["body"], type=Counted)
            except UNREADABLE as error:
                yield name, f"its answer cannot be read: {error}"
                continue
            wrong = _differing(
                {"user_id": answer.user_id, "amount": answer.amount},
                {"user_id": str(row["user_id"]), "amount": row["amount"]},
            )
            if wrong:
                yield name, f"transfer {answer.transfer_id}: {wrong}"


def _told(receipt: Receipt) -> dict[str, object]:
    return {
        "sequence": receipt.sequence,
        "count": receipt.count,
        "total": receipt.total,
        "commission": receipt.commission,
        "balance": receipt.balance,
        "placed_at": receipt.placed_at,
        "bets": sorted((bet.number, bet.amount) for bet in receipt.bets),
    }


def _booked(row: Any) -> dict[str, object]:
    numbers: list[int] = row["numbers"] or []
    amounts: list[Decimal] = row["amounts"] or []
    return {
        "sequence": row["sequence"],
        "count": row["bet_count"],
        "total": row["total"],
        "commission": row["commission"],
        "balance": row["balance_after"],
        "placed_at": row["placed_at"],
        "bets": [(label(number), amount) for number, amount in zip(numbers, amounts, strict=True)],
    }


def _differing(told: dict[str, object], booked: dict[str, object]) -> str:
    """The first figure that differs, in words; nothing where all agree."""
    for name, figure in told.items():
        if figure != booked[name]:
            return f"the answer says {name} {_short(figure)}, the books say {_short(booked[name])}"
    return ""


def _short(figure: object) -> str:
    text = str(figure)
    if isinstance(figure, list):
        text = ", ".join(f"{number} {amount}" for number, amount in figure)
    return text if len(text) <= 80 else text[:77] + "…"
