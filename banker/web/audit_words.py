"""The trail in words: what each column was, and what it is now."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from banker.books.audit import Columns, Noted
from banker.web.rendering import dated

LONGEST = 120


class Change(msgspec.Struct, frozen=True):
    """One column; None for a row that was added or taken away on the side that is not there."""

    name: str
    was: str | None
    now: str | None


class NotedLine(msgspec.Struct, frozen=True):
    """A row of the trail, for a reader; `person_id` is the person that it is about."""

    noted: Noted
    subject: str
    changes: list[Change]
    person_id: int | None


def worded(trail: Iterable[Noted], zone: ZoneInfo) -> list[NotedLine]:
    """The trail with its changes in words."""
    return [
        NotedLine(
            noted=one,
            # The one row of the house's rules has no number.
            subject=one.subject.removesuffix(" true"),
            changes=_changes(one, zone),
            person_id=_person_id(one.subject),
        )
        for one in trail
    ]


def _changes(one: Noted, zone: ZoneInfo) -> list[Change]:
    before, after = one.before or {}, one.after or {}
    names = [name for name in {**before, **after} if name != "id"]
    # Of a whole row only what it says is told; its number is in the subject.
    is_whole = one.before is None or one.after is None
    return [
        Change(name.replace("_", " "), _side(one.before, name, zone), _side(one.after, name, zone))
        for name in names
        if not (is_whole and before.get(name) is None and after.get(name) is None)
    ]


def _side(columns: Columns | None, name: str, zone: ZoneInfo) -> str | None:
    if columns is None:
        return None
    return _word(columns.get(name), zone)


def _word(value: object, zone: ZoneInfo) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case dict():
            parts = (f"{name.replace('_', ' ')} {_word(one, zone)}" for name, one in value.items())
            return _short(", ".join(parts))
        case list():
            return _short(", ".join(_word(one, zone) for one in value))
        case str():
            return _short(_moment(value, zone) or value)
        case _:
            return str(value)


def _moment(text: str, zone: ZoneInfo) -> str | None:
    """A moment as Postgres writes it into JSON, in the house's zone."""
    if len(text) < 20 or text[10] != "T":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else dated(moment, zone)


def _person_id(subject: str) -> int | None:
    word, _, rest = subject.partition(" ")
    digits = rest.partition(",")[0]
    return int(digits) if word == "user" and digits.isdigit() else None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
