"""The figures of a phase as they go out: in `GET …/risk`, in snapshots and in deltas."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from banker.books.phase import Phase
from banker.rules import limits
from banker.rules.limits import Exposure
from banker.rules.money import from_cents, to_cents
from banker.rules.number import label
from banker.rules.risk import Risk, assess

HURTING = 10
CURVE_POINTS = 101
_TENTH = Decimal("0.1")


class NumberRisk(msgspec.Struct, frozen=True):
    """One number: what is staked, what is paid and left if it is drawn, and what it can still
    take. `own_limit` says whether the limit is the number's own."""

    number: str
    total_bet: Decimal
    liability: Decimal
    profit: Decimal
    limit: Decimal
    own_limit: bool
    room: Decimal


class Worst(msgspec.Struct, frozen=True):
    """An outcome: the number that would win, and the banker's profit then."""

    number: str
    profit: Decimal


class Hurting(msgspec.Struct, frozen=True):
    """A number among those of least profit."""

    number: str
    total_bet: Decimal
    limit: Decimal
    room: Decimal
    profit: Decimal


class PhaseHead(msgspec.Struct, frozen=True):
    """The phase that the figures are of."""

    id: str
    name: str
    state: str
    intake_open: bool
    closes_at: datetime | None
    global_limit: Decimal
    total_limit: Decimal | None


class PhaseRisk(msgspec.Struct, frozen=True):
    """The risk of a phase. `margin`, `top_ten_share` and `hhi` are null before the first stake;
    `margin` is a percentage of the intake, `loss_count` is out of the 1,000 outcomes."""

    version: int
    phase: PhaseHead
    total_in: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int
    worst: Worst
    best: Worst
    expected_profit: Decimal
    standard_deviation: Decimal
    var99: Decimal
    es99: Decimal
    loss_count: int
    chance_of_loss: Decimal
    margin: Decimal | None
    top_ten_share: Decimal | None
    hhi: Decimal | None
    numbers: tuple[NumberRisk, ...]


def of_phase(phase: Phase, exposures: Sequence[Exposure]) -> PhaseRisk:
    """The risk of a phase as its rows stand in Postgres."""
    risk = assessed(phase, exposures)
    return PhaseRisk(numbers=numbers(phase, exposures, risk), **head(phase, risk), **summary(risk))


def assessed(phase: Phase, exposures: Sequence[Exposure]) -> Risk:
    """What a draw may bring, by the exposures of all thousand numbers in order."""
    return assess(
        [one.staked_cents for one in exposures],
        [one.weight for one in exposures],
        to_cents(phase.commission),
        phase.prizes,
    )


def head(phase: Phase, risk: Risk) -> dict[str, Any]:
    """What the phase has taken."""
    return {
        "version": phase.version,
        "phase": PhaseHead(
            id=str(phase.id),
            name=phase.name,
            state=phase.state,
            intake_open=phase.intake_open,
            closes_at=phase.closes_at,
            global_limit=phase.global_limit,
            total_limit=phase.total_limit,
        ),
        "total_in": phase.total_in,
        "commission": phase.commission,
        "ticket_count": phase.ticket_count,
        "bet_count": phase.bet_count,
    }


def summary(risk: Risk) -> dict[str, Any]:
    """What a draw may bring."""
    return {
        "worst": Worst(label(risk.worst.number), risk.worst.profit),
        "best": Worst(label(risk.best.number), risk.best.profit),
        "expected_profit": risk.expected_profit,
        "standard_deviation": risk.standard_deviation,
        "var99": risk.var99,
        "es99": risk.es99,
        "loss_count": risk.loss_count,
        "chance_of_loss": risk.chance_of_loss,
        "margin": None if risk.margin is None else (risk.margin * 100).quantize(_TENTH),
        "top_ten_share": risk.top_ten_share,
        "hhi": risk.hhi,
    }


def numbers(phase: Phase, exposures: Sequence[Exposure], risk: Risk) -> tuple[NumberRisk, ...]:
    """All thousand numbers in order."""
    intake = intake_of(phase)
    return tuple(
        NumberRisk(
            number=label(one.number),
            total_bet=from_cents(one.staked_cents),
            liability=risk.liability[one.number],
            profit=risk.profit[one.number],
            limit=limit_of(phase, one),
            own_limit=one.limit_cents is not None,
            room=from_cents(limits.room(one, intake).cents),
        )
        for one in exposures
    )


def hurting(phase: Phase, exposures: Sequence[Exposure], risk: Risk) -> tuple[Hurting, ...]:
    """The numbers of least profit, the worst first."""
    intake = intake_of(phase)
    return tuple(
        Hurting(
            number=label(number),
            total_bet=from_cents(exposures[number].staked_cents),
            limit=limit_of(phase, exposures[number]),
            room=from_cents(limits.room(exposures[number], intake).cents),
            profit=risk.profit[number],
        )
        for number in risk.hurting(HURTING)
    )


def curve(risk: Risk) -> tuple[Decimal, ...]:
    """The sorted profits of all outcomes at 101 evenly spaced ranks, the worst and best among
    them."""
    return tuple(
        risk.profit[risk.ranking[point * 999 // (CURVE_POINTS - 1)]]
        for point in range(CURVE_POINTS)
    )


def limit_of(phase: Phase, one: Exposure) -> Decimal:
    """A number's limit: its own where one is set, else the phase's."""
    return phase.global_limit if one.limit_cents is None else from_cents(one.limit_cents)


def intake_of(phase: Phase) -> limits.Intake:
    """The phase as its limits see it."""
    return limits.Intake(
        global_limit=to_cents(phase.global_limit),
        total_limit=None if phase.total_limit is None else to_cents(phase.total_limit),
        total_in=to_cents(phase.total_in),
    )
