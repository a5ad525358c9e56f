"""Single values as callers write them: their shapes in the schema, and what they are read as."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from banker.errors import Malformed, NotFound
from banker.rules import money
from banker.rules.number import read_label

# `$` alone would let a line end through behind the last character.
END = r"(?!\n)"

Amount = Annotated[
    str, Meta(pattern=money.AMOUNT_PATTERN + END, max_length=21, examples=["1500.00"])
]
Rate = Annotated[str, Meta(pattern=money.RATE_PATTERN + END, max_length=6, examples=["12.5"])]
Multiplier = Annotated[str, Meta(pattern=rf"^[0-9]{{1,4}}(\.[0-9]{{1,2}})?${END}", examples=["80"])]
Name = Annotated[str, Meta(min_length=1, max_length=50)]
NumberText = Annotated[str, Meta(pattern=r"^[0-9]{3}$", max_length=3, examples=["137"])]
Id = Annotated[str, Meta(pattern=rf"^[1-9][0-9]{{0,8}}${END}", examples=["7"])]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]

# A moment that every clock of the world can still show.
LAST_YEAR = 9998

# numeric(15,2), the width of a limit.
LARGEST_LIMIT = Decimal("9999999999999.99")
LARGEST_MOVEMENT = Decimal("999999999999.99")


def read_limit(text: str, field: str) -> Decimal:
    """A limit. Raises `Malformed` for more than a limit can hold."""
    amount = money.read_amount(text)
    if amount > LARGEST_LIMIT:
        raise Malformed(f"A limit is at most {LARGEST_LIMIT}.", field=field)
    return amount


def read_text(text: str, field: str) -> str:
    """A line of text without characters that cannot be shown. Raises `Malformed`."""
    stripped = text.strip()
    if not stripped or any(ord(letter) < 32 or ord(letter) == 127 for letter in stripped):
        raise Malformed("Write at least one visible character, on one line.", field=field)
    return stripped


def read_moment(moment: datetime | None, field: str) -> datetime | None:
    """A moment in UTC. Raises `Malformed` where the time zone is missing."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise Malformed("Say the time zone, for example 2026-11-16T16:00:00+06:30.", field=field)
    if moment.year > LAST_YEAR:
        raise Malformed("That time lies out of reach.", field=field)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Malformed("That time lies out of reach.", field=field) from None


def read_id(text: str, what: str) -> int:
    """The number behind an id in a path. Raises `NotFound`: such an id names nothing."""
    if not text.isascii() or not text.isdigit() or len(text) > 9 or text.startswith("0"):
        raise NotFound(what=what)
    return int(text)


def read_transfer_id(text: str) -> int:
    """The number of a transfer of the desk in a path. Raises `NotFound`."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound(what="desk transfer")
    return int(text)


def read_ticket_id(text: str) -> UUID:
    """A ticket's id in a path. Raises `NotFound`."""
    try:
        ticket_id = UUID(text)
    except ValueError:
        raise NotFound(what="ticket") from None
    if str(ticket_id) != text.lower():
        raise NotFound(what="ticket")
    return ticket_id


def read_number(text: str) -> int:
    """A number in a path. Raises `NotFound`."""
    try:
        return read_label(text)
    except ValueError:
        raise NotFound(what="number; numbers are 000 to 999") from None
