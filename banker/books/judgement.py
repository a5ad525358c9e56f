"""Judging slips one after another on a phase that is held under lock.

Which refusal wins: the phase, then the limits (all offenders at once), then the funds.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from secrets import randbits
from typing import Any
from uuid import UUID

import msgspec

from banker.books import ledger
from banker.books import phase as phases
from banker.books.exposure import Totals
from banker.books.request import Asked
from banker.errors import InsufficientFunds, IntakeStopped, NotSignedIn, OverLimit, PhaseClosed
from banker.rules import limits, money, purse
from banker.rules.limits import Exposure
from banker.rules.notation import Bet
from banker.rules.number import label

OPERATION = "place"


class Slip(msgspec.Struct, frozen=True):
    """A slip that was read without a problem, as a collector sends it under a key.

    `bets` holds each number once, stakes summed; `text` is what was typed; `fingerprint` is the
    SHA-256 of the request that the key stands for.
    """

    collector_id: int
    username: str
    key: str
    fingerprint: bytes
    bets: tuple[Bet, ...]
    text: str
    note: str | None = None

    @property
    def asked(self) -> Asked:
        """The slip as its key sees it."""
        return Asked(self.collector_id, OPERATION, self.key, self.fingerprint)


class Placed(msgspec.Struct, frozen=True):
    """A ticket about to be written, with all that belongs to it."""

    slip: Slip
    collector: Mapping[str, Any]
    ticket_id: UUID
    sequence: int
    total: Decimal
    commission: Decimal
    balance_after: Decimal
    placed_at: datetime
    factors: tuple[Decimal, ...]
    transfer_place: int


class Judge:
    """The phase under lock while slips are judged on it one after another."""

    def __init__(
        self,
        phase: phases.Phase,
        totals: Totals,
        journal: ledger.Journal,
        exposures: dict[int, Exposure],
        collectors: Mapping[int, Mapping[str, Any]],
    ) -> None:
        self.phase = phase
        self.totals = totals
        self.journal = journal
        self.exposures = exposures
        self.collectors = collectors
        self.placed: list[Placed] = []
        self.raised: set[int] = set()

    def take(self, slip: Slip) -> None:
        """Accept a slip, or raise the refusal that wins: phase, then limits, then funds. A person
        who was disabled while the slip waited is signed out, whatever the phase says."""
        self._check_collector(slip)
        self._check_phase()
        self._check_limits(slip)
        total = sum((bet.amount for bet in slip.bets), Decimal("0.00"))
        legs = self._draw(slip, total)
        transfer_place = self.journal.enter(
            ledger.Transfer(
                reason="stake",
                actor_id=slip.collector_id,
                legs=legs,
                house=ledger.House.STAKES,
                phase_id=self.phase.id,
            )
        )
        self._raise_exposures(slip, total, transfer_place)

    def _check_collector(self, slip: Slip) -> None:
        if self.collectors[slip.collector_id]["disabled_at"] is not None:
            raise NotSignedIn()

    def _check_phase(self) -> None:
        if self.phase.state != "open":
            raise PhaseClosed(phase=self.phase.name, state=self.phase.state)
        if self.phase.overdue:
            raise PhaseClosed(phase=self.phase.name, state="past its closing time")
        if not self.phase.intake_open:
            raise IntakeStopped(phase=self.phase.name)

    def _check_limits(self, slip: Slip) -> None:
        intake = limits.Intake(
            self.phase.global_limit, self.phase.total_limit, self.totals.total_in
        )
        asked = {bet.number: bet.amount for bet in slip.bets}
        offenders = limits.verdict(asked, self.exposures, intake)
        if offenders:
            raise over_limit(offenders)

    def _draw(self, slip: Slip, total: Decimal) -> purse.Entries:
        try:
            return purse.draw(self.journal.purses(slip.collector_id), total)
        except purse.NotEnough as short:
            raise InsufficientFunds(
                needed=money.money(short.needed), available=money.money(short.available)
            ) from None

    def _raise_exposures(self, slip: Slip, total: Decimal, transfer_place: int) -> None:
        collector = self.collectors[slip.collector_id]
        commission = money.share(total, collector["commission_rate"])
        factors = []
        for bet in slip.bets:
            raised = self.exposures[bet.number]
            raised.total_bet += bet.amount
            raised.weight += bet.amount * raised.factor
            factors.append(raised.factor)
            self.raised.add(bet.number)
        self.totals.last_sequence += 1
        self.totals.total_in += total
        self.totals.commission += commission
        self.totals.ticket_count += 1
        self.totals.bet_count += len(slip.bets)
        self.placed.append(
            Placed(
                slip=slip,
                collector=collector,
                ticket_id=_time_ordered_id(),
                sequence=self.totals.last_sequence,
                total=total,
                commission=commission,
                balance_after=self.journal.balance(slip.collector_id).total_balance,
                placed_at=self.phase.now,
                factors=tuple(factors),
                transfer_place=transfer_place,
            )
        )


def over_limit(offenders: Sequence[limits.Offender]) -> OverLimit:
    """The refusal that names every offending number: asked, room left, and what binds it."""
    return OverLimit(
        "; ".join(_in_words(one) for one in offenders[:3])
        + (f"; and {len(offenders) - 3} more" if len(offenders) > 3 else "")
        + ".",
        numbers=[
            {
                "number": label(one.number),
                "asked": money.money(one.asked),
                "room": money.money(one.room),
                "bound_by": one.bound_by,
            }
            for one in offenders
        ],
    )


def _in_words(offender: limits.Offender) -> str:
    return (
        f"{label(offender.number)} asks {money.money(offender.asked)}, "
        f"room is {money.money(offender.room)}"
    )


def _time_ordered_id() -> UUID:
    """A UUID of version 7 (RFC 9562): random, and rising with time, so that its index grows at
    one end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | (7 << 76) | (randbits(12) << 64) | (2 << 62) | randbits(62)
    return UUID(int=value)
