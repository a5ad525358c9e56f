from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules.limits import Exposure, Intake, Offender, Room, room, verdict

GLOBAL = Decimal("50000.00")


def intake(total_limit: str | None = None, total_in: str = "0.00") -> Intake:
    return Intake(GLOBAL, Decimal(total_limit) if total_limit else None, Decimal(total_in))


def exposure(stake: str, max_amount: str | None = None) -> Exposure:
    own = None if max_amount is None else Decimal(max_amount)
    return Exposure(7, Decimal(stake), Decimal(stake), own, Decimal(1))


def test_a_number_takes_its_limit_to_the_cent() -> None:
    exposures = {7: exposure("49000.00")}
    assert verdict({7: Decimal("1000.00")}, exposures, intake()) == []
    assert verdict({7: Decimal("1000.01")}, exposures, intake()) == [
        Offender(7, Decimal("1000.01"), Decimal("1000.00"), "global-limit")
    ]


@pytest.mark.parametrize("own", ["200.00", "90000.00"])
def test_a_number_s_own_limit_stands_in_place_of_the_global_one(own: str) -> None:
    exposures = {7: exposure("150.00", own)}
    left = Decimal(own) - 150
    assert verdict({7: left}, exposures, intake()) == []
    assert verdict({7: left + Decimal("0.01")}, exposures, intake()) == [
        Offender(7, left + Decimal("0.01"), left, "number-limit")
    ]


def test_a_limit_of_zero_blocks_a_number() -> None:
    assert verdict({7: Decimal("0.01")}, {7: exposure("0.00", "0")}, intake()) == [
        Offender(7, Decimal("0.01"), Decimal("0.00"), "number-limit")
    ]


def test_room_is_never_below_nothing() -> None:
    assert room(exposure("300.00", "200.00"), intake()) == Room(Decimal(0), "number-limit")
    assert room(exposure("0.00"), intake("100", "250")) == Room(Decimal(0), "total-limit")


def test_the_least_bound_is_named_and_the_number_s_own_in_a_tie() -> None:
    assert room(exposure("0.00", "100.00"), intake("100.00")).bound_by == "number-limit"
    assert room(exposure("0.00", "100.01"), intake("100.00")).bound_by == "total-limit"
    assert room(exposure("0.00"), intake("50000.00")).bound_by == "global-limit"
    assert room(exposure("0.00"), intake("50000.00", "0.01")).bound_by == "total-limit"


def test_all_offenders_come_at_once_in_number_order() -> None:
    exposures = {9: exposure("0", "10"), 1: exposure("0"), 5: exposure("0", "0")}
    bets = {9: Decimal(11), 1: Decimal(20), 5: Decimal(1)}
    offenders = verdict(bets, exposures, intake())
    assert [(offender.number, offender.room) for offender in offenders] == [(5, 0), (9, 10)]


def test_a_slip_takes_the_total_limit_to_the_cent() -> None:
    exposures = {1: exposure("0"), 2: exposure("0"), 3: exposure("0")}
    phase = intake("1000.00", "700.00")
    bets = {2: Decimal("100.00"), 1: Decimal("100.00"), 3: Decimal("100.00")}
    assert verdict(bets, exposures, phase) == []
    bets[2] = Decimal("100.01")
    assert verdict(bets, exposures, phase) == [
        Offender(1, Decimal("100.00"), Decimal("300.00"), "total-limit"),
        Offender(2, Decimal("100.01"), Decimal("300.00"), "total-limit"),
        Offender(3, Decimal("100.00"), Decimal("300.00"), "total-limit"),
    ]


def test_numbers_at_fault_by_themselves_are_named_before_the_sum() -> None:
    exposures = {1: exposure("0", "50"), 2: exposure("0")}
    bets = {1: Decimal(60), 2: Decimal(60)}
    assert [o.number for o in verdict(bets, exposures, intake("100"))] == [1]


cents = st.integers(0, 300).map(lambda amount: Decimal(amount).scaleb(-2))


@given(
    st.dictionaries(st.integers(0, 999), st.tuples(cents, cents, st.none() | cents), min_size=1),
    cents,
    st.none() | cents,
    cents,
)
def test_a_slip_is_taken_exactly_when_no_limit_would_be_passed(
    rows: dict[int, tuple[Decimal, Decimal, Decimal | None]],
    global_limit: Decimal,
    total_limit: Decimal | None,
    total_in: Decimal,
) -> None:
    bets = {number: asked + Decimal("0.01") for number, (asked, _, _) in rows.items()}
    exposures = {
        number: Exposure(number, stake, stake, own, Decimal(1))
        for number, (_, stake, own) in rows.items()
    }
    fits = all(
        stake + bets[number] <= (global_limit if own is None else own)
        for number, (_, stake, own) in rows.items()
    ) and (total_limit is None or total_in + sum(bets.values()) <= total_limit)
    assert (verdict(bets, exposures, Intake(global_limit, total_limit, total_in)) == []) is fits
