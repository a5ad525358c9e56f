"""The figures of the monitor, in words and lines: eight tiles, each with its last hour."""

from collections.abc import Callable, Mapping

import msgspec

from banker.books import samples
from banker.books.samples import MINUTES, Standing
from banker.web.curve import Curve, curve

# A screen that is later than this is worth a look, or an alarm.
SLOW_MS = 250
TOO_SLOW_MS = 1000
LONG_QUEUE = 256
OLD_SEAL_S = 10
OLDER_SEAL_S = 60
MOST_CODES = 2
UNKNOWN = "–"

ByMinute = Mapping[int, float]


class Figure(msgspec.Struct, frozen=True):
    """A tile: what it is, its number now, a note, and its line, which lies `between` two values.
    `kind` colours the number; `story` says the line to those who cannot see it."""

    name: str
    value: str
    unit: str
    note: str
    kind: str
    curve: Curve
    between: str
    story: str


def figures(standing: Standing, minutes: Mapping[str, ByMinute]) -> list[Figure]:
    """All of them, by what the books say now and said in each of the last minutes."""
    first = max((age for ages in minutes.values() for age in ages), default=0)
    return [
        _updates(_whole(minutes.get(samples.UPDATES, {}), first)),
        _delay(minutes.get(samples.SCREEN_DELAY_MS, {})),
        _refused(minutes, first),
        _duplicates(_whole(minutes.get(samples.DUPLICATES, {}), first)),
        _queue(_whole(minutes.get(samples.QUEUE, {}), first)),
        _consistency(standing, minutes.get(samples.CONSISTENCY, {})),
        _seal(standing, minutes.get(samples.SEAL_LAG_ROWS, {})),
        _verified(standing, minutes.get(samples.VERIFIED_AGO_S, {})),
    ]


def ago(seconds: float) -> str:
    """A span of time as people say it, in its two largest units."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def _updates(ages: ByMinute) -> Figure:
    return _rate("Balance updates", ages, f"{ages.get(0, 0):,.0f} so far in this one")


def _duplicates(ages: ByMinute) -> Figure:
    return _rate("Duplicate requests", ages, "answered again, done once")


def _refused(minutes: Mapping[str, ByMinute], first: int) -> Figure:
    found = {
        figure.removeprefix(samples.REFUSED): ages
        for figure, ages in minutes.items()
        if figure.startswith(samples.REFUSED)
    }
    together: dict[int, float] = {}
    for ages in found.values():
        for age, count in ages.items():
            together[age] = together.get(age, 0) + count
    by_code = sorted(
        ((sum(ages.values()), code) for code, ages in found.items()),
        key=lambda one: (-one[0], one[1]),
    )
    note = " · ".join(f"{code} {count:,.0f}" for count, code in by_code[:MOST_CODES])
    more = len(by_code) - MOST_CODES
    note += f" · {more} more" if more > 0 else ""
    figure = _rate("Failed requests", _whole(together, first), note or "none in the hour")
    has_accident = found.get("accident", {}).keys() & {0, 1}
    return msgspec.structs.replace(figure, kind="loss" if has_accident else "")


def _delay(ages: ByMinute) -> Figure:
    now = ages.get(0, ages.get(1))
    return _drawn(
        "Commit to screen",
        UNKNOWN if now is None else f"{now:,.0f}",
        "" if now is None else "ms",
        "nothing moved on a screen" if now is None else "99 of 100 are faster, at every worker",
        _kind(now, SLOW_MS, TOO_SLOW_MS),
        ages,
        _plain,
        ending=" ms",
    )


def _queue(ages: ByMinute) -> Figure:
    now = max(ages.get(0, 0), ages.get(1, 0))
    return _drawn(
        "Queue",
        f"{now:,.0f}",
        "slips",
        "the longest of the last minute",
        _kind(now, LONG_QUEUE, 4 * LONG_QUEUE),
        ages,
        _plain,
    )


def _consistency(standing: Standing, ages: ByMinute) -> Figure:
    now = standing.consistency
    lowest = min([*ages.values(), 1.0])
    return _drawn(
        "Consistency",
        UNKNOWN if now is None else _percent(now),
        "" if now is None else "%",
        "not verified yet" if now is None else "of the accounts equal their entries",
        "" if now is None else "loss" if now < 1 else "gain",
        ages,
        _percent,
        ending=" %",
        # All that matters happens just below the whole.
        edges=(lowest - max(0.01, 1 - lowest), 1.0),
    )


def _seal(standing: Standing, ages: ByMinute) -> Figure:
    rows, oldest_s = standing.seal_lag_rows, standing.seal_lag_s
    note = "all is sealed" if not rows else f"the oldest for {ago(oldest_s or 0)}"
    return _drawn(
        "Lag of the seal",
        UNKNOWN if rows is None else f"{rows:,}",
        "rows",
        note,
        _kind(oldest_s, OLD_SEAL_S, OLDER_SEAL_S),
        ages,
        _plain,
    )


def _verified(standing: Standing, ages: ByMinute) -> Figure:
    found = standing.finding_count or 0
    if standing.verified_ago_s is None:
        value, note = UNKNOWN, "not verified yet"
    else:
        value = ago(standing.verified_ago_s)
        note = "ago, without a finding" if not found else f"ago; {found:,} findings stand"
    return _drawn(
        "Last verification",
        value,
        "",
        note,
        "loss" if found else "",
        ages,
        lambda age_s: ago(age_s),
    )


def _rate(name: str, ages: ByMinute, note: str) -> Figure:
    """So many in the last minute that is over."""
    last = ages.get(1)
    value = UNKNOWN if last is None else f"{last:,.0f}"
    return _drawn(name, value, "a minute", note, "", ages, _plain)


def _drawn(
    name: str,
    value: str,
    unit: str,
    note: str,
    kind: str,
    ages: ByMinute,
    words: Callable[[float], str],
    edges: tuple[float, float] | None = None,
    ending: str = "",
) -> Figure:
    """A tile with the line of its last whole minutes, from 0 to the highest unless told."""
    past = {age: count for age, count in ages.items() if 1 <= age <= MINUTES}
    low, high = edges or (0.0, max(past.values(), default=0))
    between, story = "", "nothing is known of the last hour"
    if past:
        least, most = words(min(past.values())), words(max(past.values()))
        between = (least if least == most else f"{least} to {most}") + ending
        story = f"{between} in the last hour"
    return Figure(name, value, unit, note, kind, curve(past, MINUTES, low, high), between, story)


def _whole(ages: ByMinute, first: int) -> dict[int, float]:
    """Of what is counted, nothing is known before the first minute, and none was where none is
    kept since."""
    return {age: ages.get(age, 0) for age in range(first + 1)} if first else dict(ages)


def _kind(value: float | None, near: float, over: float) -> str:
    if value is None or value < near:
        return ""
    return "near" if value < over else "loss"


def _plain(value: float) -> str:
    return f"{value:,.0f}"


def _percent(share: float) -> str:
    """Never 100 where one is missing."""
    if share == 1:
        return "100"
    return f"{min(share * 100, 99.99):.2f}"
