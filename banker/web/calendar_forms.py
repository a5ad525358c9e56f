"""What is typed of a calendar and of one of its days, and the example that is filled in already."""

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from banker.books.calendar import Calendar, Clock, Move, Plan
from banker.errors import Malformed
from banker.rules.calendar import Rule
from banker.web import entered, meanwhile
from banker.web.meanwhile import Filled

LONGEST_NAME = 30
LONGEST_NOTE = 200
MOST_AHEAD = 12
MOST_DAYS_BEFORE = 31
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# No draw of a house lies outside, and days can be counted from each of them.
FIRST_YEAR, LAST_YEAR = 2000, 9000

# The Government Lottery Office of Thailand draws on the 1st and the 16th in the afternoon, from
# about 14:30 by its own clock; sales in this example end half an hour before.
BANGKOK = ZoneInfo("Asia/Bangkok")
THAI_CLOSING = time(14, 0)


class CalendarEntered(msgspec.Struct, frozen=True):
    """The fields of a calendar as they stand in the form; each day of the week is empty or `on`,
    and `was` is what the form was filled in with."""

    name: str = ""
    month_days: str = ""
    monday: str = ""
    tuesday: str = ""
    wednesday: str = ""
    thursday: str = ""
    friday: str = ""
    saturday: str = ""
    sunday: str = ""
    open_days_before: str = "1"
    opens: str = "08:00"
    closes: str = "15:00"
    model_id: str = ""
    ahead: str = "2"
    key: str = ""
    was: str = ""

    def read(self) -> Plan:
        """The plan. Raises `Malformed` with the field that is wrong."""
        rule = Rule(
            _month_days(self.month_days),
            tuple(place for place, name in enumerate(WEEK, 1) if getattr(self, name) == "on"),
            _count(self.open_days_before, "open_days_before", 0, MOST_DAYS_BEFORE),
            _time(self.opens, "opens"),
            _time(self.closes, "closes"),
        )
        return Plan(
            name=entered.text(self.name, "name", LONGEST_NAME),
            rule=rule,
            model_id=_count(self.model_id, "model_id", 1, 999_999_999),
            ahead=_count(self.ahead, "ahead", 1, MOST_AHEAD),
        )

    def changed(self, calendar: Calendar) -> "CalendarEntered":
        """The calendar with what the sender changed of it. Raises `ChangedMeanwhile` where somebody
        else changed the same, `Malformed`."""
        mine, was, now = self._sides(calendar)
        changes = {field: mine[field] for field in meanwhile.touched(mine, was, now)}
        return msgspec.structs.replace(of_calendar(calendar), **changes)

    def rebased(self, calendar: Calendar) -> "CalendarEntered":
        """The form filled in anew, with what the sender changed left as it was typed."""
        return meanwhile.rebased(self, of_calendar(calendar), *self._sides(calendar))

    def _sides(self, calendar: Calendar) -> tuple[Filled, Filled, Filled]:
        """As it was typed, as it was filled in, and as it would be filled in now."""
        now = _texts(of_calendar(calendar))
        return _texts(self), meanwhile.recalled(self.was, now), now


class DayEntered(msgspec.Struct, frozen=True):
    """What is to become of a draw: it is to `move`, to be left `out`, or to be put `back`."""

    does: str = ""
    moved_to: str = ""
    note: str = ""

    def read_note(self) -> str | None:
        """Why, if anything is said of it. Raises `Malformed`."""
        return entered.text(self.note, "note", LONGEST_NOTE) if self.note.strip() else None

    def read_day(self) -> date:
        """The day it is moved to. Raises `Malformed`."""
        day = read_day(self.moved_to)
        if day is None:
            raise Malformed("Choose a day, such as 2026-11-17.", field="moved_to")
        return day


def of_calendar(calendar: Calendar) -> CalendarEntered:
    """The form as it is filled in for a calendar that is to be changed."""
    plan = calendar.plan
    filled = CalendarEntered(
        name=plan.name,
        month_days=", ".join(map(str, plan.rule.month_days)),
        open_days_before=str(plan.rule.open_days_before),
        opens=f"{plan.rule.opens:%H:%M}",
        closes=f"{plan.rule.closes:%H:%M}",
        model_id=str(plan.model_id),
        ahead=str(plan.ahead),
        **{WEEK[place - 1]: "on" for place in plan.rule.week_days},
    )
    return msgspec.structs.replace(filled, was=meanwhile.remembered(_texts(filled)))


def of_day(day: date, move: Move | None) -> DayEntered:
    """The form of a day, as it stands."""
    on = day if move is None or move.moved_to is None else move.moved_to
    note = "" if move is None or move.note is None else move.note
    return DayEntered(moved_to=on.isoformat(), note=note)


def thai(clock: Clock, key: str) -> CalendarEntered:
    """The draws of the Thai government lottery, their closing by the house's own clock."""
    today = clock.now.astimezone(BANGKOK).date()
    closes = datetime.combine(today, THAI_CLOSING, BANGKOK).astimezone(clock.zone)
    return CalendarEntered(
        name="Thai",
        month_days="1, 16",
        open_days_before="5",
        opens="08:00",
        closes=f"{closes:%H:%M}",
        key=key,
    )


def read_day(text: str) -> date | None:
    """A day as the browser's picker and the paths write it; None for anything else."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _texts(typed: CalendarEntered) -> dict[str, str]:
    return {
        field: text.strip()
        for field, text in msgspec.structs.asdict(typed).items()
        if field not in ("key", "was")
    }


def _month_days(typed: str) -> tuple[int, ...]:
    words = re.split(r"[\s,]+", typed.strip()) if typed.strip() else []
    if not all(re.fullmatch(r"[0-9]{1,2}", word) and 1 <= int(word) <= 31 for word in words):
        raise Malformed("Write days from 1 to 31, such as 1, 16.", field="month_days")
    return tuple(sorted({int(word) for word in words}))


def _count(typed: str, field: str, least: int, most: int) -> int:
    digits = typed.strip()
    if not re.fullmatch(r"[0-9]{1,9}", digits) or not least <= int(digits) <= most:
        raise Malformed(f"Write a whole number from {least} to {most}.", field=field)
    return int(digits)


def _time(typed: str, field: str) -> time:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", typed.strip()):
        raise Malformed("Write a time of day, such as 15:00.", field=field)
    return time.fromisoformat(typed.strip())
