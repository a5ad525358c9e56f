"""What people type into the fields of a page: read here, or refused in words at its field.

The API is strict about how things are written; people may write 25,000 and leave a field empty.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from banker.errors import ChangedMeanwhile, Malformed, Refusal
from banker.rules.money import read_amount, read_rate
from banker.rules.number import read_label
from banker.web import meanwhile
from banker.web.api.fields import LARGEST_LIMIT, LARGEST_MOVEMENT, read_text

MOMENT = "%Y-%m-%dT%H:%M"
_multiplier = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


def text(typed: str, field: str, most: int) -> str:
    """A line of text with at most so many characters."""
    line = read_text(typed, field)
    if len(line) > most:
        raise Malformed(f"At most {most} characters.", field=field)
    return line


def amount(typed: str, field: str) -> Decimal:
    """Money; commas and spaces between thousands are let pass."""
    try:
        return read_amount(re.sub(r"[\s,]", "", typed))
    except ValueError:
        raise Malformed("Write an amount such as 25000 or 1500.50.", field=field) from None


def movement(typed: str, field: str) -> Decimal:
    """Money that moves: more than nothing, and no more than can be counted."""
    moved = amount(typed, field)
    if not 0 < moved <= LARGEST_MOVEMENT:
        raise Malformed(f"More than 0 and at most {LARGEST_MOVEMENT:,}.", field=field)
    return moved


def limit(typed: str, field: str) -> Decimal:
    """A limit."""
    most = amount(typed, field)
    if most > LARGEST_LIMIT:
        raise Malformed(f"At most {LARGEST_LIMIT:,}.", field=field)
    return most


def multiplier(typed: str, field: str) -> Decimal:
    """What a prize pays for one unit staked."""
    if not _multiplier.fullmatch(typed.strip()):
        raise Malformed("Write a multiplier such as 80 or 12.5.", field=field)
    return Decimal(typed.strip())


def rate(typed: str, field: str) -> Decimal:
    """A percentage; an empty field is 0."""
    try:
        return read_rate(typed.strip() or "0")
    except ValueError:
        raise Malformed("Write a percentage from 0 to 100, such as 12.5.", field=field) from None


def seconds(typed: str, field: str, most: int) -> int:
    """A whole number of seconds."""
    digits = typed.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9 or int(digits) > most:
        raise Malformed(f"Write whole seconds from 0 to {most}.", field=field)
    return int(digits)


def number(typed: str, field: str) -> int:
    """One of the thousand numbers."""
    try:
        return read_label(typed.strip())
    except ValueError:
        raise Malformed("A number has three digits, 000 to 999.", field=field) from None


def moment(typed: str, field: str, zone: ZoneInfo) -> datetime | None:
    """A moment as the browser's picker writes it, in the house's zone; an empty field is None."""
    if not typed.strip():
        return None
    try:
        local = datetime.fromisoformat(typed.strip())
        if local.tzinfo is not None:
            raise ValueError(typed)
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed("Write date and time, such as 2026-11-16 16:00.", field=field) from None


def shown_moment(at: datetime | None, zone: ZoneInfo) -> str:
    """A moment as the browser's picker reads it."""
    return "" if at is None else at.astimezone(zone).strftime(MOMENT)


def errors_of(refusal: Refusal) -> dict[str, str]:
    """What a form says of a refusal, by field; by an empty name what belongs to no field."""
    if isinstance(refusal, ChangedMeanwhile):
        return {"": refusal.detail, **meanwhile.words(refusal)}
    return {str(refusal.facts.get("field", "")): refusal.detail}
