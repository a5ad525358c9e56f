"""The arithmetic of a report: medians, percentiles, units, and what is judged."""

import json

import msgspec
import pytest

from banker.bench import figure
from banker.bench.figure import Figure, Machine, Report, at_least, at_most

MACHINE = Machine(cpu_count=2, system="Linux x86_64", python="3.11.0", postgres="18.0")


def test_a_figure_is_the_median_of_its_rounds() -> None:
    rounds = [{"a_bets_per_s": 10.0}, {"a_bets_per_s": 90.0}, {"a_bets_per_s": 20.0}]
    assert figure.gathered(rounds) == [Figure("a_bets_per_s", 20.0, "bets/s")]
    assert figure.gathered(rounds[:2]) == [Figure("a_bets_per_s", 50.0, "bets/s")]


def test_a_worst_case_is_the_worst_of_all_rounds() -> None:
    rounds = [{"i_worst_ms": 5.0}, {"i_worst_ms": 80.0}, {"i_worst_ms": 7.0}]
    assert figure.gathered(rounds) == [Figure("i_worst_ms", 80.0, "ms")]


def test_a_round_need_not_have_every_figure() -> None:
    rounds = [{"i_p99_ms": 5.0, "g_settle_s": 2.0}, {}, {"g_settle_s": 4.0}]
    assert figure.gathered(rounds) == [
        Figure("i_p99_ms", 5.0, "ms"),
        Figure("g_settle_s", 3.0, "s"),
    ]


def test_a_name_says_its_unit() -> None:
    assert figure.figure("j_growth_mb", 1.0).unit == "MB"
    assert figure.figure("g_one_payouts_per_s", 1.0).unit == "payouts/s"
    with pytest.raises(KeyError):
        figure.figure("speed", 1.0)


def test_a_percentile_is_a_value_that_was_seen() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert figure.percentile(hundred, 0.5) == 50
    assert figure.percentile(hundred, 0.99) == 99
    assert figure.percentile(hundred, 0.999) == 100
    assert figure.percentile([7.0], 0.5) == 7
    assert figure.percentile([1.0, 2.0, 3.0], 0.0) == 1


def test_a_floor_holds_at_its_bound_and_not_below() -> None:
    assert at_least("d256/a", 2.5, 2.5, "").holds
    assert not at_least("d256/a", 2.49, 2.5, "").holds
    assert at_most("f200_p99", 150.0, 150.0, "").holds
    assert not at_most("f200_p99", 150.1, 150.0, "").holds


def test_a_report_has_every_figure_and_ratio_by_name() -> None:
    report = _report()
    told = json.loads(report.to_json())
    assert told["figures"] == {"a_bets_per_s": {"value": 1500.0, "unit": "bets/s"}}
    assert told["ratios"]["d256/a"] == {
        "value": 2.0,
        "at_least": 2.5,
        "holds": False,
        "of": "d / a",
    }
    assert told["ratios"]["g_settle"]["at_most"] == 5
    assert told["findings"] == ["balances: account 1: too much"]
    assert told["machine"]["cpu_count"] == 2


def test_a_table_says_what_holds_and_what_does_not() -> None:
    lines = list(_report().table({"a": "COPY"}))
    assert lines[1] == "medians of 3 rounds, slips of 50 lines"
    assert lines[3:5] == ["(a) COPY", f"  {'a_bets_per_s':<24}{'1,500':>12}  bets/s"]
    assert f"  {'d256/a':<24}{'2.00':>12}  >= 2.50    FAILS  (d / a)" in lines
    assert f"  {'g_settle':<24}{'3.00':>12}  <= 5.00    holds  (g_settle_s)" in lines
    assert lines[-2:] == ["The books do not balance:", "balances: account 1: too much"]


def test_a_table_sets_ratios_apart_from_what_they_are_made_of() -> None:
    figures = (Figure("a_bets_per_s", 3.0, "bets/s"), Figure("e64_w1/a", 1.2, "×"))
    lines = list(msgspec.structs.replace(_report(), figures=figures, findings=()).table({"a": "A"}))
    assert lines[3:8] == ["(a) A", lines[4], "", "by number of workers", lines[7]]
    assert lines[7].split() == ["e64_w1/a", "1.20", "×"]
    assert lines[-1] == "The books balance."


def _report() -> Report:
    return Report(
        machine=MACHINE,
        rounds=3,
        lines=50,
        quick=False,
        figures=(Figure("a_bets_per_s", 1500.0, "bets/s"),),
        ratios=(
            at_least("d256/a", 2.0, 2.5, "d / a"),
            at_most("g_settle", 3.0, 5.0, "g_settle_s"),
        ),
        findings=("balances: account 1: too much",),
    )
