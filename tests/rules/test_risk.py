"""Every figure is worked out a second time, from the bets and the words of the rules alone."""

from collections.abc import Sequence
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from banker.rules.prize import Prizes
from banker.rules.risk import Outcome, Risk, assess

# Number, stake and factor.
Bet = tuple[int, Decimal, Decimal]

FACTORS = [Decimal("1"), Decimal("0.5"), Decimal("0.25"), Decimal("0.33")]
ALL_PRIZES = Prizes(Decimal(80), Decimal(10), Decimal(5), True)


def assess_bets(bets: list[Bet], commission: Decimal, prizes: Prizes) -> Risk:
    stakes, weights = [0] * 1000, [0] * 1000
    for number, stake, factor in bets:
        stakes[number] += int(stake * 100)
        weights[number] += int(stake * factor * 10_000)
    return assess(stakes, weights, int(commission * 100), prizes)


def multiplier(prizes: Prizes, number: int, winner: int) -> Fraction:
    """What a straight reading of the rules pays on a number when another is drawn."""
    distance = abs(number - winner)
    if number == winner:
        return Fraction(prizes.straight)
    if tuple(f"{number:03d}") in permutations(f"{winner:03d}"):
        return Fraction(prizes.permutation)
    if distance == 1 or (distance == 999 and prizes.near_wraps):
        return Fraction(prizes.near)
    return Fraction(0)


def liabilities(bets: list[Bet], prizes: Prizes) -> list[Fraction]:
    """Each outcome's payouts, bet by bet. Only a number that shares the digits of a bet's number
    or lies next to it can matter, which spares the test a thousand times a thousand questions."""
    paid = [Fraction(0)] * 1000
    for number, stake, factor in bets:
        orders = {int("".join(digits)) for digits in permutations(f"{number:03d}")}
        for winner in orders | {(number - 1) % 1000, (number + 1) % 1000}:
            paid[winner] += Fraction(stake * factor) * multiplier(prizes, number, winner)
    return paid


def rounded(exact: Fraction, places: int = 2) -> Decimal:
    # Rounding a fraction to a whole number is half even, as the house wants it.
    return Decimal(round(exact * 10**places)).scaleb(-places)


def differing(told: Sequence[Decimal], exact: list[Fraction]) -> list[int]:
    """The places that differ: a failure shows these, not two lists of a thousand amounts."""
    return [
        i for i, (one, other) in enumerate(zip(told, exact, strict=True)) if one != rounded(other)
    ]


def root(square: Fraction) -> Decimal:
    with localcontext(prec=100):
        deviation = (Decimal(square.numerator) / Decimal(square.denominator)).sqrt()
        return deviation.quantize(Decimal("0.01"))


stakes = st.integers(1, 99_999_999_999).map(lambda amount: Decimal(amount).scaleb(-2))
bets_taken = st.lists(
    st.tuples(st.integers(0, 999), stakes, st.sampled_from(FACTORS)), min_size=1, max_size=12
)
multipliers = st.sampled_from([Decimal(text) for text in ("0", "1", "10", "2.5", "80", "0.01")])
any_prizes = st.builds(Prizes, multipliers, multipliers, multipliers, st.booleans())


# Shrinking a thousand outcomes takes minutes and says no more than the first failure does.
@settings(max_examples=120, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(bets_taken, st.integers(0, 100), any_prizes)
def test_every_figure_is_what_the_bets_say(bets: list[Bet], rate: int, prizes: Prizes) -> None:
    total_in = sum(Fraction(stake) for _, stake, _ in bets)
    commission = rounded(total_in * rate / 100)
    risk = assess_bets(bets, commission, prizes)

    paid = liabilities(bets, prizes)
    profit = [total_in - Fraction(commission) - amount for amount in paid]
    rising = sorted(profit)
    mean = sum(profit) / 1000
    exposure = [sum(Fraction(s) for n, s, _ in bets if n == number) for number in range(1000)]

    assert risk.total_in == rounded(total_in)
    assert risk.commission == commission
    assert differing(risk.liability, paid) == []
    assert differing(risk.profit, profit) == []
    assert differing(risk.curve, rising) == []
    assert risk.worst == Outcome(profit.index(rising[0]), rounded(rising[0]))
    assert risk.best == Outcome(profit.index(rising[-1]), rounded(rising[-1]))
    assert risk.expected_profit == rounded(mean)
    assert risk.standard_deviation == root(sum((p - mean) ** 2 for p in profit) / 1000)
    assert risk.var99 == rounded(rising[9])
    assert risk.es99 == rounded(sum(rising[:10]) / 10)
    assert risk.loss_count == sum(amount < 0 for amount in profit)
    assert risk.chance_of_loss == rounded(Fraction(risk.loss_count, 1000), 4)
    assert risk.margin == rounded(mean / total_in, 4)
    assert risk.top_ten_share == rounded(sum(sorted(exposure)[-10:]) / total_in, 4)
    assert risk.hhi == rounded(sum((amount / total_in) ** 2 for amount in exposure), 4)
    assert [profit[number] for number in risk.hurting(25)] == rising[:25]

    for number in (*risk.hurting(2), *(number for number, _, _ in bets[:2])):
        for factor in FACTORS[:2]:
            lost = Fraction(prizes.straight * factor) - 1 + Fraction(commission) / total_in
            expected = rounded(exposure[number] + profit[number] / lost) if lost > 0 else None
            assert risk.break_even(number, factor) == expected


def test_an_empty_phase_has_nothing_at_risk() -> None:
    risk = assess([0] * 1000, [0] * 1000, 0, ALL_PRIZES)
    assert risk.worst == risk.best == Outcome(0, Decimal(0))
    assert set(risk.liability) == set(risk.profit) == {Decimal(0)}
    assert (risk.loss_count, risk.standard_deviation, risk.es99) == (0, 0, 0)
    assert risk.margin is risk.top_ten_share is risk.hhi is None
    assert risk.break_even(5, Decimal(1)) == 0
    assert str(risk.total_in) == str(risk.profit[0]) == "0.00"


def test_the_worst_number_need_not_be_the_most_popular() -> None:
    bets = [(1, Decimal(100), Decimal("0.5")), (2, Decimal(60), Decimal(1))]
    risk = assess_bets(bets, Decimal(0), Prizes())
    assert risk.worst == Outcome(2, Decimal(160 - 4800))


def test_profits_a_hair_apart_are_ranked_before_rounding() -> None:
    # 900 is a hundredth of a cent worse; 3 and 5 are a true tie, and the lower comes first.
    bets = [(5, Decimal("0.01"), Decimal("0.5")), (900, Decimal("0.01"), Decimal("0.51"))]
    bets.append((3, Decimal("0.01"), Decimal("0.5")))
    risk = assess_bets(bets, Decimal(0), Prizes(Decimal(1)))
    assert risk.hurting(5) == (900, 3, 5, 0, 1)
    assert risk.ranking[3:] == tuple(n for n in range(1000) if n not in (3, 5, 900))


@pytest.mark.parametrize(
    ("ten_thousandths", "liability"),
    [(50, "0.00"), (51, "0.01"), (150, "0.02"), (250, "0.02"), (249, "0.02"), (251, "0.03")],
)
def test_half_a_cent_goes_to_the_even_cent(ten_thousandths: int, liability: str) -> None:
    weights = [0] * 1000
    weights[3] = ten_thousandths
    risk = assess([0] * 1000, weights, 0, Prizes(Decimal(1)))
    assert str(risk.liability[3]) == liability
    assert risk.profit[3] == -risk.liability[3]
    assert "-0.00" not in map(str, risk.profit)


def test_commission_alone_can_make_every_outcome_a_loss() -> None:
    risk = assess([100] * 1000, [10_000] * 1000, 92_001, Prizes())
    assert set(risk.profit) == {Decimal("-0.01")}
    assert (risk.loss_count, risk.chance_of_loss, risk.standard_deviation) == (1000, 1, 0)
    assert (risk.hhi, risk.top_ten_share) == (Decimal("0.0010"), Decimal("0.0100"))


def test_at_the_break_even_exposure_nothing_is_won_or_lost() -> None:
    stakes, weights = [10_000] * 1000, [1_000_000] * 1000
    commission = sum(stakes) * 15 // 100
    level = assess(stakes, weights, commission, Prizes()).break_even(7, Decimal(1))
    assert level is not None
    added = int(level * 100) - stakes[7]
    stakes[7] += added
    weights[7] += added * 100
    risk = assess(stakes, weights, commission + round(added * 0.15), Prizes())
    assert abs(risk.profit[7]) <= Decimal("0.41")  # half a cent of stake at a prize of 80


def test_more_stakes_on_a_prize_no_larger_than_they_bring_never_lose() -> None:
    risk = assess([100] * 1000, [10_000] * 1000, 0, Prizes(Decimal(1)))
    assert risk.break_even(7, Decimal(1)) is None
    assert risk.break_even(7, Decimal("0.5")) is None


def test_the_largest_sums_stay_exact() -> None:
    largest = 10**20 - 1
    stakes = [largest] * 1000
    risk = assess(stakes, [largest * 100] * 1000, 0, Prizes(Decimal("900.01")))
    assert getcontext().prec < len(str(largest * 1000)) + 6
    assert (
        risk.profit[0]
        == risk.expected_profit
        == rounded((1000 - Fraction("900.01")) * Fraction(largest, 100))
    )
    assert risk.standard_deviation == 0


def test_the_caller_s_lists_may_change_afterwards() -> None:
    stakes = [100] * 1000
    risk = assess(stakes, [10_000] * 1000, 0, Prizes())
    before = risk.break_even(7, Decimal(1))
    stakes[7] = 0
    assert risk.break_even(7, Decimal(1)) == before
