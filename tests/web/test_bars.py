"""The pictures of the history: where bars stand, and where their words."""

from decimal import Decimal

from banker.web.bars import Column, picture, running
from banker.web.history_words import margin_bar, percent_words
from banker.web.sorting import Order, read_order, sorted_by

HEIGHT = 116


def _columns(*amounts: str) -> list[Column]:
    return [Column(f"phase {place}", Decimal(amount)) for place, amount in enumerate(amounts)]


def test_bars_stand_on_zero_and_hang_from_it() -> None:
    drawn = picture(_columns("100", "-50", "0"), HEIGHT)
    # 16 pixels for a word on either side leave 84 for 150.
    assert drawn.zero == "72.00"
    assert [(one.y, one.height) for one in drawn.bars] == [
        ("16.00", "56.00"),
        ("72.00", "28.00"),
        ("72.00", "0.00"),
    ]
    assert drawn.highest is not None
    assert drawn.lowest is not None
    assert (drawn.highest.column.name, drawn.lowest.column.name) == ("phase 0", "phase 1")
    assert (drawn.highest.anchor, drawn.lowest.anchor) == ("start", "middle")


def test_bars_never_leave_the_picture() -> None:
    for count in (1, 2, 40, 500):
        drawn = picture(_columns(*["7", "-7"] * count), HEIGHT)
        for bar in drawn.bars:
            assert 0 <= float(bar.x) <= float(bar.x) + float(bar.width) <= 1000
            assert 0 <= float(bar.y) <= float(bar.y) + float(bar.height) <= HEIGHT
        places = [float(bar.x) for bar in drawn.bars]
        assert places == sorted(set(places))


def test_what_is_small_beside_the_rest_is_still_seen() -> None:
    drawn = picture(_columns("99999999999999999999.99", "0.01", "-0.01"), HEIGHT)
    assert [one.height for one in drawn.bars[1:]] == ["1.50", "1.50"]
    assert float(drawn.bars[1].y) < float(drawn.zero) <= float(drawn.bars[2].y) + 0.01


def test_nothing_makes_an_empty_picture() -> None:
    assert picture([], HEIGHT).bars == ()
    flat = picture(_columns("0", "0"), HEIGHT)
    assert (flat.highest, flat.lowest) == (None, None)
    assert running([], HEIGHT).final == 0


def test_only_losses_hang_from_the_top() -> None:
    drawn = picture(_columns("-10", "-20"), HEIGHT)
    assert (drawn.zero, drawn.highest) == ("16.00", None)
    assert [one.y for one in drawn.bars] == ["16.00", "16.00"]


def test_the_line_is_the_sum_so_far() -> None:
    # From 3 at the top to 103: 110 pixels for 0 to 20.
    drawn = running(_columns("10", "10", "-20"), HEIGHT)
    assert drawn.final == 0
    assert drawn.line == "M0.0 115.0L166.7 59.0L500.0 3.0L833.3 115.0"


def test_a_margin_beyond_the_bar_has_a_point() -> None:
    assert margin_bar(Decimal("25")) == margin_bar(Decimal("25.00"))
    assert (margin_bar(Decimal("25")).x, margin_bar(Decimal("25")).width) == ("100.0", "25.0")
    loss = margin_bar(Decimal("-40"))
    assert (loss.x, loss.width, loss.kind, loss.beyond) == ("60.0", "40.0", "loss", False)
    assert margin_bar(Decimal("-812")).beyond
    assert margin_bar(None).width == "0"


def test_a_percentage_is_said_with_a_true_minus_and_never_as_minus_nothing() -> None:
    said = [
        percent_words(None if one is None else Decimal(one)) for one in (None, "-0.04", "-8.25")
    ]
    assert said == ["–", "0.0 %", "−8.2 %"]
    assert percent_words(Decimal("12345.678"), 2) == "12,345.68 %"


def test_a_column_is_turned_round_when_it_is_asked_for_again() -> None:
    keys = {"name": str, "size": len}
    assert read_order("none such", "rising", keys, "size") == Order("size", False)
    order = read_order("size", "", keys, "name")
    assert (order.query("size"), order.query("name")) == (
        "by=size&order=rising",
        "by=name&order=falling",
    )
    assert (order.said("size"), order.said("name")) == ("descending", None)


def test_rows_without_a_value_come_last_either_way() -> None:
    rows, keys = [2, None, 3], {"itself": lambda one: one}
    assert sorted_by(rows, Order("itself", False), keys) == [3, 2, None]
    assert sorted_by(rows, Order("itself", True), keys) == [2, 3, None]
