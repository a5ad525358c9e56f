"""Who wins by a draw: the payouts of a phase summed for the reader."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from banker.books.reckoning import Payout
from banker.rules.money import ZERO

MOST_SHOWN = 200


class Winner(msgspec.Struct, frozen=True):
    """A collector: the bets that win, and what they are paid."""

    collector: str
    bet_count: int
    paid: Decimal


class Winners(msgspec.Struct, frozen=True):
    """The collectors by what they are paid, and the payouts by ticket, at most 200 of them."""

    collectors: tuple[Winner, ...]
    payouts: tuple[Payout, ...]
    payout_count: int


def winners_of(payouts: Sequence[Payout]) -> Winners:
    """The winners, the most paid first."""
    names = {payout.collector_id: payout.username for payout in payouts}
    counts = dict.fromkeys(names, 0)
    paid = dict.fromkeys(names, ZERO)
    for payout in payouts:
        counts[payout.collector_id] += 1
        paid[payout.collector_id] += payout.amount
    collectors = [Winner(name, counts[one], paid[one]) for one, name in names.items()]
    collectors.sort(key=lambda winner: (-winner.paid, winner.collector))
    return Winners(tuple(collectors), tuple(payouts[:MOST_SHOWN]), len(payouts))
