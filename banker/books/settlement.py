"""The ledger row of a phase: written at the closing, completed by the draw.

Closing counts the tickets anew and seals them. Settling works out its rows first and locks
accounts last; payouts, entries, commissions and the settlement row appear together or not at all,
and a second attempt changes nothing.
"""

from datetime import datetime
from decimal import Decimal
from itertools import groupby

import msgspec

from banker.books import ledger
from banker.books import phase as phases
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules import prize, purse, seal
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


class Payout(msgspec.Struct, frozen=True):
    """What one winning bet is paid."""

    sequence: int
    number: int
    multiplier: Decimal
    amount: Decimal
    collector_id: int
    username: str


class Commission(msgspec.Struct, frozen=True):
    """What one collector has earned on the tickets that stand."""

    collector_id: int
    username: str
    amount: Decimal


class Rehearsal(msgspec.Struct, frozen=True):
    """What settling a phase with a number would pay, to whom, and what it leaves."""

    number: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    net_profit: Decimal
    payouts: tuple[Payout, ...]
    commissions: tuple[Commission, ...]


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
    sums = await _settlement.sum_tickets(connection, phase_id=phase_id)
    leaves, voided = [], []
    async for row in _settlement.read_leaves(connection, phase_id=phase_id):
        leaves.append(row["leaf"])
        if row["void"]:
            voided.append(row["sequence"])
    tree_root = seal.root(leaves)
    await _settlement.insert_settlement(
        connection,
        phase_id=phase_id,
        total_in=sums["total_in"],
        commission=sums["commission"],
        ticket_count=sums["ticket_count"],
        bet_count=sums["bet_count"],
        tree_root=tree_root,
        seal=seal.seal(tree_root, voided),
        closed_by=actor_id,
        closed_at=closed_at,
    )
    return await read(connection, phase_id)


async def rehearse(connection: Connection, phase_id: int, number: int) -> Rehearsal:
    """What settling with a number would pay, changing nothing; open phases can be rehearsed too.
    Raises `NotFound`, and `WrongState` for a draft, a void or a settled phase."""
    phase = await phases.read(connection, phase_id)
    if phase.state not in ("open", "closed"):
        raise WrongState(f"A phase that is {phase.state} cannot be rehearsed.")
    return await _work_out(connection, phase, number)


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
    worked_out = await _work_out(connection, phase, number)
    await _pay(connection, phase_id, actor_id, worked_out)
    settled_at = await phases.mark_settled(connection, phase_id)
    await _settlement.complete_settlement(
        connection,
        phase_id=phase_id,
        number=number,
        total_out=worked_out.total_out,
        net_profit=worked_out.net_profit,
        payout_count=len(worked_out.payouts),
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


async def payouts(
    connection: Connection, phase_id: int, collector_id: int | None = None
) -> list[Payout]:
    """What a phase paid, by ticket and number; of one collector, or of all."""
    rows = _settlement.read_payouts(connection, phase_id=phase_id, collector_id=collector_id)
    return [Payout(**{name: row[name] for name in Payout.__struct_fields__}) async for row in rows]


async def _work_out(connection: Connection, phase: phases.Phase, number: int) -> Rehearsal:
    won = prize.multipliers(phase.prizes, number)
    rows = _settlement.winning_bets(connection, phase_id=phase.id, numbers=sorted(won))
    paid = tuple(
        [
            Payout(
                sequence=row["sequence"],
                number=row["number"],
                multiplier=won[row["number"]],
                amount=prize.payout(row["amount"], row["factor"], won[row["number"]]),
                collector_id=row["collector_id"],
                username=row["username"],
            )
            async for row in rows
        ]
    )
    due = _settlement.commissions_due(connection, phase_id=phase.id)
    earned = tuple([Commission(**row) async for row in due])
    sums = await _settlement.sum_tickets(connection, phase_id=phase.id)
    total_out = sum((payout.amount for payout in paid), Decimal("0.00"))
    return Rehearsal(
        number=number,
        total_in=sums["total_in"],
        total_out=total_out,
        commission=sums["commission"],
        net_profit=sums["total_in"] - total_out - sums["commission"],
        payouts=paid,
        commissions=earned,
    )


async def _pay(connection: Connection, phase_id: int, actor_id: int, worked_out: Rehearsal) -> None:
    """One transfer a winning ticket, one a collector's commission; accounts are locked here, last."""
    winners = {payout.collector_id for payout in worked_out.payouts}
    earners = {due.collector_id for due in worked_out.commissions}
    journal = await ledger.lock(connection, winners | earners)
    paid_by_ticket: dict[int, int] = {}
    for sequence, bets in groupby(worked_out.payouts, key=lambda payout: payout.sequence):
        won = list(bets)
        amount = sum((payout.amount for payout in won), Decimal(0))
        if amount > 0:
            paid_by_ticket[sequence] = journal.enter(
                ledger.Transfer(
                    reason="payout",
                    actor_id=actor_id,
                    legs=purse.pay(journal.purses(won[0].collector_id), amount),
                    house=ledger.House.PAYOUTS,
                    phase_id=phase_id,
                )
            )
    paid_to_collector = [
        journal.enter(
            ledger.Transfer(
                reason="commission",
                actor_id=actor_id,
                legs=((journal.cash_account(due.collector_id), due.amount),),
                house=ledger.House.COMMISSION,
                phase_id=phase_id,
            )
        )
        for due in worked_out.commissions
    ]
    transfer_ids = await journal.write(connection)
    await _settlement.insert_payouts(
        connection,
        phase_id=phase_id,
        sequences=[payout.sequence for payout in worked_out.payouts],
        numbers=[payout.number for payout in worked_out.payouts],
        multipliers=[payout.multiplier for payout in worked_out.payouts],
        amounts=[payout.amount for payout in worked_out.payouts],
        transfer_ids=[
            transfer_ids[paid_by_ticket[payout.sequence]] if payout.amount > 0 else None
            for payout in worked_out.payouts
        ],
    )
    await _settlement.insert_commissions(
        connection,
        phase_id=phase_id,
        collector_ids=[due.collector_id for due in worked_out.commissions],
        amounts=[due.amount for due in worked_out.commissions],
        transfer_ids=[transfer_ids[place] for place in paid_to_collector],
    )
