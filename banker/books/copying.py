"""A phase made after another: the same limits, prizes and terms, and nothing taken yet."""

from datetime import date, datetime

import msgspec

from banker.books import phase as phases
from banker.books.phase import Phase
from banker.database import Connection, queries

_phase = queries("phase")


class Place(msgspec.Struct, frozen=True):
    """When a copy opens and closes, and the calendar's day that it is for, where it has one."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    calendar_id: int | None = None
    draw_day: date | None = None


async def copy(connection: Connection, actor_id: int, phase_id: int, name: str) -> Phase:
    """A draft with the limits of another phase, its own of each number too, and its payout factors,
    prizes, policy, void window and commission rate; without its times. Raises `NotFound`."""
    copy_id = await draft_after(connection, actor_id, phase_id, name, Place())
    assert copy_id is not None, "only a day of a calendar is drafted already"
    return await phases.read(connection, copy_id)


async def draft_after(
    connection: Connection, actor_id: int, phase_id: int, name: str, place: Place
) -> int | None:
    """The number of a copy in its place, or None where the calendar's day is drafted already. The
    times are written as they are. Raises `NotFound`."""
    await phases.read(connection, phase_id)
    copy_id: int | None = await _phase.copy_phase(
        connection,
        phase_id=phase_id,
        name=name,
        created_by=actor_id,
        **msgspec.structs.asdict(place),
    )
    return copy_id
