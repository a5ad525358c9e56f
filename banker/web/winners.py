"""Who wins by a draw: the payouts of a phase summed for the reader."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from banker.books.payout import Commission, Payout
from banker.rules.money import ZERO

MOST_SHOWN = 200


class Winner(msgspec.Struct, frozen=True):
    """A collector: the bets that win, what they are paid, and the commission earned."""

    collector: str
    bet_count: int
    paid: Decimal
    commission: Decimal


class Winners(msgspec.Struct, frozen=True):
    """The collectors by what they are paid, and the payouts by ticket, at most 200 of them."""

    collectors: tuple[Winner, ...]
    payouts: tuple[Payout, ...]
    payout_count: int


def winners_of(payouts: Sequence[Payout], commissions: Iterable[Commission] = ()) -> Winners:
    """The winners, the most paid first; collectors who only earn commission follow."""
    names = {payout.collector_id: payout.username for payout in payouts}
    due = {}
    for commission in commissions:
        names[commission.collector_id] = commission.username
        due[commission.collector_id] = commission.amount
    counts = dict.fromkeys(names, 0)
    paid = dict.fromkeys(names, ZERO)
    for payout in payouts:
        counts[payout.collector_id] += 1
        paid[payout.collector_id] += payout.amount
    collectors = [
        Winner(name, counts[one], paid[one], due.get(one, ZERO)) for one, name in names.items()
    ]
    collectors.sort(key=lambda winner: (-winner.paid, -winner.commission, winner.collector))
    return Winners(tuple(collectors), tuple(payouts[:MOST_SHOWN]), len(payouts))
