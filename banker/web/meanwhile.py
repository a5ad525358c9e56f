"""A form that was filled in, and sent after somebody else changed what it was filled in with.

A form carries what it was filled in with in a field of its own, `was`; only what differs from it
was changed by the person who sends it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

import msgspec

from banker.errors import ChangedMeanwhile, Malformed
from banker.web.rendering import shown

# The fields of a form as it is filled in: equal texts mean equal things.
Filled = Mapping[str, str]

NO_NAMES: Mapping[str, str] = {}

Entered = TypeVar("Entered", bound=msgspec.Struct)


def remembered(filled: Filled) -> str:
    """The field `was` of a form."""
    return msgspec.json.encode(filled).decode()


def recalled(was: str, now: Filled) -> Filled:
    """What a form was filled in with; without a word on it, what would be `now`. Raises
    `Malformed`."""
    if not was:
        return now
    try:
        filled = msgspec.json.decode(was, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeEncodeError):
        filled = {"": was}
    if not filled.keys() <= now.keys():
        raise Malformed("This form cannot be read any more; open it again.")
    return filled


def touched(mine: Filled, was: Filled, now: Filled) -> list[str]:
    """The fields that a person changed to what they are not yet. Raises `ChangedMeanwhile` where
    somebody else changed the same ones to something else."""
    wanted = [field for field in was if mine[field] != was[field]]
    lost = {field: now[field] for field in wanted if now[field] not in (was[field], mine[field])}
    if lost:
        raise ChangedMeanwhile(now=lost)
    return [field for field in wanted if mine[field] != now[field]]


def rebased(typed: Entered, filled: Entered, mine: Filled, was: Filled, now: Filled) -> Entered:
    """The form as it is shown again: filled in anew, with what the person changed left as typed."""
    kept = {field: getattr(typed, field) for field in was if mine[field] != was[field]}
    return msgspec.structs.replace(filled, **kept, was=remembered(now))


def words(refusal: ChangedMeanwhile, names: Mapping[str, str] = NO_NAMES) -> dict[str, str]:
    """What is said at each field that somebody else changed; `names` are those of persons."""
    return {field: _words(field, now, names) for field, now in refusal.now.items()}


def _words(field: str, now: str, names: Mapping[str, str]) -> str:
    if field.endswith("_limit") and now:
        now = shown(Decimal(now))
    elif field.endswith("_id"):
        now = names.get(now, "nobody")
    present = now.replace("T", " ") if field.endswith("_at") else now
    return f"Somebody else changed this; now it is {present or 'empty'}. Sent again, yours holds."
