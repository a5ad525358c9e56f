"""Rooms and limits, all in cents."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.rules.limits import WHOLE, Exposure, Intake, Offender, Room, fits, room, verdict

GLOBAL = 50_000_00


def intake(total_limit: int | None = None, total_in: int = 0) -> Intake:
    return Intake(GLOBAL, total_limit, total_in)


def exposure(staked: int, own: int | None = None) -> Exposure:
    return Exposure(7, staked, staked * WHOLE, own, WHOLE)


def test_a_number_takes_its_limit_to_the_cent() -> None:
    exposures = {7: exposure(49_000_00)}
    assert verdict({7: 1_000_00}, exposures, intake()) == []
    assert verdict({7: 1_000_01}, exposures, intake()) == [
        Offender(7, 1_000_01, 1_000_00, "global-limit")
    ]


@pytest.mark.parametrize("own", [200_00, 90_000_00])
def test_a_number_s_own_limit_stands_in_place_of_the_global_one(own: int) -> None:
    exposures = {7: exposure(150_00, own)}
    left = own - 150_00
    assert verdict({7: left}, exposures, intake()) == []
    assert verdict({7: left + 1}, exposures, intake()) == [
        Offender(7, left + 1, left, "number-limit")
    ]


def test_a_limit_of_zero_blocks_a_number() -> None:
    assert verdict({7: 1}, {7: exposure(0, 0)}, intake()) == [Offender(7, 1, 0, "number-limit")]


def test_room_is_never_below_nothing() -> None:
    assert room(exposure(300_00, 200_00), intake()) == Room(0, "number-limit")
    assert room(exposure(0), intake(100_00, 250_00)) == Room(0, "total-limit")


def test_the_least_bound_is_named_and_the_number_s_own_in_a_tie() -> None:
    assert room(exposure(0, 100_00), intake(100_00)).bound_by == "number-limit"
    assert room(exposure(0, 100_01), intake(100_00)).bound_by == "total-limit"
    assert room(exposure(0), intake(50_000_00)).bound_by == "global-limit"
    assert room(exposure(0), intake(50_000_00, 1)).bound_by == "total-limit"


def test_all_offenders_come_at_once_in_number_order() -> None:
    exposures = {9: exposure(0, 10_00), 1: exposure(0), 5: exposure(0, 0)}
    stakes = {9: 11_00, 1: 20_00, 5: 1_00}
    offenders = verdict(stakes, exposures, intake())
    assert [(offender.number, offender.room) for offender in offenders] == [(5, 0), (9, 10_00)]


def test_a_slip_takes_the_total_limit_to_the_cent() -> None:
    exposures = {1: exposure(0), 2: exposure(0), 3: exposure(0)}
    phase = intake(1_000_00, 700_00)
    stakes = {2: 100_00, 1: 100_00, 3: 100_00}
    assert verdict(stakes, exposures, phase) == []
    stakes[2] = 100_01
    assert verdict(stakes, exposures, phase) == [
        Offender(1, 100_00, 300_00, "total-limit"),
        Offender(2, 100_01, 300_00, "total-limit"),
        Offender(3, 100_00, 300_00, "total-limit"),
    ]


def test_numbers_at_fault_by_themselves_are_named_before_the_sum() -> None:
    exposures = {1: exposure(0, 50_00), 2: exposure(0)}
    stakes = {1: 60_00, 2: 60_00}
    assert [one.number for one in verdict(stakes, exposures, intake(100_00))] == [1]


# Few cents, so that bounds are met to the cent as often as they are passed.
cents = st.integers(0, 300)
limit = st.none() | cents
standings = st.dictionaries(
    st.integers(0, 999), st.tuples(st.integers(1, 301), cents, limit), min_size=1
)


@given(standings, st.builds(Intake, global_limit=cents, total_limit=limit, total_in=cents))
def test_a_slip_is_taken_exactly_when_no_limit_would_be_passed(
    rows: dict[int, tuple[int, int, int | None]], phase: Intake
) -> None:
    stakes, exposures = _standing(rows)
    after = {number: staked + asked for number, (asked, staked, _) in rows.items()}
    within = [
        after[number] <= (phase.global_limit if own is None else own)
        for number, (_, _, own) in rows.items()
    ]
    if phase.total_limit is not None:
        within.append(
            phase.total_in + sum(asked for asked, _, _ in rows.values()) <= phase.total_limit
        )
    assert fits(stakes, exposures, phase) is all(within)
    assert (verdict(stakes, exposures, phase) == []) is all(within)


@given(standings, st.builds(Intake, global_limit=cents, total_limit=limit, total_in=cents))
def test_the_room_that_is_told_is_the_most_that_would_have_been_taken(
    rows: dict[int, tuple[int, int, int | None]], phase: Intake
) -> None:
    stakes, exposures = _standing(rows)
    for one in verdict(stakes, exposures, phase):
        assert one.asked == stakes[one.number]
        if one.asked > one.room:
            assert one.room == 0 or fits({one.number: one.room}, exposures, phase)
            assert not fits({one.number: one.room + 1}, exposures, phase)
        else:
            assert fits({one.number: one.asked}, exposures, phase)
            assert sum(stakes.values()) > one.room


def _standing(
    rows: Mapping[int, tuple[int, int, int | None]],
) -> tuple[dict[int, int], dict[int, Exposure]]:
    """The slip's stakes, and its numbers as they stand."""
    return (
        {number: asked for number, (asked, _, _) in rows.items()},
        {
            number: Exposure(number, staked, staked * WHOLE, own, WHOLE)
            for number, (_, staked, own) in rows.items()
        },
    )
