"""(g) Closing and settling a full phase: alone, beside a busy desk, and against paying its winners
one at a time."""

import time

import msgspec

from banker.bench.busy import settled_beside
from banker.bench.closing import Closed
from banker.bench.fill import fill
from banker.bench.ground import Ground
from banker.bench.plan import Plan
from banker.books import ledger, payout, settlement, ticket
from banker.books import phase as phases
from banker.books.phase import Phase
from banker.books.reckoning import Payout, Reckoning, work_out
from banker.books.settlement import Draw
from banker.database import Connection, transaction
from banker.rules import purse

DRAWN = 137

__all__ = ["Closed", "Settled"]


class Settled:
    """Every round closes and settles a phase of its own, filled set-wise with as many winning
    tickets as the plan says; another such beside a busy desk; then a small phase whose winners are
    paid by a transaction each."""

    letter = "g"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """Nothing: a phase is settled once."""

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """Seconds of the closing and of the settling, each up to its commit, and payouts a second
        both ways: all of the settling against the paying alone. Beside the desk seconds up to the
        answer, and what the desk takes without it and meanwhile."""
        full = await _filled(ground, plan, plan.million, plan.winners)
        started_at = time.perf_counter()
        await _close(ground, full)
        closed_at = time.perf_counter()
        async with transaction(ground.pool) as connection:
            settled = await settlement.settle(
                connection, full.id, Draw(DRAWN, "bench", ground.manager.id)
            )
        settle_s = time.perf_counter() - closed_at
        assert settled.payout_count == plan.winners
        other = await _filled(ground, plan, plan.million, plan.winners)
        await _close(ground, other)
        return {
            "g_close_s": closed_at - started_at,
            "g_settle_s": settle_s,
            "g_set_payouts_per_s": plan.winners / settle_s,
            **await settled_beside(ground, plan, other.id, DRAWN),
            "g_one_payouts_per_s": await _one_at_a_time(ground, plan),
        }


async def _filled(ground: Ground, plan: Plan, bets: int, winners: int) -> Phase:
    phase = await ground.open_phase(f"to be settled, {winners} winners")
    await fill(ground, phase.id, bets, plan.lines, winners=winners, number=DRAWN)
    return phase


async def _close(ground: Ground, phase: Phase) -> None:
    async with transaction(ground.pool) as connection:
        await settlement.close(connection, phase.id, ground.manager.id)


async def _one_at_a_time(ground: Ground, plan: Plan) -> float:
    """Payouts a second where every winner is a transaction that looks for itself: the phase is
    passed into, the ticket read, its purses locked. Who has won is known beforehand, one connection
    does it all, and what else the phase needs to be settled is not counted."""
    count = plan.paid_one_by_one
    small = await _filled(ground, plan, count * plan.lines, count)
    await _close(ground, small)
    async with transaction(ground.pool) as connection:
        reckoning = await work_out(connection, small, DRAWN)
    async with ground.pool.acquire() as connection:
        started_at = time.perf_counter()
        for won in reckoning.payouts:
            async with connection.transaction():
                await _pay(connection, small.id, ground.manager.id, won)
        took_s = time.perf_counter() - started_at
        async with connection.transaction():
            await _finish(connection, small.id, ground.manager.id, reckoning)
    return count / took_s


async def _pay(connection: Connection, phase_id: int, actor_id: int, won: Payout) -> None:
    await phases.gate_shared(connection, phase_id)
    asked = await ticket.find(connection, phase_id, won.sequence)
    held = await ticket.read(connection, asked)
    assert held.voided_at is None
    journal = await ledger.lock(connection, [held.collector_id])
    legs = purse.pay(journal.purses(won.collector_id), won.amount)
    journal.enter(ledger.Transfer("payout", actor_id, legs, ledger.House.PAYOUTS, phase_id))
    transfer_ids = await journal.write(connection)
    await payout.record(connection, phase_id, 1, [won], transfer_ids, {won.sequence: 0})


async def _finish(
    connection: Connection, phase_id: int, actor_id: int, reckoning: Reckoning
) -> None:
    """What settling does beside the payouts, so that the books agree."""
    rest = msgspec.structs.replace(reckoning, payouts=())
    await payout.pay(connection, phase_id, actor_id, rest)
    await phases.mark_settled(connection, phase_id)
    draw = Draw(reckoning.number, "bench", actor_id)
    await settlement.complete(connection, phase_id, settlement.FIRST, draw, reckoning)
