"""On which days draws come round, and when their phases open and close."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules import calendar
from banker.rules.calendar import Moves, Rule

YANGON = ZoneInfo("Asia/Yangon")
BERLIN = ZoneInfo("Europe/Berlin")
THAI = Rule((1, 16), (), 5, time(8), time(14))
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def _held(rule: Rule, moves: Moves | None = None) -> list[date]:
    return [one.on for one in calendar.draws(rule, moves or {}, YANGON, *YEAR)]


def test_the_1st_and_16th_come_twice_a_month_all_year() -> None:
    held = _held(THAI)
    assert held == [date(2026, month, day) for month in range(1, 13) for day in (1, 16)]


def test_a_month_without_the_day_has_no_draw() -> None:
    held = _held(Rule((29, 31), (), 1, time(8), time(14)))
    assert [day for day in held if day.month in (2, 4)] == [date(2026, 4, 29)]
    leap = calendar.draws(
        Rule((29,), (), 1, time(8), time(14)), {}, YANGON, date(2028, 2, 1), date(2028, 2, 29)
    )
    assert [one.on for one in leap] == [date(2028, 2, 29)]


def test_days_of_the_week_and_of_the_month_are_one_draw_where_they_meet() -> None:
    held = _held(Rule((16,), (1,), 0, time(8), time(14)))
    assert len(held) == len(set(held))
    assert date(2026, 11, 16) in held  # a Monday
    assert all(day.day == 16 or day.isoweekday() == 1 for day in held)
    assert len([day for day in held if day.isoweekday() == 1]) == 52


def test_a_day_is_moved_and_another_is_left_out() -> None:
    moves = {date(2026, 5, 1): date(2026, 5, 2), date(2026, 1, 1): None}
    held = _held(THAI, moves)
    assert len(held) == 23
    assert date(2026, 5, 1) not in held
    moved = calendar.draw(THAI, moves, YANGON, date(2026, 5, 1))
    assert moved is not None
    assert (moved.on, moved.is_moved) == (date(2026, 5, 2), True)
    assert moved.opens_at == datetime(2026, 4, 27, 1, 30, tzinfo=UTC)
    assert moved.closes_at == datetime(2026, 5, 2, 7, 30, tzinfo=UTC)
    assert calendar.draw(THAI, moves, YANGON, date(2026, 1, 1)) is None
    assert (
        calendar.draw(THAI, {date(2026, 1, 3): date(2026, 1, 4)}, YANGON, date(2026, 1, 3)) is None
    )


def test_the_coming_draws_are_those_that_have_not_begun() -> None:
    now = datetime(2026, 11, 11, 1, 30, tzinfo=UTC)  # 8:00 in Yangon, when that of the 16th opens
    on = [one.on for one in calendar.coming(THAI, {}, YANGON, now, 2)]
    assert on == [date(2026, 12, 1), date(2026, 12, 16)]
    before = calendar.coming(THAI, {}, YANGON, now - timedelta(seconds=1), 1)
    assert [one.on for one in before] == [date(2026, 11, 16)]
    moves = {date(2026, 11, 1): date(2026, 12, 20)}
    on = [one.on for one in calendar.coming(THAI, moves, YANGON, now, 3)]
    assert on == [date(2026, 12, 1), date(2026, 12, 16), date(2026, 12, 20)]


def test_twelve_of_the_rarest_are_found() -> None:
    rare = Rule((31,), (), 31, time(8), time(14))
    assert len(calendar.coming(rare, {}, YANGON, datetime(2026, 11, 1, tzinfo=UTC), 12)) == 12


def test_opening_and_closing_go_by_the_houses_clock_on_both_sides_of_a_change() -> None:
    rule = Rule((), (7,), 1, time(8), time(16))
    opens_at, closes_at = calendar.moments(rule, BERLIN, date(2026, 3, 29))
    assert opens_at == datetime(2026, 3, 28, 7, tzinfo=UTC)
    assert closes_at == datetime(2026, 3, 29, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        # 2:30 is not on that day: it comes as much later as the clocks jump, an hour.
        (time(2, 30), time(9), ("01:30", "07:00")),
        # Then it would come behind 3:10, and keeps its forty minutes instead.
        (time(2, 30), time(3, 10), ("00:30", "01:10")),
        (time(2, 10), time(2, 50), ("01:10", "01:50")),
    ],
)
def test_a_time_that_the_clocks_skip_comes_later_and_never_behind_the_closing(
    opens: time, closes: time, expected: tuple[str, str]
) -> None:
    rule = Rule((29,), (), 0, opens, closes)
    moments = calendar.moments(rule, BERLIN, date(2026, 3, 29))
    assert tuple(f"{moment:%H:%M}" for moment in moments) == expected


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    rule = Rule((25,), (), 0, time(2, 30), time(9))
    opens_at, _ = calendar.moments(rule, BERLIN, date(2026, 10, 25))
    assert opens_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    on=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    before=st.integers(0, 31),
    opens=st.times(),
    closes=st.times(),
    zone=st.sampled_from(
        ["Asia/Yangon", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
    ),
)
def test_a_phase_opens_before_it_closes(
    on: date, before: int, opens: time, closes: time, zone: str
) -> None:
    if before == 0 and opens >= closes:
        opens, closes = closes, opens
    rule = Rule((on.day,), (), before, opens, closes)
    opens_at, closes_at = calendar.moments(rule, ZoneInfo(zone), on)
    assert opens_at < closes_at or (before == 0 and opens == closes)
