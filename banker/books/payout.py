"""Payouts and commissions, entered set-wise: worked out first (`reckoning`), paid last."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from banker.books import bonus, ledger
from banker.books.bonus import Due
from banker.books.commission import Taken
from banker.books.ledger import House, Journal, Transfer
from banker.books.reckoning import Payout, Reckoning
from banker.database import Connection, array, queries
from banker.rules import purse
from banker.rules.money import ZERO

_payout = queries("payout")


async def pay(connection: Connection, phase_id: int, actor_id: int, reckoning: Reckoning) -> None:
    """One transfer a winning ticket and one a collector's commission; then what stakes have worked
    off of bonuses turns into cash. Locks the accounts."""
    worked = await bonus.due(connection, phase_id)
    journal = await ledger.lock(connection, whose(reckoning, worked))
    paid_by_ticket, paid_to_collector = enter(journal, phase_id, actor_id, reckoning, worked)
    transfer_ids = await journal.write(connection)
    await bonus.count_worked(connection, worked)
    await record(connection, phase_id, 1, reckoning.payouts, transfer_ids, paid_by_ticket)
    await _payout.insert_commissions(
        connection,
        phase_id=phase_id,
        collector_ids=[due.collector_id for due in reckoning.commissions],
        amounts=[due.commission for due in reckoning.commissions],
        transfer_ids=[transfer_ids[place] for place in paid_to_collector],
    )


def whose(reckoning: Reckoning, worked: Iterable[Due]) -> set[int]:
    """The people whose money a first settlement moves."""
    return {
        *(payout.collector_id for payout in reckoning.payouts),
        *(due.collector_id for due in reckoning.commissions),
        *(due.user_id for due in worked if due.is_done),
    }


def enter(
    journal: Journal, phase_id: int, actor_id: int, reckoning: Reckoning, worked: Iterable[Due]
) -> tuple[dict[int, int], list[int]]:
    """A first settlement, entered and not written: the places of the transfers in the journal, by
    ticket, and those of the commissions."""
    paid_by_ticket = enter_payouts(journal, phase_id, actor_id, reckoning.payouts)
    paid_to_collector = _enter_commissions(journal, phase_id, actor_id, reckoning.commissions)
    bonus.convert(journal, phase_id, actor_id, worked)
    return paid_by_ticket, paid_to_collector


async def record(
    connection: Connection,
    phase_id: int,
    revision: int,
    payouts: Sequence[Payout],
    transfer_ids: Sequence[int],
    paid_by_ticket: Mapping[int, int],
) -> None:
    """A row a winning bet of a draw, beside the number of the transfer that paid it; none for
    nothing."""
    await _payout.insert_payouts(
        connection,
        phase_id=phase_id,
        revision=revision,
        sequences=array([payout.sequence for payout in payouts]),
        numbers=array([payout.number for payout in payouts]),
        multipliers=array([payout.multiplier for payout in payouts]),
        amounts=array([payout.amount for payout in payouts]),
        transfer_ids=array(
            [
                transfer_ids[paid_by_ticket[payout.sequence]] if payout.amount > 0 else "null"
                for payout in payouts
            ]
        ),
    )


async def paid(
    connection: Connection,
    phase_id: int,
    collector_id: int | None = None,
    revision: int | None = None,
) -> list[Payout]:
    """What a draw of a phase paid, the last one unless another is named, by ticket and number; to
    one collector, or to all."""
    rows = _payout.read_payouts(
        connection, phase_id=phase_id, revision=revision, collector_id=collector_id
    )
    return [Payout(**{name: row[name] for name in Payout.__struct_fields__}) async for row in rows]


def enter_payouts(
    journal: Journal, phase_id: int, actor_id: int, payouts: Sequence[Payout]
) -> dict[int, int]:
    """The transfer's place in the journal, by ticket; a ticket that is paid nothing has none."""
    places = {}
    for sequence, bets in groupby(payouts, key=attrgetter("sequence")):
        won = list(bets)
        amount = sum((payout.amount for payout in won), ZERO)
        if amount > 0:
            legs = purse.pay(journal.purses(won[0].collector_id), amount)
            places[sequence] = journal.enter(
                Transfer("payout", actor_id, legs, House.PAYOUTS, phase_id)
            )
    return places


def _enter_commissions(
    journal: Journal, phase_id: int, actor_id: int, commissions: Sequence[Taken]
) -> list[int]:
    """The transfers' places in the journal; commission goes into cash, whatever is owed."""
    places = []
    for due in commissions:
        legs = ((journal.cash_account(due.collector_id), due.commission),)
        places.append(
            journal.enter(Transfer("commission", actor_id, legs, House.COMMISSION, phase_id))
        )
    return places
