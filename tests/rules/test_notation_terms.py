"""What each term names, in every way of writing it."""

from decimal import Decimal

import pytest

from banker.rules.notation import parse

# Many numbers: slip, how many of them, the stake on each, one of them and one that is not.
MANY = [
    ("123r 50", 6, 50, 321, 322),
    ("123R50", 6, 50, 321, 322),
    ("123 r 500", 6, 500, 312, 111),
    ("123 r500", 6, 500, 312, 111),
    ("123အာ ၅၀၀", 6, 500, 312, 111),
    ("123 ပတ်လည် 500", 6, 500, 312, 111),
    ("၁၂၃ပတ်လည်၅၀၀ကျပ်", 6, 500, 312, 111),
    ("112r 5", 3, 5, 211, 212),
    ("111r 5", 1, 5, 111, 112),
    ("1t 5", 100, 5, 199, 99),
    ("1t500", 100, 500, 199, 99),
    ("၁ထိပ် ၅", 100, 5, 199, 99),
    ("1p500", 100, 500, 991, 990),
    ("1ပိတ် 5", 100, 5, 991, 990),
    ("1t5p 5", 10, 5, 195, 196),
    ("1t5p500", 10, 500, 195, 196),
    ("၁ထိပ်၅ပိတ်၅၀၀", 10, 500, 195, 196),
    ("5a 50", 271, 50, 5, 466),
    ("5a500", 271, 500, 5, 466),
    ("5အပါ 50", 271, 50, 5, 466),
    ("123k 5", 27, 5, 333, 334),
    ("12k 5k", 8, 5000, 212, 213),
    ("1123k = 5", 27, 5, 333, 334),
    ("0123456789k 5", 1000, 5, 0, -1),
    ("123ခွေ 5", 27, 5, 333, 334),
    ("5b 5", 100, 5, 960, 961),
    ("5v500", 100, 500, 960, 961),
    ("5b500", 100, 500, 960, 961),
    ("5ဗြိတ် 5", 100, 5, 960, 961),
    ("5ဘဒိတ် 5", 100, 5, 960, 961),
    ("apu 5", 10, 5, 999, 998),
    ("apu500", 10, 500, 999, 998),
    ("အပူး၅၀၀", 10, 500, 999, 998),
    ("1x3 5", 10, 5, 183, 184),
    ("12x 5", 10, 5, 129, 130),
    ("x23 5", 10, 5, 923, 924),
    ("1xx 5", 100, 5, 199, 200),
    ("1*3 5", 10, 5, 183, 184),
    ("12* 500", 10, 500, 129, 130),
    ("12*=500", 10, 500, 129, 130),
    ("?23 5", 10, 5, 923, 924),
    ("1*? 5", 100, 5, 199, 200),
    ("120~129 5", 10, 5, 125, 130),
    ("120..129 5", 10, 5, 125, 130),
    ("120～129=5", 10, 5, 125, 130),
    ("120-129 = 100", 10, 100, 129, 130),
    ("120 - 129 = 100", 10, 100, 129, 130),
    ("120 ~ 129 = 100", 10, 100, 129, 130),
    ("120..129, 000-009 = 1,000", 20, 1000, 9, 10),
    ("1t 2t = 5", 200, 5, 299, 300),
    ("apu, 1t5p/123 r = 5", 26, 5, 321, 322),
    ("1t 1,000", 100, 1000, 199, 99),
    ("123r 1,000", 6, 1000, 321, 322),
]


@pytest.mark.parametrize(("slip", "count", "amount", "named", "unnamed"), MANY)
def test_a_term_names_these_numbers(
    slip: str, count: int, amount: int, named: int, unnamed: int
) -> None:
    read = parse(slip)
    numbers = {bet.number for bet in read.bets}
    assert read.problems == ()
    assert (read.count, {bet.amount for bet in read.bets}) == (count, {Decimal(amount)})
    assert named in numbers
    assert unnamed not in numbers


def test_pairs_give_each_term_its_own_stake() -> None:
    read = parse("123r 50 1t 20")
    amounts = {bet.number: bet.amount for bet in read.bets}
    assert (read.count, read.total) == (104, Decimal(2300))
    assert (amounts[123], amounts[321], amounts[199]) == (70, 50, 20)
