"""What a partner earns on the tickets of the collectors they brought in, in two tiers:
`shared = profit × share_percentage`, `earned = shared × commission_rate`."""

from decimal import Decimal

import msgspec

from banker.rules.money import ZERO, share


class Share(msgspec.Struct, frozen=True):
    """The real figures of a partner's tickets, the partner's share of them, and what it earns.
    `profit` is before collectors' commission, and may be a loss."""

    stakes: Decimal
    payouts: Decimal
    profit: Decimal
    shared_stakes: Decimal
    shared_payouts: Decimal
    shared_profit: Decimal
    earned: Decimal


def share_of(
    stakes: Decimal, payouts: Decimal, share_percentage: Decimal, commission_rate: Decimal
) -> Share:
    """A partner's share, each figure to the cent, half even; the earning is the rate's share of the
    shared profit as it is shown, so that anyone can work it out from the statement. A loss earns
    nothing and is not carried over."""
    profit = stakes - payouts
    shared_stakes = share(stakes, share_percentage)
    shared_profit = share(profit, share_percentage)
    return Share(
        stakes=stakes,
        payouts=payouts,
        profit=profit,
        shared_stakes=shared_stakes,
        # What is left, so that the shared figures add up to the cent as the real ones do.
        shared_payouts=shared_stakes - shared_profit,
        shared_profit=shared_profit,
        earned=max(share(shared_profit, commission_rate), ZERO),
    )
