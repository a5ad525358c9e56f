"""What waits for a second person, in words: what exactly would happen."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from banker.books import exposure, four_eyes, ledger, phase
from banker.books.approval import Approval
from banker.books.phase import Phase
from banker.database import Connection
from banker.errors import InsufficientFunds, Refusal
from banker.rules.money import from_cents
from banker.rules.number import label
from banker.web.rendering import dated, shown

_FIELDS = {
    "name": "name",
    "global_limit": "limit of every number",
    "total_limit": "limit of the whole phase",
    "closes_at": "closing time",
    "void_window_s": "seconds to void in",
}


class Words:
    """Sentences for approvals; what stands now is read once, and only of what still waits."""

    def __init__(self, connection: Connection, zone: ZoneInfo) -> None:
        self._connection = connection
        self._zone = zone
        self._phases: dict[int, Phase] = {}
        self._limits: dict[int, list[int | None]] = {}

    async def all(self, approvals: Iterable[Approval]) -> dict[str, str]:
        """A sentence for each, by its number."""
        return {one.id: await self._sentence(one) for one in approvals}

    async def _sentence(self, one: Approval) -> str:
        asked = one.asked
        match one.kind:
            case "withdrawal":
                return f"Pay {_sum(asked['amount'])} out to {one.holder}, from cash."
            case "reversal":
                end = ", into a debt where the money is gone" if asked["force"] else ""
                whose = f"no. {asked['transfer_id']} of {one.holder}"
                return f"Undo {_sum(asked['amount'])} of {whose}{end}."
            case "credit-limit":
                return await self._credit_limit(one)
            case "number-limit":
                return await self._number_limit(one)
            case "phase-limits":
                return await self._phase_limits(one)
            case "settlement" | "resettlement":
                return await self._draw(one)
            case _:
                return await self._rules(one)

    async def _credit_limit(self, one: Approval) -> str:
        held = await ledger.balances(self._connection, [one.asked["user_id"]])
        now = held[one.asked["user_id"]]
        granted = now.credit_limit if now.credit_approved else Decimal(0)
        change = _change(one, shown(granted), _sum(one.asked["credit_limit"]))
        return f"Let {one.holder} draw more credit: {change}."

    async def _number_limit(self, one: Approval) -> str:
        phase_id, number = one.asked["phase_id"], one.asked["number"]
        changed = await self._phase(phase_id)
        if phase_id not in self._limits:
            found = await exposure.read(self._connection, phase_id)
            self._limits[phase_id] = [exposed.limit_cents for exposed in found]
        cents = self._limits[phase_id][number]
        general = f"{shown(changed.global_limit)} as every number"
        now = general if cents is None else shown(from_cents(cents))
        own = one.asked["max_amount"]
        change = _change(one, now, general if own is None else _sum(own))
        return f"Raise the limit of number {label(number)} in {changed.name}: {change}."

    async def _phase_limits(self, one: Approval) -> str:
        changed = await self._phase(one.asked["phase_id"])
        changes = [
            f"{_FIELDS.get(field, field)} {_change(one, self._of(getattr(changed, field)), told)}"
            for field, told in (
                (field, self._asked(field, value))
                for field, value in one.asked.items()
                if field != "phase_id"
            )
        ]
        return f"Change {changed.name}: {'; '.join(changes)}."

    async def _draw(self, one: Approval) -> str:
        drawn = await self._phase(one.asked["phase_id"])
        number = f"{label(one.asked['number'])} ({one.asked['source']})"
        if one.kind == "settlement":
            return f"Settle {drawn.name} with {number}, and pay what it wins."
        return f"Settle {drawn.name} anew with {number}: take back what the draw before paid."

    async def _rules(self, one: Approval) -> str:
        now = (await four_eyes.rules(self._connection)).four_eyes_above
        above = one.asked["four_eyes_above"]
        if above is None:
            return f"Turn four eyes off{_were(one, now)}."
        return f"Want four eyes only above {_sum(above)}{_were(one, now)}."

    async def _phase(self, phase_id: int) -> Phase:
        if phase_id not in self._phases:
            self._phases[phase_id] = await phase.read(self._connection, phase_id)
        return self._phases[phase_id]

    def _of(self, value: Any) -> str:
        if isinstance(value, datetime):
            return dated(value, self._zone)[:16]
        if isinstance(value, Decimal):
            return shown(value)
        return "none" if value is None else str(value)

    def _asked(self, field: str, value: Any) -> str:
        if isinstance(value, str) and field.endswith("_limit"):
            return _sum(value)
        if isinstance(value, str) and field == "closes_at":
            return self._of(datetime.fromisoformat(value))
        return self._of(value)


def against(refusal: Refusal) -> str:
    """What went against a decision, in words."""
    if isinstance(refusal, InsufficientFunds):
        needed, available = (_sum(refusal.facts[fact]) for fact in ("needed", "available"))
        return f"Not done: {needed} is needed and {available} is there. It still waits."
    return refusal.detail


def _sum(amount: object) -> str:
    return shown(Decimal(str(amount)))


def _change(one: Approval, now: str, then: str) -> str:
    """From what to what; what stood before a decision is in the trail, and not known here."""
    return f"from {now} to {then}" if one.state == "waiting" else f"to {then}"


def _were(one: Approval, now: Decimal | None) -> str:
    if one.state != "waiting":
        return ""
    return "; they are off" if now is None else f"; now above {shown(now)}"
