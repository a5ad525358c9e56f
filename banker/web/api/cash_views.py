"""What the cash desk and four eyes show of the books."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.cash.history import Recorded


class RecordedView(msgspec.Struct, frozen=True):
    """A transfer of the desk; `undone` is how much of it was reversed, `reverses` what it
    reverses. `balance_after` is of its `purse`."""

    transfer_id: str
    reason: str
    note: str
    created_at: datetime
    user_id: str
    username: str
    actor: str
    approver: str | None
    shift_id: str | None
    amount: Decimal
    undone: Decimal
    reverses: str | None
    forced: bool
    purse: str
    balance_after: Decimal


def of_recorded(one: Recorded) -> RecordedView:
    """A transfer as callers see it."""
    return RecordedView(
        transfer_id=str(one.id),
        reason=one.reason,
        note=one.note,
        created_at=one.created_at,
        user_id=str(one.user_id),
        username=one.username,
        actor=one.actor,
        approver=one.approver,
        shift_id=None if one.shift_id is None else str(one.shift_id),
        amount=one.amount,
        undone=one.undone,
        reverses=None if one.reverses_id is None else str(one.reverses_id),
        forced=one.forced,
        purse=one.purse,
        balance_after=one.balance_after,
    )
