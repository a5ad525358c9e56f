"""Judging slips one after another on a phase that is held under lock.

Which refusal wins: the phase, then the limits (all offenders at once), then the funds.
"""

import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from secrets import randbits
from typing import Any
from uuid import UUID

import msgspec

from banker.books import ledger
from banker.books import phase as phases
from banker.books.exposure import Totals
from banker.errors import InsufficientFunds, IntakeStopped, NotSignedIn, OverLimit, PhaseClosed
from banker.rules import limits, money, purse
from banker.rules.limits import Exposure
from banker.rules.number import label


class Slip(msgspec.Struct, frozen=True):
    """A slip that was read without a problem, as a collector sends it under a key.

    `stakes` are cents by number, in number order; `text` is what was typed; `fingerprint` is the
    SHA-256 of the request that the key stands for.
    """

    collector_id: int
    username: str
    key: str
    fingerprint: bytes
    stakes: Mapping[int, int]
    text: str
    note: str | None = None


class Placed(msgspec.Struct, frozen=True):
    """A ticket about to be written, with all that belongs to it. `factors`, in hundredths, is None
    where every bet counts in full."""

    slip: Slip
    collector: Mapping[str, Any]
    ticket_id: UUID
    sequence: int
    total_cents: int
    total: Decimal
    commission_rate: Decimal
    commission: Decimal
    balance_after: Decimal
    factors: list[int] | None
    transfer_place: int


class Judge:
    """The phase under lock while slips are judged on it one after another."""

    def __init__(
        self,
        phase: phases.Phase,
        totals: Totals,
        journal: ledger.Journal,
        exposures: dict[int, Exposure],
    ) -> None:
        self.phase = phase
        self.totals = totals
        self.journal = journal
        self.exposures = exposures
        self.placed: list[Placed] = []
        self._raised: set[int] = set()
        self._global_limit = money.to_cents(phase.global_limit)
        self._total_limit = None if phase.total_limit is None else money.to_cents(phase.total_limit)
        self._total_in = money.to_cents(totals.total_in)

    def take(self, slip: Slip, collector: Mapping[str, Any]) -> Placed:
        """Accept a slip, or raise the refusal that wins: phase, then limits, then funds. A person
        who was disabled while the slip waited is signed out, whatever the phase says."""
        if collector["disabled_at"] is not None:
            raise NotSignedIn()
        self._check_phase()
        self._check_limits(slip)
        total_cents = sum(slip.stakes.values())
        total = money.from_cents(total_cents)
        transfer_place = self.journal.enter(
            ledger.Transfer(
                reason="stake",
                actor_id=slip.collector_id,
                legs=self._draw(slip, total),
                house=ledger.House.STAKES,
                phase_id=self.phase.id,
            )
        )
        of_phase = self.phase.commission_rate
        commission_rate = collector["commission_rate"] if of_phase is None else of_phase
        commission = money.share(total, commission_rate)
        factors = self._raise_exposures(slip.stakes)
        self._raise_totals(total_cents, total, commission, len(slip.stakes))
        placed = Placed(
            slip=slip,
            collector=collector,
            ticket_id=_time_ordered_id(),
            sequence=self.totals.last_sequence,
            total_cents=total_cents,
            total=total,
            commission_rate=commission_rate,
            commission=commission,
            balance_after=self.journal.total(slip.collector_id),
            factors=factors,
            transfer_place=transfer_place,
        )
        self.placed.append(placed)
        return placed

    def raised(self) -> list[Exposure]:
        """The numbers that more is staked on now, in order."""
        return [one for one in self.exposures.values() if one.number in self._raised]

    def _check_phase(self) -> None:
        if self.phase.state != "open":
            raise PhaseClosed(phase=self.phase.name, state=self.phase.state)
        if self.phase.overdue:
            raise PhaseClosed(phase=self.phase.name, state="past its closing time")
        if not self.phase.intake_open:
            raise IntakeStopped(phase=self.phase.name)

    def _check_limits(self, slip: Slip) -> None:
        intake = limits.Intake(self._global_limit, self._total_limit, self._total_in)
        offenders = limits.verdict(slip.stakes, self.exposures, intake)
        if offenders:
            raise over_limit(offenders)

    def _draw(self, slip: Slip, total: Decimal) -> purse.Entries:
        try:
            return purse.draw(self.journal.purses(slip.collector_id), total)
        except purse.NotEnough as short:
            raise InsufficientFunds(
                needed=money.money(short.needed), available=money.money(short.available)
            ) from None

    def _raise_exposures(self, stakes: Mapping[int, int]) -> list[int] | None:
        exposures = self.exposures
        factors = []
        for number, cents in stakes.items():
            raised = exposures[number]
            raised.staked_cents += cents
            raised.weight += cents * raised.factor
            factors.append(raised.factor)
        self._raised.update(stakes)
        return factors if factors.count(limits.WHOLE) < len(factors) else None

    def _raise_totals(
        self, total_cents: int, total: Decimal, commission: Decimal, bet_count: int
    ) -> None:
        self._total_in += total_cents
        self.totals.last_sequence += 1
        self.totals.total_in += total
        self.totals.commission += commission
        self.totals.ticket_count += 1
        self.totals.bet_count += bet_count


def over_limit(offenders: Sequence[limits.Offender]) -> OverLimit:
    """The refusal that names every offending number: asked, room left, and what binds it."""
    return OverLimit(
        "; ".join(_in_words(one) for one in offenders[:3])
        + (f"; and {len(offenders) - 3} more" if len(offenders) > 3 else "")
        + ".",
        numbers=[
            {
                "number": label(one.number),
                "asked": money.cents_text(one.asked),
                "room": money.cents_text(one.room),
                "bound_by": one.bound_by,
            }
            for one in offenders
        ],
    )


def _in_words(offender: limits.Offender) -> str:
    asked, room = money.cents_text(offender.asked), money.cents_text(offender.room)
    return f"{label(offender.number)} asks {asked}, room is {room}"


def _time_ordered_id() -> UUID:
    """A UUID of version 7 (RFC 9562): random, and rising with time, so that its index grows at
    one end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | (7 << 76) | (randbits(12) << 64) | (2 << 62) | randbits(62)
    return UUID(int=value)
