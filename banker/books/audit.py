"""The trail of administrative writes, looked back on. Triggers write it; nothing changes it."""

from datetime import datetime
from typing import Any

import msgspec

from banker.database import Connection, queries

_audit = queries("audit")

# Columns before and after, a number with a point as its text.
Columns = dict[str, Any]


class Noted(msgspec.Struct, frozen=True):
    """One row of the trail: who did what to which row, from where, and the columns that it changed,
    before and after; one of them is None where a row was added or taken away. No `actor` is the
    house itself, or a command."""

    id: int
    at: datetime
    actor: str | None
    address: str | None
    action: str
    subject: str
    before: Columns | None
    after: Columns | None


async def newest(
    connection: Connection,
    count: int,
    before: int | None = None,
    subject: str | None = None,
    actor_id: int | None = None,
) -> list[Noted]:
    """The newest first. A subject is such as `phase 3`, `user 7` or a word alone, and stands for
    all that belongs to it."""
    rows = _audit.list_audit(
        connection, before=before, subject=subject, actor_id=actor_id, count=count
    )
    return [
        Noted(**{**row, "before": _columns(row["before"]), "after": _columns(row["after"])})
        async for row in rows
    ]


def _columns(text: str | None) -> Columns | None:
    if text is None:
        return None
    columns: Columns = msgspec.json.Decoder(float_hook=str).decode(text)
    return columns
