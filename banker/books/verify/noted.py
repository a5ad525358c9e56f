"""What the trail was told of a closing at the time, which the chain of hashes keeps."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from banker.books import chain
from banker.books.verify.disagreement import UNREADABLE
from banker.database import Connection, queries

_seal = queries("verify/seal")
_chain = queries("verify/chain")


class Closing(msgspec.Struct, frozen=True):
    """The figures of a phase that its closing fixed."""

    total_in: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int
    tree_root: bytes
    seal: bytes
    closed_at: datetime


async def read(
    connection: Connection, phase_id: int, closed_at: datetime | None
) -> tuple[Closing | None, list[str]]:
    """What the trail says, and what is wrong with it, in words. A house that is older than its
    trail was told nothing of its first closings."""
    row = await _seal.read_noted(connection, subject=f"settlement of phase {phase_id}")
    if row is None:
        if closed_at is None or await _seal.is_noted(connection, closed_at=closed_at):
            return None, ["it does not know of the closing"]
        return None, []
    wrong = await _unlinked(connection, row["id"])
    try:
        return _closing(row), wrong
    except UNREADABLE as error:
        return None, [*wrong, f"what it says of the closing cannot be read: {error}"]


async def _unlinked(connection: Connection, audit_id: int) -> list[str]:
    """Whether the chain says of the row what the row says; it may not have come to it yet."""
    link = await _seal.read_link(connection, id=audit_id)
    if link is None or not link["is_due"]:
        return []
    if link["position"] is None:
        return [f"no link of the chain names audit row {audit_id}"]
    place = link["ids"].index(audit_id)
    position = link["position"] + place
    stored = link["hashes"][32 * place : 32 * place + 32]
    before = link["hashes"][32 * place - 32 : 32 * place] if place else None
    if before is None:
        found = await _chain.read_hash_before(connection, position=position - 1)
        before = found or chain.NOTHING
    contents = _chain.read_audit(connection, first=audit_id, last=audit_id, most=1)
    content = [row["content"] async for row in contents]
    if chain.linked(before, position - 1, content) != [stored]:
        return [f"audit row {audit_id} is not what link {position} of the chain was made of"]
    return []


def _closing(row: Any) -> Closing:
    return Closing(
        total_in=Decimal(row["total_in"]),
        commission=Decimal(row["commission"]),
        ticket_count=int(row["ticket_count"]),
        bet_count=int(row["bet_count"]),
        tree_root=bytes.fromhex(row["tree_root"].removeprefix("\\x")),
        seal=bytes.fromhex(row["seal"].removeprefix("\\x")),
        closed_at=datetime.fromisoformat(row["closed_at"]),
    )
