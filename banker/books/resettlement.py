"""A wrong draw put right: what it paid is taken back by compensating transfers, and the right one
is paid. The first settlement stays in the history."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from banker.books import commission, ledger, payout, settlement
from banker.books import phase as phases
from banker.books import reckoning as reckonings
from banker.books.ledger import House, Journal, Transfer
from banker.books.phase import Phase
from banker.books.reckoning import Payout
from banker.books.settlement import Draw, Settlement
from banker.database import Connection, queries
from banker.errors import WrongState
from banker.rules import purse
from banker.rules.money import ZERO
from banker.rules.number import label

_settlement = queries("settlement")

Legs = list[tuple[int, Decimal]]


class Compensation(msgspec.Struct, frozen=True):
    """What a collector was paid by a draw that does not count any more; of it, `debt` was gone."""

    collector_id: int
    username: str
    amount: Decimal
    debt: Decimal


async def resettle(connection: Connection, phase_id: int, draw: Draw) -> Settlement:
    """Put another number in place of the one that a phase was settled with.

    The right winners are paid first, so that nobody owes what they have won anyway; what is gone
    becomes a debt. Commission does not depend on the draw and stays. The same number again changes
    nothing. Raises `WrongState` for a phase that is not settled, or by now with a later draw than
    the one that this was to stand in for.
    """
    await phases.gate_exclusive(connection, phase_id)
    phase = await phases.read(connection, phase_id)
    settled = await check(connection, phase, draw.number)
    if settled.number == label(draw.number):
        return settled
    if draw.instead_of not in (None, settled.revision):
        raise WrongState(
            f"It was to stand in for draw {draw.instead_of} of the phase; by now draw "
            f"{settled.revision} counts, which is {settled.number}."
        )
    revision = (settled.revision or 0) + 1
    reckoning = await reckonings.work_out(connection, phase, draw.number)
    wrong = await payout.paid(connection, phase_id)
    legs = await legs_of(connection, phase_id, revision - 1)
    await commission.hold_partners(connection, reckoning.earnings)
    people = {one.collector_id for one in (*reckoning.payouts, *wrong)}
    journal = await ledger.lock(connection, people)
    paid_by_ticket = payout.enter_payouts(journal, phase_id, draw.actor_id, reckoning.payouts)
    taken_back, places = take_back(journal, phase_id, draw, wrong, legs)
    transfer_ids = await journal.write(connection)
    await payout.record(
        connection, phase_id, revision, reckoning.payouts, transfer_ids, paid_by_ticket
    )
    debt = sum((one.debt for one in taken_back), ZERO)
    answer = await settlement.complete(connection, phase_id, revision, draw, reckoning, debt)
    await _settlement.insert_compensations(
        connection,
        phase_id=phase_id,
        revision=revision - 1,
        collector_ids=[one.collector_id for one in taken_back],
        amounts=[one.amount for one in taken_back],
        debts=[one.debt for one in taken_back],
        transfer_ids=[transfer_ids[place] for place in places],
    )
    return answer


async def check(connection: Connection, phase: Phase, number: int) -> Settlement:
    """The row of a phase that can be settled anew. Raises `WrongState`."""
    if phase.state != "settled":
        raise WrongState(f"Only a settled phase is settled anew; this one is {phase.state}.")
    return await settlement.read(connection, phase.id)


async def legs_of(connection: Connection, phase_id: int, revision: int) -> dict[int, Legs]:
    """What the payouts of a draw brought to which purse, by collector."""
    legs: dict[int, Legs] = defaultdict(list)
    rows = _settlement.read_paid_legs(connection, phase_id=phase_id, revision=revision)
    async for row in rows:
        legs[row["collector_id"]].append((row["account_id"], row["amount"]))
    return legs


def take_back(
    journal: Journal,
    phase_id: int,
    draw: Draw,
    wrong: Iterable[Payout],
    legs: dict[int, Legs],
) -> tuple[list[Compensation], list[int]]:
    """What each collector gives back, entered and not written, beside the transfers' places."""
    names = {one.collector_id: one.username for one in wrong}
    taken_back, places = [], []
    for collector_id, brought in sorted(legs.items()):
        entries, debt = purse.take_back(journal.purses(collector_id), brought)
        transfer = Transfer(
            "resettlement", draw.actor_id, entries, House.PAYOUTS, phase_id, draw.reason
        )
        places.append(journal.enter(transfer, forced=debt > 0))
        amount = sum((amount for _, amount in brought), ZERO)
        taken_back.append(Compensation(collector_id, names[collector_id], amount, debt))
    return taken_back, places


async def compensations(connection: Connection, phase_id: int, revision: int) -> list[Compensation]:
    """What was taken back of a draw, the largest debt first."""
    rows = _settlement.read_compensations(connection, phase_id=phase_id, revision=revision)
    return [Compensation(**row) async for row in rows]
