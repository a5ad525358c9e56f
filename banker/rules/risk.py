"""What a draw may cost: all 1,000 outcomes are worked out, so every figure is exact (risk).

Counting is in whole numbers. Stakes and commission come as cents; weights as ten-thousandths of
the money unit, which holds any stake times any factor of two decimals. Prizes are brought to whole
numbers over one denominator, and so liabilities and profits are counted in a *part*, a cent divided
by 100 and by that denominator. Only what leaves is rounded, each figure once, half even.

Nothing is laid off yet. With `F` laid off to an upper banker at prize `m` and commission `k`,
a profit would also lose `(1 - k) * total F` and gain `m * F[w]`.
"""

from collections.abc import Sequence
from decimal import Context, Decimal
from math import lcm

import msgspec

from banker.rules.number import NUMBERS, other_orders
from banker.rules.prize import Prizes

_COUNT = len(NUMBERS)
_TAIL = 10  # the worst hundredth of the outcomes
_WEIGHTS_PER_CENT = 100

# Wide enough for the square of any profit that numeric(20,2) can make.
_WIDE = Context(prec=120)

# The numbers with the same digits share the least of them as the head of their family.
_HEADS = [min((number, *other_orders(number))) for number in NUMBERS]


class Outcome(msgspec.Struct, frozen=True):
    """A number, and the banker's profit if it is drawn."""

    number: int
    profit: Decimal


class Risk(msgspec.Struct, frozen=True):
    """A phase's risk. Money is to the cent, a ratio to four decimals; `liability` and `profit` have
    1,000 amounts, by number. Where nothing is staked a ratio to the intake is None."""

    total_in: Decimal
    commission: Decimal
    liability: tuple[Decimal, ...]
    profit: tuple[Decimal, ...]
    # All numbers by rising profit, compared before rounding; the lower number first in a tie.
    ranking: tuple[int, ...]
    worst: Outcome
    best: Outcome
    expected_profit: Decimal
    standard_deviation: Decimal
    # The tenth worst profit and the mean of the ten worst, signed.
    var99: Decimal
    es99: Decimal
    loss_count: int
    chance_of_loss: Decimal
    margin: Decimal | None
    top_ten_share: Decimal | None
    # The sum of the squared shares of the intake: 0.0010 when spread evenly, 1 on one number.
    hhi: Decimal | None
    _book: "_Book"

    @property
    def curve(self) -> tuple[Decimal, ...]:
        """The profits of all outcomes, rising."""
        return tuple(self.profit[number] for number in self.ranking)

    def hurting(self, count: int) -> tuple[int, ...]:
        """The numbers of least profit, the worst first; the lower number first in a tie."""
        return self.ranking[:count]

    def break_even(self, number: int, factor: Decimal) -> Decimal | None:
        """The exposure at which this number would bring neither profit nor loss, if all further
        stakes on it came at `factor` and earned the phase's average commission; below the present
        exposure where it brings a loss. None where more stakes on it never lose money."""
        return self._book.break_even(number, factor)


def assess(
    stakes_cents: Sequence[int], weights: Sequence[int], commission_cents: int, prizes: Prizes
) -> Risk:
    """The risk of a phase from its 1,000 stakes and weights, by number; units as told above."""
    assert len(stakes_cents) == len(weights) == _COUNT
    total_in = sum(stakes_cents)
    rates = _Rates(prizes)
    cent = _WEIGHTS_PER_CENT * rates.denominator
    liability = _liabilities(weights, rates)
    before_draw = (total_in - commission_cents) * cent
    profit = [before_draw - paid for paid in liability]
    ranking = sorted(NUMBERS, key=profit.__getitem__)
    tail = sum(profit[number] for number in ranking[:_TAIL])
    summed = sum(profit)
    squared = sum([amount * amount for amount in profit])
    loss_count = sum([amount < 0 for amount in profit])
    profit_money = _moneys(profit, cent)
    best = max(NUMBERS, key=profit.__getitem__)
    return Risk(
        total_in=_money(total_in, 1),
        commission=_money(commission_cents, 1),
        liability=_moneys(liability, cent),
        profit=profit_money,
        ranking=tuple(ranking),
        worst=Outcome(ranking[0], profit_money[ranking[0]]),
        best=Outcome(best, profit_money[best]),
        expected_profit=_money(summed, _COUNT * cent),
        standard_deviation=_root_money(_COUNT * squared - summed * summed, _COUNT * cent),
        var99=profit_money[ranking[_TAIL - 1]],
        es99=_money(tail, _TAIL * cent),
        loss_count=loss_count,
        chance_of_loss=_ratio(loss_count, _COUNT),
        margin=_ratio(summed, _COUNT * cent * total_in) if total_in else None,
        top_ten_share=_ratio(sum(sorted(stakes_cents)[-10:]), total_in) if total_in else None,
        hhi=_ratio(sum([s * s for s in stakes_cents]), total_in * total_in) if total_in else None,
        _book=_Book(tuple(stakes_cents), profit, total_in, commission_cents, rates),
    )


class _Rates:
    """The multipliers as whole numbers over one denominator."""

    def __init__(self, prizes: Prizes) -> None:
        kinds = [
            kind.as_integer_ratio() for kind in (prizes.straight, prizes.permutation, prizes.near)
        ]
        self.denominator = lcm(*(below for _, below in kinds))
        self.straight, self.permutation, self.near = (
            above * (self.denominator // below) for above, below in kinds
        )
        self.near_wraps = prizes.near_wraps


class _Book(msgspec.Struct, frozen=True):
    """What is kept unrounded for the questions that come one number at a time."""

    stakes_cents: tuple[int, ...]
    profit: list[int]
    total_in: int
    commission: int
    rates: _Rates

    def break_even(self, number: int, factor: Decimal) -> Decimal | None:
        # S + P / (straight * f - 1 + r) with r = commission / total_in, cleared of fractions.
        above, below = factor.as_integer_ratio()
        scale = self.rates.denominator * below
        staked, total = self.stakes_cents[number], self.total_in
        if total == 0:
            # Without an intake there is no average rate to speak of; it counts as none.
            loss, gain = self.rates.straight * above - scale, self.profit[number] * scale
        else:
            loss = self.rates.straight * above * total - (total - self.commission) * scale
            gain = self.profit[number] * scale * total
        if loss <= 0:
            return None
        cent = _WEIGHTS_PER_CENT * self.rates.denominator
        return _money(staked * cent * loss + gain, cent * loss)


def _liabilities(weights: Sequence[int], rates: _Rates) -> list[int]:
    if not rates.permutation:
        paid = [rates.straight * weight for weight in weights]
    else:
        families = [0] * _COUNT
        for head, weight in zip(_HEADS, weights, strict=True):
            families[head] += weight
        # The other orders of a number are its family without itself.
        own, other = rates.straight - rates.permutation, rates.permutation
        paid = [
            own * weight + other * families[head]
            for head, weight in zip(_HEADS, weights, strict=True)
        ]
    if not rates.near:
        return paid
    before_first, after_last = (weights[-1], weights[0]) if rates.near_wraps else (0, 0)
    below, above = [before_first, *weights[:-1]], [*weights[1:], after_last]
    return [
        amount + rates.near * (low + high)
        for amount, low, high in zip(paid, below, above, strict=True)
    ]


def _moneys(amounts: Sequence[int], cent: int) -> tuple[Decimal, ...]:
    """Parts as money; `_money` for a thousand at once, for which a call each is too slow."""
    # Twice the amount, so that half a cent is whole, plus just under half a cent, or all of it
    # where the cents below are odd: a tie ends on the even side. `cent` is a multiple of 100.
    double, nearly = 2 * cent, cent - 1
    scale = _WIDE.scaleb
    return tuple(
        [
            scale(Decimal((2 * amount + nearly + (amount // cent & 1)) // double), -2)
            for amount in amounts
        ]
    )


def _money(amount: int, cent: int) -> Decimal:
    return _WIDE.scaleb(Decimal(_nearest(amount, cent)), -2)


def _root_money(square: int, cent: int) -> Decimal:
    """The square root of a sum of squared parts as money."""
    cents = _WIDE.divide(_WIDE.sqrt(Decimal(square)), Decimal(cent))
    return _WIDE.scaleb(_WIDE.to_integral_value(cents), -2)


def _ratio(above: int, below: int) -> Decimal:
    return _WIDE.scaleb(Decimal(_nearest(above * 10_000, below)), -4)


def _nearest(above: int, below: int) -> int:
    """The quotient as a whole number, half even; `below` is positive."""
    whole, rest = divmod(above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole & 1))
