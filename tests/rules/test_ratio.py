from decimal import Decimal

import pytest

from banker.rules.ratio import percent


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        ("1", "3", "33.33"),
        ("2", "3", "66.67"),
        ("1", "800", "0.12"),
        ("3", "800", "0.38"),
        ("-1", "100000", "0.00"),
        ("-250", "100", "-250.00"),
        ("0", "5", "0.00"),
        ("99999999999999999999.99", "0.01", "999999999999999999999900.00"),
    ],
)
def test_a_percentage_is_to_the_hundredth_half_even(part: str, whole: str, said: str) -> None:
    assert str(percent(Decimal(part), Decimal(whole))) == said


def test_nothing_has_no_parts() -> None:
    assert percent(Decimal("5"), Decimal("0.00")) is None
    assert percent(0, 0) is None
