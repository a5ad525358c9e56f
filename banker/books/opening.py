"""Drafts that open by themselves: those whose opening time has come on the database's clock."""

from datetime import datetime

import msgspec

from banker.books import phase as phases
from banker.database import Connection, queries

_phase = queries("phase")


class Due(msgspec.Struct, frozen=True):
    """A draft whose opening time has come; one that `is_late` has its closing time behind it too
    and stays a draft until somebody gives it other times."""

    id: int
    name: str
    is_late: bool


async def due(connection: Connection) -> list[Due]:
    """The drafts that are to be open by now, the longest awaited first."""
    return [Due(**row) async for row in _phase.read_due_drafts(connection)]


async def open_due(connection: Connection, phase_id: int) -> datetime | None:
    """Open a draft if its time has come still; the moment of it. None where somebody has opened it,
    called its time off or put it off since it was found."""
    await phases.gate_exclusive(connection, phase_id)
    opened_at: datetime | None = await _phase.mark_open_if_due(connection, phase_id=phase_id)
    return opened_at
