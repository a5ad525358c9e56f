"""The months of a calendar as they are drawn: each day, and what becomes of the draws on it."""

import calendar as weeks
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import msgspec

from banker.books.calendar import Calendar, Clock, Drafted
from banker.rules import calendar as days
from banker.rules.calendar import Draw
from banker.web.calendar_words import spoken

MONTHS_SHOWN = 3
# So many draws are listed of which there is nothing to tell but their times.
MOST_PLAIN = 6


class Day(msgspec.Struct, frozen=True):
    """A square of a month. `kind` is `draw`, `moved` (a draw that belongs to another day), `away`
    (its draw is held on another day), `out` (left out) or empty; `rule_day` is the day of the rule
    that the square is about, `phase` what is drafted for it, `word` what stands below the date."""

    on: date
    kind: str = ""
    word: str = ""
    story: str = ""
    rule_day: date | None = None
    phase: Drafted | None = None
    is_past: bool = False
    is_today: bool = False
    is_on_sale: bool = False

    @property
    def can_move(self) -> bool:
        """Whether its draw can still be held on another day."""
        is_draft = self.phase is None or self.phase.state == "draft"
        return self.rule_day is not None and not self.is_past and is_draft


class Month(msgspec.Struct, frozen=True):
    """A month in weeks from Monday to Sunday; None where the week belongs to another month."""

    name: str
    weeks: list[list[Day | None]]


class Row(msgspec.Struct, frozen=True):
    """A day of the rule in the list below the picture; `draw` is None for one that is left out.
    Of a draw that `has_begun` the phase would be open by now."""

    day: date
    draw: Draw | None
    phase: Drafted | None
    note: str | None
    has_begun: bool

    @property
    def can_move(self) -> bool:
        """Whether the draw can still be held on another day."""
        return self.phase is None or self.phase.state == "draft"


class Picture(msgspec.Struct, frozen=True):
    """Some months, and one by one the draws of theirs that are not over: the drafted, the moved,
    the left out, and the first of the others."""

    months: list[Month]
    rows: list[Row]
    earlier: str
    later: str


def picture(shown: Calendar, drafted: Mapping[date, Drafted], clock: Clock, first: date) -> Picture:
    """The months from that of `first` on."""
    starts = [_month_after(first, place) for place in range(MONTHS_SHOWN + 1)]
    squares = _squares(shown, drafted, clock, starts[0], starts[-1] - timedelta(days=1))
    return Picture(
        months=[_month(start, squares) for start in starts[:-1]],
        rows=list(_rows(shown, drafted, clock, starts[0], starts[-1])),
        earlier=f"{_month_after(first, -MONTHS_SHOWN):%Y-%m}",
        later=f"{starts[-1]:%Y-%m}",
    )


def _squares(
    shown: Calendar, drafted: Mapping[date, Drafted], clock: Clock, first: date, last: date
) -> dict[date, Day]:
    rule, reach = shown.plan.rule, timedelta(days=days.LARGEST_MOVE_DAYS)
    found = days.draws(rule, shown.moves, clock.zone, first - reach, last + reach)
    by_day = {one.on: one for one in found}
    sales = [
        _sale(one, drafted.get(one.day), clock)
        for one in found
        if one.day in drafted or one.opens_at > clock.now
    ]
    squares = {}
    for place in range((last - first).days + 1):
        on = first + timedelta(days=place)
        square = _square(shown, drafted, on, by_day.get(on))
        squares[on] = msgspec.structs.replace(
            square,
            is_past=on < clock.today,
            is_today=on == clock.today,
            is_on_sale=any(begin <= on <= end for begin, end in sales),
        )
    return squares


def _square(shown: Calendar, drafted: Mapping[date, Drafted], on: date, draw: Draw | None) -> Day:
    if draw is not None:
        phase = drafted.get(draw.day)
        word = "" if phase is None else phase.state
        story = f"draw, moved from {spoken(draw.day)}" if draw.is_moved else "draw"
        story += f", phase {phase.name} is {phase.state}" if phase else ", not drafted"
        return Day(on, "moved" if draw.is_moved else "draw", word, story, draw.day, phase)
    if not shown.plan.rule.falls_on(on):
        return Day(on)
    moved_to = shown.moves[on]
    if moved_to is None:
        return Day(on, "out", "left out", "the draw is left out", on, drafted.get(on))
    word = f"{moved_to.day} {moved_to:%b}"
    return Day(on, "away", word, f"the draw is moved to {spoken(moved_to)}", on, drafted.get(on))


def _sale(draw: Draw, phase: Drafted | None, clock: Clock) -> tuple[date, date]:
    """The days from the opening to the closing, those of the phase where it has its own."""
    opens_at = draw.opens_at if phase is None else phase.opens_at or draw.opens_at
    closes_at = draw.closes_at if phase is None else phase.closes_at or draw.closes_at
    return opens_at.astimezone(clock.zone).date(), closes_at.astimezone(clock.zone).date()


def _rows(
    shown: Calendar, drafted: Mapping[date, Drafted], clock: Clock, first: date, end: date
) -> Iterator[Row]:
    notes = {one.day: one.note for one in shown.moved}
    plain = 0
    for place in range((end - first).days):
        day = first + timedelta(days=place)
        if not shown.plan.rule.falls_on(day):
            continue
        draw = days.draw(shown.plan.rule, shown.moves, clock.zone, day)
        if (day < clock.today) if draw is None else (draw.closes_at <= clock.now):
            continue
        if day not in drafted and day not in notes:
            plain += 1
            if plain > MOST_PLAIN:
                continue
        has_begun = draw is not None and draw.opens_at <= clock.now
        yield Row(day, draw, drafted.get(day), notes.get(day), has_begun)


def _month(start: date, squares: Mapping[date, Day]) -> Month:
    grid = weeks.Calendar().monthdatescalendar(start.year, start.month)
    rows = [[squares[on] if on.month == start.month else None for on in week] for week in grid]
    return Month(f"{start:%B %Y}", rows)


def _month_after(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
