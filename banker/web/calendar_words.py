"""A calendar's rule in words."""

from collections.abc import Sequence
from datetime import date

from banker.rules.calendar import Rule

WEEK_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def days_in_words(rule: Rule) -> str:
    """On which days a rule has a draw: `the 1st and 16th of a month`, `every Friday`."""
    if len(rule.week_days) == len(WEEK_DAYS):
        return "every day"
    parts = []
    if rule.month_days:
        parts.append(f"the {_listed([_ordinal(day) for day in rule.month_days])} of a month")
    if rule.week_days:
        parts.append(f"every {_listed([WEEK_DAYS[day - 1] for day in rule.week_days])}")
    return " and ".join(parts)


def times_in_words(rule: Rule) -> str:
    """When the phase of a draw opens and closes."""
    before = rule.open_days_before
    opens = (
        "on the day"
        if before == 0
        else "the day before"
        if before == 1
        else f"{before} days before"
    )
    return f"opens {opens} at {rule.opens:%H:%M}, closes at {rule.closes:%H:%M}"


def spoken(day: date) -> str:
    """A day as people say it: `Mon 16 Nov 2026`."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def _ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{'th' if 11 <= day <= 13 else ending}"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
