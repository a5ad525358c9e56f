"""The calendars by which phases come round, and the days on which they do not keep to their rule.

What a calendar makes of its days is in `drafting`, which also changes calendars.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from banker.database import Connection, queries
from banker.errors import NotFound
from banker.rules.calendar import Moves, Rule

_calendar = queries("calendar")


class Plan(msgspec.Struct, frozen=True):
    """What a manager says of a calendar: its rule, the phase whose terms its drafts take over, and
    how many draws are drafted before they open."""

    name: str
    rule: Rule
    model_id: int
    ahead: int


class Move(msgspec.Struct, frozen=True):
    """A day of the rule whose draw is held on another one, or on none."""

    day: date
    moved_to: date | None
    note: str | None


class Calendar(msgspec.Struct, frozen=True):
    """A calendar; one that is stopped drafts nothing."""

    id: int
    plan: Plan
    model_name: str
    stopped_at: datetime | None
    created_by: int
    moved: tuple[Move, ...]

    @property
    def moves(self) -> Moves:
        """The moves as the rules take them."""
        return {one.day: one.moved_to for one in self.moved}


class Drafted(msgspec.Struct, frozen=True):
    """A phase that a calendar has drafted for one of its days."""

    id: int
    name: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    draw_day: date


class Clock(msgspec.Struct, frozen=True):
    """The house's zone, and the database's time."""

    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """The day that it is in the house."""
        return self.now.astimezone(self.zone).date()


async def listed(connection: Connection) -> list[Calendar]:
    """Every calendar, those that run first."""
    return await _with_moves(
        connection, [row async for row in _calendar.list_calendars(connection)]
    )


async def read(connection: Connection, calendar_id: int) -> Calendar:
    """One calendar. Raises `NotFound`."""
    return await _one(connection, await _calendar.read_calendar(connection, id=calendar_id))


async def hold(connection: Connection, calendar_id: int) -> Calendar:
    """One calendar, held until commit. Raises `NotFound`."""
    return await _one(connection, await _calendar.lock_calendar(connection, id=calendar_id))


async def running(connection: Connection) -> list[tuple[int, str]]:
    """Number and name of each calendar that drafts."""
    return [(row["id"], row["name"]) async for row in _calendar.read_running(connection)]


async def drafted(connection: Connection, calendar_id: int) -> dict[date, Drafted]:
    """What a calendar has drafted, by the day of its rule."""
    rows = _calendar.read_drafted(connection, calendar_id=calendar_id)
    return {row["draw_day"]: Drafted(**row) async for row in rows}


async def clock(connection: Connection) -> Clock:
    """What time it is, by the database, and where."""
    row = await _calendar.read_clock(connection)
    return Clock(ZoneInfo(row["timezone"]), row["now"])


async def _one(connection: Connection, row: Any) -> Calendar:
    if row is None:
        raise NotFound(what="calendar")
    [calendar] = await _with_moves(connection, [row])
    return calendar


async def _with_moves(connection: Connection, rows: Iterable[Any]) -> list[Calendar]:
    found = {row["id"]: row for row in rows}
    moved: dict[int, list[Move]] = {calendar_id: [] for calendar_id in found}
    async for row in _calendar.read_moves(connection, calendar_ids=list(found)):
        moved[row["calendar_id"]].append(Move(row["day"], row["moved_to"], row["note"]))
    return [_of_row(row, moved[calendar_id]) for calendar_id, row in found.items()]


def _of_row(row: Any, moved: Iterable[Move]) -> Calendar:
    rule = Rule(
        tuple(row["month_days"]),
        tuple(row["week_days"]),
        row["open_days_before"],
        row["opens"],
        row["closes"],
    )
    return Calendar(
        id=row["id"],
        plan=Plan(row["name"], rule, row["model_id"], row["ahead"]),
        model_name=row["model_name"],
        stopped_at=row["stopped_at"],
        created_by=row["created_by"],
        moved=tuple(moved),
    )
