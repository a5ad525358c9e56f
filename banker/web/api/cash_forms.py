"""The bodies of the cash desk and of four eyes, refused with the field that is wrong."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from banker.errors import Malformed
from banker.rules import money
from banker.web.api.fields import (
    END,
    LARGEST_MOVEMENT,
    Amount,
    Id,
    Reason,
    read_moment,
    read_text,
)
from banker.web.api.forms import Form

TransferId = Annotated[str, Meta(pattern=rf"^[1-9][0-9]{{0,17}}${END}", examples=["7"])]
Note = Annotated[str, Meta(max_length=200)]


class CashForm(Form, frozen=True):
    """Money over the counter."""

    user_id: Id
    amount: Amount
    reason: Reason

    def read(self) -> tuple[int, Decimal, str]:
        """Person, amount and reason. Raises `Malformed`."""
        return int(self.user_id), _movement(self.amount), read_text(self.reason, "reason")


class CreditForm(Form, frozen=True):
    """A credit limit; `"0.00"` for none."""

    user_id: Id
    amount: Amount
    reason: Reason

    def read(self) -> tuple[int, Decimal, str]:
        """Person, limit and reason. Raises `Malformed`."""
        return int(self.user_id), _sum(self.amount, "amount"), read_text(self.reason, "reason")


class BonusForm(Form, frozen=True):
    """A bonus, the stakes that turn it into cash, and when it is taken back."""

    user_id: Id
    amount: Amount
    reason: Reason
    requirement: Amount | None = None
    expires_at: datetime | None = None

    def read(self) -> tuple[int, Decimal, str, Decimal | None, datetime | None]:
        """Person, amount, reason, requirement and end. Raises `Malformed`."""
        required = None
        if self.requirement is not None:
            required = _movement(self.requirement, "requirement")
        return (
            int(self.user_id),
            _movement(self.amount),
            read_text(self.reason, "reason"),
            required,
            read_moment(self.expires_at, "expires_at"),
        )


class ReversalForm(Form, frozen=True):
    """A transfer of the desk to undo; without an amount all that is left of it."""

    transfer_id: TransferId
    reason: Reason
    amount: Amount | None = None
    force: bool = False

    def read(self) -> tuple[int, Decimal | None, str, bool]:
        """Transfer, amount, reason, and whether it may leave a debt. Raises `Malformed`."""
        amount = None if self.amount is None else _movement(self.amount)
        return int(self.transfer_id), amount, read_text(self.reason, "reason"), self.force


class FloatForm(Form, frozen=True):
    """What is in the drawer as a shift begins."""

    opening_float: Amount

    def read(self) -> Decimal:
        """The float. Raises `Malformed`."""
        return _sum(self.opening_float, "opening_float")


class CountForm(Form, frozen=True):
    """What was counted in the drawer as a shift ends."""

    counted: Amount
    note: Note | None = None

    def read(self) -> tuple[Decimal, str | None]:
        """What was counted, and a note. Raises `Malformed`."""
        return _sum(self.counted, "counted"), read_note(self.note)


class DecisionForm(Form, frozen=True):
    """Why something is refused."""

    note: Note | None = None


class RulesForm(Form, frozen=True):
    """The amount above which a second person is needed; null for none."""

    four_eyes_above: Amount | None

    def read(self) -> Decimal | None:
        """The amount. Raises `Malformed`."""
        if self.four_eyes_above is None:
            return None
        return _sum(self.four_eyes_above, "four_eyes_above")


def read_note(note: str | None) -> str | None:
    """A line of text, or none. Raises `Malformed`."""
    return read_text(note, "note") if note is not None and note.strip() else None


def _movement(text: str, field: str = "amount") -> Decimal:
    amount = _sum(text, field)
    if amount == 0:
        raise Malformed(f"An amount is more than 0 and at most {LARGEST_MOVEMENT}.", field=field)
    return amount


def _sum(text: str, field: str) -> Decimal:
    amount = money.read_amount(text)
    if amount > LARGEST_MOVEMENT:
        raise Malformed(f"An amount is at most {LARGEST_MOVEMENT}.", field=field)
    return amount
