"""What a draw pays: winning bets and collectors' commission, worked out first and paid last."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter

import msgspec

from banker.books import bonus, ledger, ticket
from banker.books.phase import Phase
from banker.database import Connection, array, queries
from banker.rules import prize, purse
from banker.rules.money import ZERO, from_cents

_payout = queries("payout")


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


class Reckoning(msgspec.Struct, frozen=True):
    """What a draw pays, to whom, and what it leaves."""

    number: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    net_profit: Decimal
    payouts: tuple[Payout, ...]
    commissions: tuple[Commission, ...]


async def work_out(connection: Connection, phase: Phase, number: int) -> Reckoning:
    """What a draw of `number` pays on the tickets that stand, each bet to the cent."""
    won = prize.multipliers(phase.prizes, number)

    # Stakes repeat: a few dozen amounts make most bets.
    @cache
    def paid(winner: int, cents: int, factor: int) -> Decimal:
        return prize.payout(from_cents(cents), from_cents(factor), won[winner])

    rows = _payout.winning_bets(connection, phase_id=phase.id, numbers=sorted(won))
    won_bets = tuple(
        [
            Payout(
                sequence=row["sequence"],
                number=row["number"],
                multiplier=won[row["number"]],
                amount=paid(row["number"], row["cents"], row["factor"]),
                collector_id=row["collector_id"],
                username=row["username"],
            )
            async for row in rows
        ]
    )
    due = _payout.commissions_due(connection, phase_id=phase.id)
    earned = tuple([Commission(**row) async for row in due])
    sums = await ticket.sums(connection, phase.id)
    total_out = sum((payout.amount for payout in won_bets), ZERO)
    return Reckoning(
        number=number,
        total_in=sums.total_in,
        total_out=total_out,
        commission=sums.commission,
        net_profit=sums.total_in - total_out - sums.commission,
        payouts=won_bets,
        commissions=earned,
    )


async def pay(connection: Connection, phase_id: int, actor_id: int, reckoning: Reckoning) -> None:
    """One transfer a winning ticket and one a collector's commission; then what stakes have worked
    off of bonuses turns into cash. Locks the accounts."""
    winners = {payout.collector_id for payout in reckoning.payouts}
    earners = {due.collector_id for due in reckoning.commissions}
    worked = await bonus.due(connection, phase_id)
    finished = {due.user_id for due in worked if due.is_done}
    journal = await ledger.lock(connection, winners | earners | finished)
    paid_by_ticket = _enter_payouts(journal, phase_id, actor_id, reckoning.payouts)
    paid_to_collector = _enter_commissions(journal, phase_id, actor_id, reckoning.commissions)
    bonus.convert(journal, phase_id, actor_id, worked)
    transfer_ids = await journal.write(connection)
    await bonus.count_worked(connection, worked)
    paid_by = [
        transfer_ids[paid_by_ticket[payout.sequence]] if payout.amount > 0 else None
        for payout in reckoning.payouts
    ]
    await record(connection, phase_id, reckoning.payouts, paid_by)
    await _payout.insert_commissions(
        connection,
        phase_id=phase_id,
        collector_ids=[due.collector_id for due in reckoning.commissions],
        amounts=[due.amount for due in reckoning.commissions],
        transfer_ids=[transfer_ids[place] for place in paid_to_collector],
    )


async def record(
    connection: Connection,
    phase_id: int,
    payouts: Sequence[Payout],
    transfer_ids: Sequence[int | None],
) -> None:
    """A row a winning bet, beside the number of the transfer that paid it; none for nothing."""
    await _payout.insert_payouts(
        connection,
        phase_id=phase_id,
        sequences=array([payout.sequence for payout in payouts]),
        numbers=array([payout.number for payout in payouts]),
        multipliers=array([payout.multiplier for payout in payouts]),
        amounts=array([payout.amount for payout in payouts]),
        transfer_ids=array([transfer_id or "null" for transfer_id in transfer_ids]),
    )


async def paid(
    connection: Connection, phase_id: int, collector_id: int | None = None
) -> list[Payout]:
    """What a phase paid, by ticket and number; of one collector, or of all."""
    rows = _payout.read_payouts(connection, phase_id=phase_id, collector_id=collector_id)
    return [Payout(**{name: row[name] for name in Payout.__struct_fields__}) async for row in rows]


def _enter_payouts(
    journal: ledger.Journal, phase_id: int, actor_id: int, payouts: Sequence[Payout]
) -> dict[int, int]:
    """The transfer's place in the journal, by ticket; a ticket that is paid nothing has none."""
    places = {}
    for sequence, bets in groupby(payouts, key=attrgetter("sequence")):
        won = list(bets)
        amount = sum((payout.amount for payout in won), ZERO)
        if amount > 0:
            legs = purse.pay(journal.purses(won[0].collector_id), amount)
            places[sequence] = journal.enter(
                ledger.Transfer("payout", actor_id, legs, ledger.House.PAYOUTS, phase_id)
            )
    return places


def _enter_commissions(
    journal: ledger.Journal, phase_id: int, actor_id: int, commissions: Sequence[Commission]
) -> list[int]:
    """The transfers' places in the journal; commission goes into cash, whatever is owed."""
    places = []
    for due in commissions:
        legs = ((journal.cash_account(due.collector_id), due.amount),)
        places.append(
            journal.enter(
                ledger.Transfer("commission", actor_id, legs, ledger.House.COMMISSION, phase_id)
            )
        )
    return places
