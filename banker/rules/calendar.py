"""On which days draws come round, and the moments at which their phases open and close.

Pure: the caller brings the moves, the house's zone and what time it is.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

# How far a draw may be moved, and how far ahead draws are looked for: twelve of the rarest, those
# of every 31st, lie within two years.
LARGEST_MOVE_DAYS = 60
HORIZON_DAYS = 1000

# Days that do not keep to the rule: another day, or None for a draw that is left out.
Moves = Mapping[date, date | None]


class Rule(msgspec.Struct, frozen=True):
    """Days of the month, and days of the week (1 is Monday), on which a draw is. Its phase opens so
    many days before, at `opens`, and closes on the day, at `closes`, by the house's clock."""

    month_days: tuple[int, ...]
    week_days: tuple[int, ...]
    open_days_before: int
    opens: time
    closes: time

    def falls_on(self, day: date) -> bool:
        """Whether the rule has a draw on a day. A month without a 31st has no draw on it."""
        return day.day in self.month_days or day.isoweekday() in self.week_days


class Draw(msgspec.Struct, frozen=True):
    """A draw of the rule's `day`, which is held `on` that day or another."""

    day: date
    on: date
    opens_at: datetime
    closes_at: datetime

    @property
    def is_moved(self) -> bool:
        """Whether it is held on another day than the rule says."""
        return self.day != self.on


def coming(rule: Rule, moves: Moves, zone: ZoneInfo, now: datetime, count: int) -> list[Draw]:
    """The draws whose phases do not open before `now`, so many of them, the first to open first."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=LARGEST_MOVE_DAYS)
    found = draws(rule, moves, zone, first, today + timedelta(days=HORIZON_DAYS))
    ahead = [one for one in found if one.opens_at > now]
    return sorted(ahead, key=lambda one: (one.opens_at, one.day))[:count]


def draws(rule: Rule, moves: Moves, zone: ZoneInfo, first: date, last: date) -> list[Draw]:
    """The draws of the rule's days from `first` to `last`, in the order of those days; the left out
    are left out."""
    found = (draw(rule, moves, zone, day) for day in _days(first, last))
    return [one for one in found if one is not None]


def draw(rule: Rule, moves: Moves, zone: ZoneInfo, day: date) -> Draw | None:
    """The draw of a day of the rule; None where the rule has none on it, or it is left out."""
    on = moves.get(day, day)
    if on is None or not rule.falls_on(day):
        return None
    opens_at, closes_at = moments(rule, zone, on)
    return Draw(day, on, opens_at, closes_at)


def moments(rule: Rule, zone: ZoneInfo, on: date) -> tuple[datetime, datetime]:
    """When the phase of a draw on that day opens and closes.

    A time that the clocks skip that night comes as much later as they jump; of one that they show
    twice the first counts. Where the opening would not come before the closing for that, it keeps
    its distance.
    """
    opens = datetime.combine(on - timedelta(days=rule.open_days_before), rule.opens)
    closes = datetime.combine(on, rule.closes)
    opens_at = opens.replace(tzinfo=zone).astimezone(UTC)
    closes_at = closes.replace(tzinfo=zone).astimezone(UTC)
    return (opens_at if opens_at < closes_at else closes_at - (closes - opens)), closes_at


def around(rule: Rule, moves: Moves, zone: ZoneInfo, on: date) -> list[Draw]:
    """The draws of all the days from which one may have been moved to a day."""
    reach = timedelta(days=LARGEST_MOVE_DAYS)
    return draws(rule, moves, zone, on - reach, on + reach)


def _days(first: date, last: date) -> Iterator[date]:
    for place in range((last - first).days + 1):
        yield first + timedelta(days=place)
