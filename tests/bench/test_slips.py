"""The slips of a bench are slips that the house takes."""

import pytest

from banker.bench import slips
from banker.rules import notation


def test_a_slip_reads_as_so_many_numbers() -> None:
    for text in slips.texts(20, 50):
        read = notation.parse(text)
        assert not read.problems
        assert len(read.bets) == read.count == 50
        assert {bet.amount for bet in read.bets} <= set(slips.STAKES)


def test_the_same_seed_gives_the_same_slips() -> None:
    assert slips.texts(5, 50) == slips.texts(5, 50)
    assert slips.texts(5, 50) != slips.texts(5, 50, seed=1)
    assert len(set(slips.texts(100, 50))) == 100


def test_a_slip_of_all_numbers_is_the_longest() -> None:
    [text] = slips.texts(1, slips.MOST_LINES)
    assert len(notation.parse(text).bets) == 1000
    with pytest.raises(ValueError, match="larger than population"):
        slips.texts(1, slips.MOST_LINES + 1)
