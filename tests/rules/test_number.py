import pytest

from banker.rules.number import NUMBERS, label, neighbours, other_orders, read_label


def test_every_label_reads_back_as_its_number() -> None:
    assert [read_label(label(number)) for number in NUMBERS] == list(range(1000))
    assert [label(number) for number in (0, 7, 70, 999)] == ["000", "007", "070", "999"]


@pytest.mark.parametrize(
    "text", ["", "7", "07", "0007", "-07", "+07", " 07", "07\n", "1_0", "12²", "၁၂၃", "abc"]
)
def test_only_three_ascii_digits_are_a_label(text: str) -> None:
    with pytest.raises(ValueError):
        read_label(text)


def test_other_orders_leave_out_the_number_itself() -> None:
    assert other_orders(123) == (132, 213, 231, 312, 321)
    assert other_orders(7) == (70, 700)
    assert other_orders(100) == (1, 10)
    assert other_orders(333) == ()


def test_being_an_other_order_is_mutual() -> None:
    assert all(
        number in other_orders(other) for number in NUMBERS for other in other_orders(number)
    )


def test_the_ends_are_neighbours_only_where_they_wrap() -> None:
    assert neighbours(0, False) == (1,)
    assert neighbours(999, False) == (998,)
    assert neighbours(0, True) == (1, 999)
    assert neighbours(999, True) == (0, 998)
    assert neighbours(500, False) == neighbours(500, True) == (499, 501)
