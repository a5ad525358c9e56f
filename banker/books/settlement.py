"""The ledger row of a phase: written at the closing, completed by the draw.

Closing counts the tickets anew and seals them. Settling works out its rows first and locks
accounts last; payouts, entries, commissions and the settlement row appear together or not at all,
and a second attempt changes nothing.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books import commission, history, payout, ticket
from banker.books import phase as phases
from banker.books import reckoning as reckonings
from banker.books.phase import Phase
from banker.books.reckoning import Reckoning
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules import seal
from banker.rules.money import ZERO
from banker.rules.number import label

_settlement = queries("settlement")

FIRST = 1


class Settlement(msgspec.Struct, frozen=True):
    """The settlement row; what is not known before the draw is None. `seal` is in hexadecimal;
    `revision` is the number of the draw that counts, above 1 where an earlier one was put right."""

    phase_id: str
    number: str | None
    total_in: Decimal
    total_out: Decimal | None
    commission: Decimal
    net_profit: Decimal | None
    ticket_count: int
    bet_count: int
    payout_count: int | None
    seal: str
    closed_at: datetime
    settled_at: datetime | None
    revision: int | None
    source: str | None
    partner_earnings: Decimal | None


class Draw(msgspec.Struct, frozen=True):
    """A draw as it is entered: its number and where that is from. One that puts another right says
    why; one that waited for a second person names the approval, and which of the phase's draws it
    was to stand in for."""

    number: int
    source: str
    actor_id: int
    reason: str | None = None
    approval_id: int | None = None
    instead_of: int | None = None


class Entered(msgspec.Struct, frozen=True):
    """A draw as it stands in the history of its phase."""

    phase_id: int
    revision: int
    number: int
    source: str
    reason: str | None
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    net_profit: Decimal
    payout_count: int
    partner_earnings: Decimal | None
    debt: Decimal
    entered_by: str
    approved_by: str | None
    entered_at: datetime


async def close(connection: Connection, phase_id: int, actor_id: int | None) -> Settlement:
    """End the taking of slips, count what was taken and seal it. Raises `WrongState`.

    Waits for the slips inside; none is let in behind them. Closing a closed phase changes nothing.
    """
    await phases.gate_exclusive(connection, phase_id)
    phase = await phases.read(connection, phase_id)
    if phase.state == "closed":
        return await read(connection, phase_id)
    if phase.state != "open":
        raise WrongState(f"Only an open phase is closed; this one is {phase.state}.")
    closed_at = await phases.mark_closed(connection, phase_id)
    sums = await ticket.sums(connection, phase_id)
    leaves, voided = [], []
    async for row in _settlement.read_leaves(connection, phase_id=phase_id):
        leaves.append(row["leaf"])
        if row["void"]:
            voided.append(row["sequence"])
    tree_root = seal.root(leaves)
    await _settlement.insert_settlement(
        connection,
        phase_id=phase_id,
        total_in=sums.total_in,
        commission=sums.commission,
        ticket_count=sums.ticket_count,
        bet_count=sums.bet_count,
        tree_root=tree_root,
        seal=seal.seal(tree_root, voided),
        closed_by=actor_id,
        closed_at=closed_at,
    )
    return await read(connection, phase_id)


async def settle(connection: Connection, phase_id: int, draw: Draw) -> Settlement:
    """Enter the draw, pay the winners and the collectors' commission, complete the row.

    Settling again with the same number changes nothing; with another it is `WrongState`.
    """
    await phases.gate_exclusive(connection, phase_id)
    phase = await phases.read(connection, phase_id)
    settled = await check(connection, phase, draw.number)
    if settled is not None:
        return settled
    reckoning = await reckonings.work_out(connection, phase, draw.number)
    await commission.hold_partners(connection, reckoning.earnings)
    await payout.pay(connection, phase_id, draw.actor_id, reckoning)
    await phases.mark_settled(connection, phase_id)
    return await complete(connection, phase_id, FIRST, draw, reckoning)


async def check(connection: Connection, phase: Phase, number: int) -> Settlement | None:
    """Whether a phase can be settled; where it is already, and with this number, its row. Raises
    `WrongState`."""
    if phase.state == "settled":
        settled = await read(connection, phase.id)
        if settled.number == label(number):
            return settled
        raise WrongState(
            f"The phase is settled with {settled.number}; a wrong draw is mended by re-settlement."
        )
    if phase.state != "closed":
        raise WrongState(f"Only a closed phase is settled; this one is {phase.state}.")
    return None


async def complete(
    connection: Connection,
    phase_id: int,
    revision: int,
    draw: Draw,
    reckoning: Reckoning,
    debt: Decimal = ZERO,
) -> Settlement:
    """What was drawn and paid, kept as the phase's newest draw and in its row; what partners earn
    by it, and the statistics. `debt` is what people owe since an earlier draw was taken back."""
    sums = {
        "phase_id": phase_id,
        "revision": revision,
        "number": draw.number,
        "source": draw.source,
        "total_out": reckoning.total_out,
        "net_profit": reckoning.net_profit,
        "payout_count": len(reckoning.payouts),
        "partner_earnings": reckoning.partner_earnings,
    }
    await _settlement.insert_draw(
        connection,
        **sums,
        reason=draw.reason,
        total_in=reckoning.total_in,
        commission=reckoning.commission,
        debt=debt,
        entered_by=draw.actor_id,
        approval_id=draw.approval_id,
    )
    await _settlement.complete_settlement(connection, **sums, settled_by=draw.actor_id)
    await commission.record(connection, phase_id, revision, reckoning.earnings)
    await history.count(connection, phase_id, revision)
    return await read(connection, phase_id)


async def read(connection: Connection, phase_id: int) -> Settlement:
    """The settlement row of a phase. Raises `NotFound` where it is not closed yet."""
    row = await _settlement.read_settlement(connection, phase_id=phase_id)
    if row is None:
        raise NotFound(what="settlement; the phase is not closed yet")
    known = dict(row)
    known["phase_id"] = str(row["phase_id"])
    known["number"] = None if row["number"] is None else label(row["number"])
    known["seal"] = row["seal"].hex()
    return Settlement(**known)


async def draws(connection: Connection, phase_id: int) -> list[Entered]:
    """Every draw that was entered of a phase, the one that counts first. Raises `NotFound` for a
    phase that there is not."""
    await phases.read(connection, phase_id)
    return [Entered(**row) async for row in _settlement.read_draws(connection, phase_id=phase_id)]
