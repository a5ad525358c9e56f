from decimal import Decimal
from itertools import permutations

import pytest

from banker.rules.number import NUMBERS, neighbours, other_orders
from banker.rules.prize import Prizes, multipliers, payout


@pytest.mark.parametrize("wraps", [False, True])
def test_the_three_kinds_are_disjoint_for_every_winner(wraps: bool) -> None:
    for winner in NUMBERS:
        kinds = [{winner}, set(other_orders(winner)), set(neighbours(winner, wraps))]
        assert len(set.union(*kinds)) == sum(len(kind) for kind in kinds), winner


@pytest.mark.parametrize("wraps", [False, True])
def test_every_number_wins_what_the_rules_say(wraps: bool) -> None:
    prizes = Prizes(Decimal(80), Decimal(10), Decimal("2.5"), wraps)
    for winner in NUMBERS:
        expected = {}
        for number in (winner - 1, winner + 1):
            if wraps or 0 <= number <= 999:
                expected[number % 1000] = Decimal("2.5")
        for digits in permutations(f"{winner:03d}"):
            expected[int("".join(digits))] = Decimal(10)
        expected[winner] = Decimal(80)
        assert multipliers(prizes, winner) == expected


def test_only_the_winner_is_paid_unless_told_otherwise() -> None:
    assert multipliers(Prizes(), 123) == {123: Decimal(80)}


def test_a_prize_of_nothing_names_no_number() -> None:
    assert multipliers(Prizes(straight=Decimal(0), near=Decimal(5)), 0) == {1: Decimal(5)}
    assert multipliers(Prizes(Decimal(0)), 5) == {}


def test_a_payout_is_rounded_to_the_even_cent() -> None:
    assert payout(Decimal("500.00"), Decimal("0.5"), Decimal(80)) == Decimal("20000.00")
    assert str(payout(Decimal("0.01"), Decimal("0.5"), Decimal(1))) == "0.00"
    assert str(payout(Decimal("0.03"), Decimal("0.5"), Decimal(1))) == "0.02"
    assert str(payout(Decimal("0.05"), Decimal("0.5"), Decimal(1))) == "0.02"
    assert payout(Decimal("999999999.99"), Decimal(1), Decimal(900)) == Decimal("899999999991.00")
