"""What a house lets nobody do alone: it is written down, and waits for a second person.

Withdrawals and reversals above an amount, limits that are raised, and draws. `approval` decides.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from banker.books import exposure
from banker.books import phase as phases
from banker.books.phase import Phase
from banker.database import Connection, queries
from banker.rules.limits import Exposure
from banker.rules.money import from_cents, money

_approval = queries("approval")

Kind = Literal[
    "withdrawal",
    "reversal",
    "credit-limit",
    "number-limit",
    "phase-limits",
    "four-eyes",
    "settlement",
    "resettlement",
]

# What is asked, in plain JSON: the arguments of the verb that will carry it out.
What = Mapping[str, object]


class Waiting(msgspec.Struct, frozen=True):
    """The answer to what waits for a second person (202)."""

    approval_id: str


class HouseRules(msgspec.Struct, frozen=True):
    """What the house decided for itself. Above `four_eyes_above` a withdrawal or a reversal waits
    for a second person, and so does every raised limit; None turns that off."""

    four_eyes_above: Decimal | None


async def rules(connection: Connection) -> HouseRules:
    """The rules as they stand."""
    return HouseRules(await _approval.read_four_eyes(connection))


async def are_on(connection: Connection) -> bool:
    """Whether the house wants four eyes at all."""
    return (await rules(connection)).four_eyes_above is not None


async def is_above(connection: Connection, amount: Decimal) -> bool:
    """Whether an amount needs a second person."""
    above = (await rules(connection)).four_eyes_above
    return above is not None and amount > above


async def wait(
    connection: Connection, kind: Kind, asked_by: int, what: What, reason: str
) -> Waiting:
    """Write down what is asked for. The same asked again while it waits is the same approval."""
    while True:
        approval_id = await _approval.insert_approval(
            connection,
            kind=kind,
            asked=msgspec.json.encode(what).decode(),
            reason=reason,
            asked_by=asked_by,
        )
        # None where the same was asked, or decided, while this waited: the next look sees it.
        if approval_id is not None:
            return Waiting(str(approval_id))


async def set_rules(
    connection: Connection, actor_id: int, above: Decimal | None
) -> HouseRules | Waiting:
    """Turn four eyes on, or lower the amount, at once. To raise it or to turn it off needs them."""
    now = await _approval.lock_four_eyes(connection)
    is_looser = now is not None and (above is None or above > now)
    if is_looser:
        what = {"four_eyes_above": None if above is None else money(above)}
        return await wait(connection, "four-eyes", actor_id, what, "four eyes")
    return await write_rules(connection, above)


async def write_rules(connection: Connection, above: Decimal | None) -> HouseRules:
    """The rules as they shall stand, waiting for nobody."""
    await _approval.write_four_eyes(connection, above=above)
    return await rules(connection)


async def limit_number(
    connection: Connection, actor_id: int, phase_id: int, number: int, amount: Decimal | None
) -> Waiting | None:
    """A number's own limit, None for the phase's. In an open phase a higher one waits where the
    house wants four eyes. Raises as `exposure.set_limit` does."""
    if await are_on(connection):
        await phases.gate_shared(connection, phase_id)
        phase = await phases.hold(connection, phase_id)
        [now] = (await exposure.lock(connection, phase_id, [number])).values()
        if phase.state == "open" and _limit(phase, amount) > _limit(phase, _own(now)):
            what = {
                "phase_id": phase_id,
                "number": number,
                "max_amount": None if amount is None else money(amount),
            }
            return await wait(connection, "number-limit", actor_id, what, phase.name)
    await exposure.set_limit(connection, phase_id, number, amount)
    return None


async def amend_phase(
    connection: Connection, actor_id: int, phase_id: int, changes: Mapping[str, object]
) -> Phase | Waiting:
    """Change a phase; of an open one all of it waits where a limit is raised and the house wants
    four eyes. Raises as `phase.amend` does."""
    if await are_on(connection):
        await phases.gate_exclusive(connection, phase_id)
        phase = await phases.read(connection, phase_id)
        if phase.state == "open" and _raises(phase, changes):
            what = {"phase_id": phase_id, **{name: _plain(one) for name, one in changes.items()}}
            return await wait(connection, "phase-limits", actor_id, what, phase.name)
    return await phases.amend(connection, phase_id, **changes)


def _raises(phase: Phase, changes: Mapping[str, object]) -> bool:
    for name in ("global_limit", "total_limit"):
        if name in changes and _higher(changes[name], getattr(phase, name)):
            return True
    return False


def _higher(wanted: object, now: Decimal | None) -> bool:
    """Whether a limit lets in more than another; None is no limit at all."""
    if now is None:
        return False
    return wanted is None or (isinstance(wanted, Decimal) and wanted > now)


def _limit(phase: Phase, own: Decimal | None) -> Decimal:
    return phase.global_limit if own is None else own


def _own(exposure_now: Exposure) -> Decimal | None:
    return None if exposure_now.limit_cents is None else from_cents(exposure_now.limit_cents)


def _plain(change: object) -> object:
    return money(change) if isinstance(change, Decimal) else change
