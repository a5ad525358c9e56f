from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules import money

amounts = st.decimals(0, Decimal("999999999999999999.99"), places=2)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.005", "0.00"),
        ("0.015", "0.02"),
        ("0.025", "0.02"),
        ("0.0250001", "0.03"),
        ("0.0149999", "0.01"),
        ("-0.015", "-0.02"),
        ("-0.025", "-0.02"),
        ("2", "2.00"),
    ],
)
def test_a_half_cent_goes_to_the_even_cent(exact: str, rounded: str) -> None:
    assert str(money.to_cent(Decimal(exact))) == rounded


def test_a_share_is_a_percentage_to_the_cent() -> None:
    assert money.share(Decimal("1500.00"), Decimal("12.5")) == Decimal("187.50")
    assert money.share(Decimal("0.10"), Decimal(5)) == Decimal("0.00")
    assert money.share(Decimal("0.30"), Decimal(5)) == Decimal("0.02")


@given(amounts, st.decimals(0, 1000, places=2), st.decimals(0, 1, places=2))
def test_a_product_is_rounded_once(amount: Decimal, multiplier: Decimal, factor: Decimal) -> None:
    cents = round(Fraction(amount) * Fraction(multiplier) * Fraction(factor) * 100)
    assert Fraction(money.times(amount, multiplier, factor)) * 100 == cents


@given(amounts)
def test_an_amount_reads_back_as_it_was_written(amount: Decimal) -> None:
    assert money.read_amount(money.money(amount)) == amount


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+1", "01", "1.", ".5", "1.005", "1e5", "1,000", "1_000", " 1", "1\n", "၁", "NaN"],
)
def test_what_is_not_plainly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        money.read_amount(text)


def test_an_amount_has_no_more_digits_than_a_balance_can_hold() -> None:
    assert money.read_amount("9" * 18 + ".99") == Decimal("9" * 18 + ".99")
    with pytest.raises(ValueError):
        money.read_amount("9" * 19)


def test_a_rate_is_a_percentage_up_to_a_hundred() -> None:
    assert [money.read_rate(text) for text in ("0", "15", "12.5", "99.99", "100", "100.00")] == [
        Decimal(text) for text in ("0", "15", "12.5", "99.99", "100", "100.00")
    ]
    for text in ("", "100.01", "101", "-1", "012", "1.555", "15%", "1e1", "15\n"):
        with pytest.raises(ValueError):
            money.read_rate(text)


def test_money_and_rates_are_written_for_callers() -> None:
    assert money.money(Decimal("1500")) == "1500.00"
    assert money.money(Decimal("-3.5")) == "-3.50"
    assert [money.rate(Decimal(text)) for text in ("15.00", "12.50", "0.00", "100", "1E+1")] == [
        "15",
        "12.5",
        "0",
        "100",
        "10",
    ]


@given(amounts)
def test_cents_are_the_same_money(amount: Decimal) -> None:
    cents = money.to_cents(amount)
    assert Fraction(cents, 100) == Fraction(amount)
    assert money.from_cents(cents) == amount
    assert money.cents_text(cents) == str(money.from_cents(cents)) == money.money(amount)


def test_cents_are_whole_at_both_ends_of_what_a_balance_can_hold() -> None:
    largest = Decimal("9" * 18 + ".99")
    for amount in (largest, -largest, Decimal("-0.01"), Decimal("0.00"), Decimal("1E+2")):
        assert Fraction(money.to_cents(amount), 100) == Fraction(amount)
        assert money.from_cents(money.to_cents(amount)) == amount
    assert [str(money.from_cents(cents)) for cents in (0, 5, -5, 10**20)] == [
        "0.00",
        "0.05",
        "-0.05",
        "1" + "0" * 18 + ".00",
    ]
