"""What a draw would pay, to whom, and what it would leave: worked out from the bets that stand."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache

import msgspec

from banker.books import commission
from banker.books.commission import Earned, Taken
from banker.books.phase import Phase
from banker.database import Connection, queries
from banker.rules import prize
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
    partner_id: int | None


class Reckoning(msgspec.Struct, frozen=True):
    """What a draw pays, to whom, and what it leaves: bet by bet, by collector, by partner."""

    number: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    net_profit: Decimal
    partner_earnings: Decimal
    payouts: tuple[Payout, ...]
    taken: tuple[Taken, ...]
    earnings: tuple[Earned, ...]

    @property
    def commissions(self) -> tuple[Taken, ...]:
        """The collectors who have earned something."""
        return tuple(one for one in self.taken if one.commission > 0)


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
                partner_id=row["partner_id"],
            )
            async for row in rows
        ]
    )
    taken = await commission.taken(connection, phase.id)
    earnings = await commission.earned(connection, phase.id, _by_partner(won_bets))
    total_in = sum((one.total_in for one in taken), ZERO)
    total_out = sum((payout.amount for payout in won_bets), ZERO)
    due = sum((one.commission for one in taken), ZERO)
    return Reckoning(
        number=number,
        total_in=total_in,
        total_out=total_out,
        commission=due,
        net_profit=total_in - total_out - due,
        partner_earnings=sum((one.share.earned for one in earnings), ZERO),
        payouts=won_bets,
        taken=taken,
        earnings=earnings,
    )


def _by_partner(payouts: Iterable[Payout]) -> dict[int, Decimal]:
    paid: dict[int, Decimal] = {}
    for payout in payouts:
        if payout.partner_id is not None:
            paid[payout.partner_id] = paid.get(payout.partner_id, ZERO) + payout.amount
    return paid
