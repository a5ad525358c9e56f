"""The ledger row of a phase: written at the closing, completed by the draw.

Closing counts the tickets anew and seals them. Settling works out its rows first and locks
accounts last; payouts, entries, commissions and the settlement row appear together or not at all,
and a second attempt changes nothing.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books import payout, ticket
from banker.books import phase as phases
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules import seal
from banker.rules.number import label

_settlement = queries("settlement")


class Settlement(msgspec.Struct, frozen=True):
    """The settlement row; what is not known before the draw is None. `seal` is in hexadecimal."""

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


async def rehearse(connection: Connection, phase_id: int, number: int) -> payout.Reckoning:
    """What settling with a number would pay, changing nothing; open phases can be rehearsed too.
    Raises `NotFound`, and `WrongState` for a draft, a void or a settled phase."""
    phase = await phases.read(connection, phase_id)
    if phase.state not in ("open", "closed"):
        raise WrongState(f"A phase that is {phase.state} cannot be rehearsed.")
    return await payout.work_out(connection, phase, number)


async def settle(connection: Connection, phase_id: int, number: int, actor_id: int) -> Settlement:
    """Enter the draw, pay the winners and the collectors' commission, complete the row.

    Settling again with the same number changes nothing; with another it is `WrongState`.
    """
    await phases.gate_exclusive(connection, phase_id)
    phase = await phases.read(connection, phase_id)
    if phase.state == "settled":
        settled = await read(connection, phase_id)
        if settled.number == label(number):
            return settled
        raise WrongState(
            f"The phase is settled with {settled.number}; a wrong draw is mended by re-settlement."
        )
    if phase.state != "closed":
        raise WrongState(f"Only a closed phase is settled; this one is {phase.state}.")
    reckoning = await payout.work_out(connection, phase, number)
    await payout.pay(connection, phase_id, actor_id, reckoning)
    settled_at = await phases.mark_settled(connection, phase_id)
    await _settlement.complete_settlement(
        connection,
        phase_id=phase_id,
        number=number,
        total_out=reckoning.total_out,
        net_profit=reckoning.net_profit,
        payout_count=len(reckoning.payouts),
        settled_by=actor_id,
        settled_at=settled_at,
    )
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
