"""The bodies of the API: parsed once at the door, refused with the field that is wrong."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from banker.books.phase import Draft
from banker.errors import Malformed, NotFound
from banker.rules import money
from banker.rules.number import read_label
from banker.rules.prize import Prizes

# `$` alone would let a line end through behind the last character.
END = r"(?!\n)"

Amount = Annotated[
    str, Meta(pattern=money.AMOUNT_PATTERN + END, max_length=21, examples=["1500.00"])
]
Rate = Annotated[str, Meta(pattern=money.RATE_PATTERN + END, max_length=6, examples=["12.5"])]
Multiplier = Annotated[str, Meta(pattern=rf"^[0-9]{{1,7}}(\.[0-9]{{1,2}})?${END}", examples=["80"])]
Name = Annotated[str, Meta(min_length=1, max_length=50)]
NumberText = Annotated[str, Meta(pattern=r"^[0-9]{3}$", max_length=3, examples=["137"])]
Id = Annotated[str, Meta(pattern=rf"^[1-9][0-9]{{0,8}}${END}", examples=["7"])]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]

# A moment that every clock of the world can still show.
LAST_YEAR = 9998

# numeric(15,2), the width of a limit.
LARGEST_LIMIT = Decimal("9999999999999.99")
LARGEST_MOVEMENT = Decimal("999999999999.99")


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body in which an unknown field is an error."""


class PrizesForm(Form, frozen=True):
    """Multipliers as decimal strings."""

    straight: Multiplier = "80"
    permutation: Multiplier = "0"
    near: Multiplier = "0"
    near_wraps: bool = False

    def read(self) -> Prizes:
        """The prizes."""
        return Prizes(
            Decimal(self.straight), Decimal(self.permutation), Decimal(self.near), self.near_wraps
        )


class PhaseForm(Form, frozen=True):
    """A new phase."""

    name: Name
    global_limit: Amount = "50000.00"
    total_limit: Amount | None = None
    closes_at: datetime | None = None
    prizes: PrizesForm = PrizesForm()
    over_limit_policy: Annotated[str, Meta(pattern="^reject$")] = "reject"
    void_window_s: Annotated[int, Meta(ge=0, le=86400)] = 300

    def read(self) -> Draft:
        """The draft. Raises `Malformed`."""
        return Draft(
            name=read_text(self.name, "name"),
            global_limit=read_limit(self.global_limit, "global_limit"),
            total_limit=None
            if self.total_limit is None
            else read_limit(self.total_limit, "total_limit"),
            prizes=self.prizes.read(),
            over_limit_policy=self.over_limit_policy,
            void_window_s=self.void_window_s,
            closes_at=read_moment(self.closes_at, "closes_at"),
        )


class PhaseChanges(Form, frozen=True):
    """What is to be different; what is left out stays. Prizes are given whole."""

    name: Name | UnsetType = UNSET
    global_limit: Amount | UnsetType = UNSET
    total_limit: Amount | UnsetType | None = UNSET
    closes_at: datetime | UnsetType | None = UNSET
    prizes: PrizesForm | UnsetType = UNSET
    over_limit_policy: Annotated[str, Meta(pattern="^reject$")] | UnsetType = UNSET
    void_window_s: Annotated[int, Meta(ge=0, le=86400)] | UnsetType = UNSET

    def read(self) -> dict[str, Any]:
        """The changes by name. Raises `Malformed`."""
        changes = given(self)
        changes.pop("over_limit_policy", None)
        if "name" in changes:
            changes["name"] = read_text(changes["name"], "name")
        for limit in ("global_limit", "total_limit"):
            if changes.get(limit) is not None:
                changes[limit] = read_limit(changes[limit], limit)
        if "closes_at" in changes:
            changes["closes_at"] = read_moment(changes["closes_at"], "closes_at")
        if isinstance(self.prizes, PrizesForm):
            changes["prizes"] = self.prizes.read()
        return changes


class IntakeForm(Form, frozen=True):
    """Whether slips are to be taken."""

    open: bool


class ReasonForm(Form, frozen=True):
    """Why."""

    reason: Reason


class NumberForm(Form, frozen=True):
    """A number that is or may be drawn."""

    number: NumberText


class LimitForm(Form, frozen=True):
    """A number's own limit; `"0"` blocks it."""

    max_amount: Amount


class TextForm(Form, frozen=True):
    """A slip to be read."""

    text: str


class SlipForm(Form, frozen=True):
    """A slip to be placed."""

    text: str
    note: Annotated[str, Meta(max_length=500)] | None = None


class NoteForm(Form, frozen=True):
    """A note on a ticket, or null for none."""

    note: Annotated[str, Meta(max_length=500)] | None


class CashForm(Form, frozen=True):
    """Money over the counter."""

    user_id: Id
    amount: Amount
    reason: Reason

    def read_amount(self) -> Decimal:
        """The amount. Raises `Malformed` for nothing, and for more than can be counted."""
        amount = money.read_amount(self.amount)
        if not 0 < amount <= LARGEST_MOVEMENT:
            raise Malformed(
                f"An amount is more than 0 and at most {LARGEST_MOVEMENT}.", field="amount"
            )
        return amount


class UserForm(Form, frozen=True):
    """A new person."""

    username: Name
    password: str
    role: str
    commission_rate: Rate = "0"
    partner_id: Id | None = None
    share_percentage: Rate = "0"


class UserChanges(Form, frozen=True):
    """What is to be different of a person; what is left out stays."""

    username: Name | UnsetType = UNSET
    commission_rate: Rate | UnsetType = UNSET
    partner_id: Id | UnsetType | None = UNSET
    share_percentage: Rate | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    password: str | UnsetType = UNSET
    sign_out: bool | UnsetType = UNSET

    def read(self) -> dict[str, Any]:
        """The changes to the person's row by name, without password and signing out."""
        changes = given(self)
        changes.pop("password", None)
        changes.pop("sign_out", None)
        for name in ("commission_rate", "share_percentage"):
            if name in changes:
                changes[name] = money.read_rate(changes[name])
        if changes.get("partner_id") is not None:
            changes["partner_id"] = int(changes["partner_id"])
        return changes


class TokenForm(Form, frozen=True):
    """A sign-in."""

    username: str
    password: str


def given(form: Form) -> dict[str, Any]:
    """The fields of a form that were sent."""
    fields = {name: getattr(form, name) for name in form.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not UNSET}


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
