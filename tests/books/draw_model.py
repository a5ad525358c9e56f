"""What draws pay and leave in plain Python, from `risk.md` and the design's rules, worked out with
exact fractions. It knows nothing of `banker`."""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from tests.books.model import ZERO, Bonus, Parts

# Straight, permutation, near; whether 999 and 000 are neighbours.
Prizes = tuple[Decimal, Decimal, Decimal, bool]
# Multiplier and amount by ticket and number.
Payouts = dict[tuple[int, int], tuple[Decimal, Decimal]]
# A partner's share and rate.
Terms = tuple[Decimal, Decimal]


def to_cent(exact: Fraction) -> Decimal:
    """Half even, which is how Python rounds a fraction to a whole number."""
    return Decimal(round(exact * 100)).scaleb(-2)


def percent(amount: Decimal, rate: Decimal) -> Decimal:
    return to_cent(Fraction(amount) * Fraction(rate) / 100)


@dataclass
class Ticket:
    """`bets` are stake and factor by number; rate and partner are those at the placing."""

    sequence: int
    owner: int
    bets: dict[int, tuple[Decimal, Decimal]]
    partner: int | None
    commission: Decimal
    drawn: Parts
    with_bonus: Bonus | None
    is_void: bool = False

    @property
    def total(self) -> Decimal:
        return sum((amount for amount, _ in self.bets.values()), ZERO)


@dataclass(frozen=True)
class Earning:
    """What a partner's tickets made of a draw; `amount` is what this adds to what is due."""

    collector_count: int
    ticket_count: int
    stakes: Decimal
    payouts: Decimal
    profit: Decimal
    share: Decimal
    shared_stakes: Decimal
    shared_payouts: Decimal
    shared_profit: Decimal
    rate: Decimal
    earned: Decimal
    amount: Decimal


@dataclass
class Draw:
    """A draw and what came of it: `received` by collector, `taken_back` of the draw before it, with
    the debt that this left."""

    number: int
    payouts: Payouts
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    earnings: dict[int, Earning]
    received: dict[int, list[Parts]] = field(default_factory=dict)
    taken_back: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)
    debt: Decimal = ZERO

    @property
    def net_profit(self) -> Decimal:
        return self.total_in - self.total_out - self.commission


@dataclass
class Phase:
    """A phase; the last draw counts. `rate`, where it is set, is that of every collector."""

    id: int
    prizes: Prizes
    rate: Decimal | None = None
    month: str = ""
    tickets: list[Ticket] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)

    @property
    def standing(self) -> list[Ticket]:
        return [one for one in self.tickets if not one.is_void]


def reckon(phase: Phase, number: int, terms: dict[int, Terms], paid: dict[int, Decimal]) -> Draw:
    """What a draw of a number makes of the tickets that stand, by the partners' terms; `paid` is
    what earlier draws of the phase have brought them."""
    payouts = {}
    for ticket in phase.standing:
        for bet, (amount, factor) in ticket.bets.items():
            prize = multiplier(bet, number, phase.prizes)
            if prize > 0:
                won = to_cent(Fraction(amount) * Fraction(factor) * Fraction(prize))
                payouts[ticket.sequence, bet] = (prize, won)
    return Draw(
        number,
        payouts,
        total_in=sum((one.total for one in phase.standing), ZERO),
        total_out=sum((amount for _, amount in payouts.values()), ZERO),
        commission=sum((one.commission for one in phase.standing), ZERO),
        earnings={
            partner: _earning(phase, payouts, partner, terms[partner], paid.get(partner, ZERO))
            for partner in {one.partner for one in phase.standing if one.partner is not None}
        },
    )


def multiplier(number: int, winner: int, prizes: Prizes) -> Decimal:
    """What a number wins where another is drawn; the three kinds of prizes are disjoint."""
    straight, permutation, near, near_wraps = prizes
    orders = {int("".join(digits)) for digits in permutations(f"{winner:03d}")} - {winner}
    distance = abs(number - winner)
    kinds = (
        (number == winner, straight),
        (number in orders, permutation),
        (distance == 1 or (near_wraps and distance == 999), near),
    )
    met = [prize for is_met, prize in kinds if is_met]
    assert len(met) <= 1
    return met[0] if met else Decimal(0)


def _earning(phase: Phase, payouts: Payouts, partner: int, terms: Terms, paid: Decimal) -> Earning:
    """Of the tickets of the partner's collectors, before commission; no loss is carried over."""
    share, rate = terms
    brought = {one.sequence: one for one in phase.standing if one.partner == partner}
    stakes = sum((one.total for one in brought.values()), ZERO)
    won = [amount for (sequence, _), (_, amount) in payouts.items() if sequence in brought]
    profit = stakes - sum(won, ZERO)
    shared = percent(profit, share)
    earned = max(percent(shared, rate), ZERO)
    return Earning(
        collector_count=len({one.owner for one in brought.values()}),
        ticket_count=len(brought),
        stakes=stakes,
        payouts=stakes - profit,
        profit=profit,
        share=share,
        shared_stakes=percent(stakes, share),
        shared_payouts=percent(stakes, share) - shared,
        shared_profit=shared,
        rate=rate,
        earned=earned,
        amount=earned - paid,
    )
