"""What a calendar makes of its days: drafts of the coming draws, and drafts that follow when the
calendar is changed.

A calendar's row is locked first, the gates of its phases after it. A draft that somebody has given
times or a name by hand keeps them. A draft whose day is left out is not thrown away: it loses its
times, so that it never opens by itself, its name says why, and it gets them back with its day.
"""

from datetime import date, datetime

import msgspec

from banker.books import calendar as calendars
from banker.books import copying
from banker.books import phase as phases
from banker.books.calendar import Calendar, Clock, Plan
from banker.books.copying import Place
from banker.books.phase import Phase
from banker.database import Connection, queries
from banker.errors import Malformed, NotFound, WrongState
from banker.rules import calendar as days
from banker.rules.calendar import LARGEST_MOVE_DAYS, Draw

_calendar = queries("calendar")
_phase = queries("phase")


class Slot(msgspec.Struct, frozen=True):
    """What a calendar has a draft called, and when it opens and closes."""

    name: str
    opens_at: datetime | None
    closes_at: datetime | None


async def draft(connection: Connection, calendar_id: int) -> list[str]:
    """Draft the coming draws that are not drafted yet, as many ahead as the calendar says; their
    names. A draw whose phase would be open already is not drafted any more."""
    calendar = await calendars.hold(connection, calendar_id)
    return await _draft(connection, calendar, await calendars.clock(connection))


async def create(connection: Connection, actor_id: int, plan: Plan) -> int:
    """A calendar that runs, and its first drafts; its number. Raises `Malformed`."""
    await _check(connection, plan)
    calendar_id: int = await _calendar.insert_calendar(
        connection, created_by=actor_id, **_columns(plan)
    )
    await draft(connection, calendar_id)
    return calendar_id


async def change(connection: Connection, calendar_id: int, plan: Plan) -> Calendar:
    """Another plan; the drafts that have not opened follow it. Raises `NotFound`, `Malformed`."""
    was = await calendars.hold(connection, calendar_id)
    await _check(connection, plan)
    await _calendar.amend_calendar(connection, id=calendar_id, **_columns(plan))
    return await _follow(connection, was)


async def stop(connection: Connection, calendar_id: int) -> Calendar:
    """Draft nothing more; what is drafted keeps its times. Raises `NotFound`."""
    await calendars.hold(connection, calendar_id)
    await _calendar.stop_calendar(connection, id=calendar_id)
    return await calendars.read(connection, calendar_id)


async def start(connection: Connection, calendar_id: int) -> Calendar:
    """Draft again, from the next draw on. Raises `NotFound`."""
    was = await calendars.hold(connection, calendar_id)
    await _calendar.start_calendar(connection, id=calendar_id)
    return await _follow(connection, was)


async def move(
    connection: Connection, calendar_id: int, day: date, moved_to: date | None, note: str | None
) -> Calendar:
    """Hold the draw of a day on another one, or leave it out; its draft follows.

    Raises `NotFound`, `Malformed` for a day that will not do, and `WrongState` for a draw that is
    over or whose phase is a draft no more.
    """
    was = await calendars.hold(connection, calendar_id)
    clock = await calendars.clock(connection)
    await _check_day(connection, was, clock, day)
    if moved_to is not None:
        _check_move(was, clock, day, moved_to)
    await _calendar.write_move(
        connection, calendar_id=calendar_id, day=day, moved_to=moved_to, note=note
    )
    return await _follow(connection, was)


async def put_back(connection: Connection, calendar_id: int, day: date) -> Calendar:
    """Hold the draw of a day on that day after all; its draft follows. Raises as `move` does."""
    was = await calendars.hold(connection, calendar_id)
    clock = await calendars.clock(connection)
    await _check_day(connection, was, clock, day)
    _check_move(was, clock, day, day)
    await _calendar.delete_move(connection, calendar_id=calendar_id, day=day)
    return await _follow(connection, was)


async def _draft(connection: Connection, calendar: Calendar, clock: Clock) -> list[str]:
    plan = calendar.plan
    if calendar.stopped_at is not None:
        return []
    names = []
    drafted = await calendars.drafted(connection, calendar.id)
    for one in days.coming(plan.rule, calendar.moves, clock.zone, clock.now, plan.ahead):
        if one.day in drafted:
            continue
        slot = _slot(plan, one.day, one)
        place = Place(one.opens_at, one.closes_at, calendar.id, one.day)
        made = await copying.draft_after(
            connection, calendar.created_by, plan.model_id, slot.name, place
        )
        if made is not None:
            names.append(slot.name)
    return names


async def _follow(connection: Connection, was: Calendar) -> Calendar:
    """The calendar as it is now, its drafts where it has them now."""
    calendar = await calendars.read(connection, was.id)
    clock = await calendars.clock(connection)
    for one in (await calendars.drafted(connection, was.id)).values():
        before, after = _slot_of(was, clock, one.draw_day), _slot_of(calendar, clock, one.draw_day)
        if one.state != "draft" or before == after:
            continue
        await phases.gate_exclusive(connection, one.id)
        phase = await phases.read(connection, one.id)
        if phase.state == "draft":
            slot = msgspec.structs.asdict(_moved(phase, before, after))
            await _phase.reschedule_phase(connection, phase_id=one.id, **slot)
    await _draft(connection, calendar, clock)
    return calendar


def _moved(phase: Phase, before: Slot, after: Slot) -> Slot:
    """Where a draft goes: what was the calendar's follows it, what was set by hand stays, but for
    the times of a draw that is left out and times that would stand the wrong way round."""
    name = after.name if phase.name == before.name else phase.name
    opens_at = after.opens_at if phase.opens_at == before.opens_at else phase.opens_at
    closes_at = after.closes_at if phase.closes_at == before.closes_at else phase.closes_at
    is_turned = None not in (opens_at, closes_at) and opens_at >= closes_at  # type: ignore[operator]
    if after.closes_at is None or is_turned:
        return Slot(name, after.opens_at, after.closes_at)
    return Slot(name, opens_at, closes_at)


def _slot_of(calendar: Calendar, clock: Clock, day: date) -> Slot:
    draw = days.draw(calendar.plan.rule, calendar.moves, clock.zone, day)
    return _slot(calendar.plan, day, draw)


def _slot(plan: Plan, day: date, draw: Draw | None) -> Slot:
    """At most 50 characters: a calendar's name has 30."""
    if draw is None:
        return Slot(f"{plan.name} {day} left out", None, None)
    return Slot(f"{plan.name} {draw.on}", draw.opens_at, draw.closes_at)


async def _check(connection: Connection, plan: Plan) -> None:
    rule = plan.rule
    if not rule.month_days and not rule.week_days:
        raise Malformed("Choose at least one day.", field="month_days")
    if rule.open_days_before == 0 and rule.opens >= rule.closes:
        raise Malformed("A phase opens before it closes.", field="opens")
    try:
        await phases.read(connection, plan.model_id)
    except NotFound:
        raise Malformed("Choose a phase that is there.", field="model_id") from None


async def _check_day(connection: Connection, calendar: Calendar, clock: Clock, day: date) -> None:
    """A draw that is to be moved lies ahead still."""
    if not calendar.plan.rule.falls_on(day):
        raise NotFound(what="draw on that day")
    now = days.draw(calendar.plan.rule, calendar.moves, clock.zone, day)
    if now is not None and now.closes_at <= clock.now:
        raise WrongState("That draw is over.")
    drafted = (await calendars.drafted(connection, calendar.id)).get(day)
    if drafted is not None and drafted.state != "draft":
        raise WrongState(
            f"{drafted.name} is {drafted.state} already; change its closing time, or void it, on "
            "its own page."
        )


def _check_move(calendar: Calendar, clock: Clock, day: date, on: date) -> None:
    if abs((on - day).days) > LARGEST_MOVE_DAYS:
        raise Malformed(f"A draw is moved by {LARGEST_MOVE_DAYS} days at most.", field="moved_to")
    if days.moments(calendar.plan.rule, clock.zone, on)[1] <= clock.now:
        raise Malformed("On that day the draw would be over already.", field="moved_to")
    others = {
        one.on
        for one in days.around(calendar.plan.rule, calendar.moves, clock.zone, on)
        if one.day != day
    }
    if on in others:
        raise Malformed("The calendar has another draw on that day.", field="moved_to")


def _columns(plan: Plan) -> dict[str, object]:
    return {
        "name": plan.name,
        "model_id": plan.model_id,
        "ahead": plan.ahead,
        **msgspec.structs.asdict(plan.rule),
    }
