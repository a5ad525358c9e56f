from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules.apportionment import apportion
from banker.rules.commission import share_of

CENT = Decimal("0.01")
amounts = st.integers(0, 10**14).map(lambda cents: Decimal(cents) / 100)
rates = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)


def test_a_partner_earns_a_rate_of_their_share_of_the_profit() -> None:
    found = share_of(Decimal("1000.00"), Decimal("400.00"), Decimal(30), Decimal(10))
    assert (found.profit, found.shared_profit, found.earned) == (600, 180, 18)
    assert (found.shared_stakes, found.shared_payouts) == (300, 120)


def test_a_loss_earns_nothing_and_is_shown() -> None:
    found = share_of(Decimal("100.00"), Decimal("8000.00"), Decimal(50), Decimal(10))
    assert (found.profit, found.shared_profit, found.earned) == (-7900, -3950, 0)
    assert str(found.earned) == "0.00", "no minus in front of nothing"


@pytest.mark.parametrize(
    ("stakes", "share", "rate", "shared_profit", "earned"),
    [
        # Half a cent goes to the even one, down and up.
        ("0.01", "50", "100", "0.00", "0.00"),
        ("0.03", "50", "100", "0.02", "0.02"),
        ("0.05", "50", "100", "0.02", "0.02"),
        ("0.50", "100", "1", "0.50", "0.00"),
        ("1.50", "100", "1", "1.50", "0.02"),
        ("2.50", "100", "1", "2.50", "0.02"),
        # The second tier takes the first as it is shown: of 0.015 itself half would be 0.0075.
        ("66.67", "50", "50", "33.34", "16.67"),
        ("0.03", "50", "50", "0.02", "0.01"),
        ("100.00", "0", "10", "0.00", "0.00"),
        ("100.00", "30", "0", "30.00", "0.00"),
        ("99.99", "33.33", "12.5", "33.33", "4.17"),
    ],
)
def test_each_tier_is_rounded_half_even_as_it_is_shown(
    stakes: str, share: str, rate: str, shared_profit: str, earned: str
) -> None:
    found = share_of(Decimal(stakes), Decimal("0.00"), Decimal(share), Decimal(rate))
    assert (str(found.shared_profit), str(found.earned)) == (shared_profit, earned)


@given(amounts, amounts, rates, rates)
def test_shown_figures_add_up_and_are_the_nearest_cents(
    stakes: Decimal, payouts: Decimal, share: Decimal, rate: Decimal
) -> None:
    found = share_of(stakes, payouts, share, rate)
    assert found.profit == stakes - payouts
    assert found.shared_profit == found.shared_stakes - found.shared_payouts
    assert found.shared_profit == _nearest(found.profit, share)
    assert found.shared_stakes == _nearest(stakes, share)
    assert abs(Fraction(found.shared_payouts) - Fraction(payouts) * Fraction(share) / 100) <= CENT
    assert found.earned == max(_nearest(found.shared_profit, rate), Decimal(0))


def _nearest(amount: Decimal, percent: Decimal) -> Decimal:
    """In whole cents, by Python's own fractions; `round` goes to the even one."""
    return Decimal(round(Fraction(amount) * Fraction(percent))) / 100


@given(st.lists(amounts, max_size=30), rates)
def test_parts_add_up_to_the_cent_and_none_is_a_cent_off(
    weights: list[Decimal], percent: Decimal
) -> None:
    whole = sum(weights, Decimal(0))
    total = _nearest(whole, percent)
    parts = apportion(total, weights)
    assert sum(parts, Decimal(0)) == (total if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        own = Fraction(total) * Fraction(weight) / Fraction(whole) if whole else 0
        assert abs(Fraction(part) - own) <= CENT
        assert part >= 0
        assert weight or not part, "who took no part gets none"
