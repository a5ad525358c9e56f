"""What is published when a phase is closed, before its draw: its counts, its root, its seal."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.database import Connection, queries
from banker.errors import NotFound, WrongState

_proof = queries("proof")


class Notice(msgspec.Struct, frozen=True):
    """A phase as its closing left it; counts and sum are of the tickets that stood, the seal is
    over the `voided_count` others too. Hashes are in hexadecimal. `settled_at` is when the draw was
    entered, None before; `closed_by` is None where the timetable closed it."""

    phase_id: int
    name: str
    state: str
    closed_at: datetime
    closed_by: str | None
    ticket_count: int
    bet_count: int
    total_in: Decimal
    voided_count: int
    tree_root: str
    seal: str
    settled_at: datetime | None
    now: datetime


async def read(connection: Connection, phase_id: int) -> Notice:
    """Raises `NotFound`, and `WrongState` for a phase that was not closed yet, or never."""
    row = await _proof.read_closing(connection, phase_id=phase_id)
    if row is None:
        raise NotFound(what="phase")
    if row["seal"] is None:
        raise WrongState(
            f"The phase is {row['state']}; it has no seal, for that is made at closing."
        )
    known = dict(row)
    known["tree_root"], known["seal"] = row["tree_root"].hex(), row["seal"].hex()
    return Notice(**known)
