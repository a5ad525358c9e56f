"""What is judged, and of which figures."""

import pytest

from banker.bench import floors

FIGURES = {
    "a_bets_per_s": 100.0,
    "c_p50_ms": 2.0,
    "d256_bets_per_s": 300.0,
    "e64_w1_bets_per_s": 150.0,
    "e64_w2_bets_per_s": 110.0,
    "e1_w1_p50_ms": 4.0,
    "e1_w2_p50_ms": 3.0,
    "i_p99_ms": 1200.0,
}


def test_the_better_number_of_workers_is_judged_and_named() -> None:
    ratios = {one.name: one for one in floors.judged(FIGURES)}
    assert ratios["e64/a"].value == 1.5
    assert ratios["e64/a"].of == "e64_w1_bets_per_s / a_bets_per_s"
    assert ratios["e64/a"].holds
    assert ratios["e1_p50/c_p50"].value == 1.5
    assert ratios["e1_p50/c_p50"].of == "e1_w2_p50_ms / c_p50_ms"
    assert ratios["e1_p50/c_p50"].holds


def test_both_numbers_of_workers_are_told() -> None:
    told = {one.name: one.value for one in floors.by_workers(FIGURES)}
    assert told == {
        "e64_w1/a": 1.5,
        "e64_w2/a": pytest.approx(1.1),
        "e1_p50_w1/c_p50": 2.0,
        "e1_p50_w2/c_p50": 1.5,
    }


def test_what_was_not_measured_is_not_judged() -> None:
    assert {one.name for one in floors.judged(FIGURES)} == {
        "e64/a",
        "d256/a",
        "e1_p50/c_p50",
        "i_p99",
    }
    assert floors.judged({}) == floors.by_workers({}) == []


def test_a_ceiling_that_is_passed_fails() -> None:
    [ratio] = [one for one in floors.judged(FIGURES) if one.name == "i_p99"]
    assert not ratio.holds
    [ratio] = floors.judged({"i_p99_ms": 999.0})
    assert ratio.holds
