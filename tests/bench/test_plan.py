"""Which measures are taken."""

import pytest

from banker.bench.measure import MEASURES, PROMISED
from banker.bench.plan import ASKED_FOR, LETTERS, SOAK, Plan, letters_of


def test_a_list_of_letters_is_taken_in_order_and_once() -> None:
    assert letters_of("d, a,d", None) == "ad"
    assert letters_of("EA", None) == "ae"
    assert letters_of("k", None) == "k"


def test_all_but_the_soak_are_taken_where_nothing_is_said() -> None:
    assert letters_of(None, None) == LETTERS == "abcdefghi"
    assert letters_of(None, 1.0) == LETTERS + SOAK
    assert letters_of("a", 1.0) == "aj"


@pytest.mark.parametrize("only", ["z", "a,x", "", ",", "j"])
def test_a_letter_that_stands_for_nothing_is_refused(only: str) -> None:
    with pytest.raises(ValueError, match="The measures are a, b"):
        letters_of(only, None)


def test_a_quick_bench_is_a_small_one() -> None:
    assert Plan(quick=True).million == 50_000
    assert Plan().ten_million == 10_000_000
    assert Plan(quick=True).seconds < 1 < Plan().seconds


def test_every_letter_has_a_measure_and_its_promises() -> None:
    assert list(MEASURES) == list(PROMISED) == [*LETTERS, SOAK, ASKED_FOR]
