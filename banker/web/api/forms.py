"""The bodies of the API: parsed once at the door, refused with the field that is wrong."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from banker.books.phase import Draft
from banker.rules import money
from banker.rules.prize import Prizes
from banker.web.api.fields import (
    Amount,
    Id,
    Multiplier,
    Name,
    NumberText,
    Rate,
    Reason,
    read_limit,
    read_moment,
    read_text,
)


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
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    prizes: PrizesForm = PrizesForm()
    over_limit_policy: Annotated[str, Meta(pattern="^reject$")] = "reject"
    void_window_s: Annotated[int, Meta(ge=0, le=86400)] = 300
    commission_rate: Rate | None = None

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
            opens_at=read_moment(self.opens_at, "opens_at"),
            closes_at=read_moment(self.closes_at, "closes_at"),
            commission_rate=None
            if self.commission_rate is None
            else money.read_rate(self.commission_rate),
        )


class PhaseChanges(Form, frozen=True):
    """What is to be different; what is left out stays. Prizes are given whole."""

    name: Name | UnsetType = UNSET
    global_limit: Amount | UnsetType = UNSET
    total_limit: Amount | UnsetType | None = UNSET
    opens_at: datetime | UnsetType | None = UNSET
    closes_at: datetime | UnsetType | None = UNSET
    prizes: PrizesForm | UnsetType = UNSET
    over_limit_policy: Annotated[str, Meta(pattern="^reject$")] | UnsetType = UNSET
    void_window_s: Annotated[int, Meta(ge=0, le=86400)] | UnsetType = UNSET
    commission_rate: Rate | UnsetType | None = UNSET

    def read(self) -> dict[str, Any]:
        """The changes by name. Raises `Malformed`."""
        changes = given(self)
        changes.pop("over_limit_policy", None)
        if "name" in changes:
            changes["name"] = read_text(changes["name"], "name")
        for limit in ("global_limit", "total_limit"):
            if changes.get(limit) is not None:
                changes[limit] = read_limit(changes[limit], limit)
        for moment in ("opens_at", "closes_at"):
            if moment in changes:
                changes[moment] = read_moment(changes[moment], moment)
        if changes.get("commission_rate") is not None:
            changes["commission_rate"] = money.read_rate(changes["commission_rate"])
        if isinstance(self.prizes, PrizesForm):
            changes["prizes"] = self.prizes.read()
        return changes


class CopyForm(Form, frozen=True):
    """What a copy of a phase is called."""

    name: Name


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
