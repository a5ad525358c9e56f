"""What waits for a second person, decided: carried out by the asker's request, or refused."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from banker.books import exposure, four_eyes, resettlement, settlement
from banker.books import phase as phases
from banker.books.cash import credit, movement, reversal
from banker.books.settlement import Draw
from banker.database import Connection, queries
from banker.errors import Forbidden, NotFound, WrongState
from banker.rules.prize import Prizes

_approval = queries("approval")


class Approval(msgspec.Struct, frozen=True):
    """What was asked, by whom and why, and what became of it. `asked` are the arguments of the
    verb; `outcome` is its answer once it is approved."""

    id: str
    kind: str
    state: str
    asked: dict[str, Any]
    reason: str
    asked_by: str
    asker: str
    asked_at: datetime
    holder: str | None
    decider: str | None
    decided_at: datetime | None
    note: str | None
    outcome: dict[str, Any] | None

    @property
    def user_id(self) -> int | None:
        """Whose money it is about."""
        return self.asked.get("user_id")

    @property
    def phase_id(self) -> int | None:
        """Which phase it is about."""
        return self.asked.get("phase_id")


async def approve(connection: Connection, approval_id: int, actor_id: int, role: str) -> Approval:
    """Carry out what was asked, in the asker's name; its conditions are checked again, and what
    they refuse leaves it waiting. Approving what is approved changes nothing.

    Raises `NotFound`, `Forbidden` for the asker and for whoever could not have done it alone,
    `WrongState` for what was refused, and whatever the verb refuses.
    """
    row = await _lock(connection, approval_id)
    if row["asked_by"] == actor_id:
        raise Forbidden("Nobody approves what they asked for themselves.")
    asked = msgspec.json.decode(row["asked"])
    _check_role(row["kind"], asked, role)
    if row["state"] == "refused":
        raise WrongState("It was refused; it has to be asked for again.")
    if row["state"] == "waiting":
        if row["disabled_at"] is not None:
            raise WrongState(f"{row['asker']}, who asked for it, is disabled.")
        carry_out = _VERBS[row["kind"]]
        done = await carry_out(connection, row, asked)
        outcome = msgspec.json.encode(done).decode()
        await _decide(connection, approval_id, "approved", actor_id, None, outcome)
    return await read(connection, approval_id)


async def refuse(
    connection: Connection, approval_id: int, actor_id: int, role: str, note: str | None
) -> Approval:
    """Let it not happen; whoever asked may take it back so. Refusing what is refused changes
    nothing. Raises `NotFound`, `Forbidden`, `WrongState` for what was approved."""
    row = await _lock(connection, approval_id)
    if row["asked_by"] != actor_id:
        _check_role(row["kind"], msgspec.json.decode(row["asked"]), role)
    if row["state"] == "approved":
        raise WrongState("It was approved and is done; reverse what it did.")
    if row["state"] == "waiting":
        await _decide(connection, approval_id, "refused", actor_id, note, None)
    return await read(connection, approval_id)


async def read(connection: Connection, approval_id: int) -> Approval:
    """One of them. Raises `NotFound`."""
    rows = await _read(connection, id=approval_id, count=1)
    if not rows:
        raise NotFound(what="approval")
    return rows[0]


async def newest(
    connection: Connection, count: int, before: int | None = None, state: str | None = None
) -> list[Approval]:
    """The newest first; of one state or of all."""
    return await _read(connection, state=state, before=before, count=count)


async def waiting_count(connection: Connection) -> int:
    """How many wait for a second person."""
    return int(await _approval.count_waiting(connection))


def may_decide(kind: str, asked: dict[str, Any], role: str) -> bool:
    """Whether somebody of this role could have done it alone, were it not for four eyes."""
    if role == "admin":
        return True
    if kind in ("phase-limits", "settlement", "resettlement"):
        return role == "manager"
    if kind in ("number-limit", "four-eyes") or asked.get("force"):
        return False
    return role == "cashier"


def _check_role(kind: str, asked: dict[str, Any], role: str) -> None:
    if not may_decide(kind, asked, role):
        raise Forbidden()


async def _lock(connection: Connection, approval_id: int) -> Any:
    row = await _approval.lock_approval(connection, id=approval_id)
    if row is None:
        raise NotFound(what="approval")
    return row


async def _decide(
    connection: Connection,
    approval_id: int,
    state: str,
    actor_id: int,
    note: str | None,
    outcome: str | None,
) -> None:
    await _approval.decide_approval(
        connection, id=approval_id, state=state, decided_by=actor_id, note=note, outcome=outcome
    )


async def _read(
    connection: Connection,
    count: int,
    id: int | None = None,
    before: int | None = None,
    state: str | None = None,
) -> list[Approval]:
    rows = _approval.list_approvals(connection, state=state, before=before, count=count, id=id)
    return [_of_row(row) async for row in rows]


def _of_row(row: Any) -> Approval:
    return Approval(
        id=str(row["id"]),
        kind=row["kind"],
        state=row["state"],
        asked=msgspec.json.decode(row["asked"]),
        reason=row["reason"],
        asked_by=str(row["asked_by"]),
        asker=row["asker"],
        asked_at=row["asked_at"],
        holder=row["holder"],
        decider=row["decider"],
        decided_at=row["decided_at"],
        note=row["note"],
        outcome=None if row["outcome"] is None else msgspec.json.decode(row["outcome"]),
    )


async def _withdraw(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    amount = Decimal(asked["amount"])
    return await movement.pay_out(
        connection, row["asked_by"], asked["user_id"], amount, row["reason"], row["id"]
    )


async def _reverse(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    return await reversal.undo(
        connection,
        row["asked_by"],
        asked["transfer_id"],
        Decimal(asked["amount"]),
        row["reason"],
        asked["force"],
        row["id"],
    )


async def _grant_credit(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    credit_limit = Decimal(asked["credit_limit"])
    return await credit.set_limit(connection, asked["user_id"], credit_limit, row["reason"])


async def _limit_number(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    amount = _amount(asked["max_amount"])
    await exposure.set_limit(connection, asked["phase_id"], asked["number"], amount)
    return {"max_amount": asked["max_amount"]}


async def _amend_phase(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    changes = {name: change for name, change in asked.items() if name != "phase_id"}
    for name in ("global_limit", "total_limit", "commission_rate"):
        if name in changes:
            changes[name] = _amount(changes[name])
    for name in ("opens_at", "closes_at"):
        if changes.get(name) is not None:
            changes[name] = datetime.fromisoformat(changes[name])
    if "prizes" in changes:
        changes["prizes"] = msgspec.convert(changes["prizes"], Prizes)
    await phases.amend(connection, asked["phase_id"], **changes)
    return asked


async def _write_rules(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    return await four_eyes.write_rules(connection, _amount(asked["four_eyes_above"]))


async def _settle(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    draw = Draw(asked["number"], asked["source"], row["asked_by"], approval_id=row["id"])
    return await settlement.settle(connection, asked["phase_id"], draw)


async def _resettle(connection: Connection, row: Any, asked: dict[str, Any]) -> object:
    draw = Draw(asked["number"], asked["source"], row["asked_by"], row["reason"], row["id"])
    draw = msgspec.structs.replace(draw, instead_of=asked.get("instead_of"))
    return await resettlement.resettle(connection, asked["phase_id"], draw)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


_VERBS: dict[str, Callable[[Connection, Any, dict[str, Any]], Awaitable[object]]] = {
    "withdrawal": _withdraw,
    "reversal": _reverse,
    "credit-limit": _grant_credit,
    "number-limit": _limit_number,
    "phase-limits": _amend_phase,
    "four-eyes": _write_rules,
    "settlement": _settle,
    "resettlement": _resettle,
}
