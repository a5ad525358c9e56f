"""A betting cycle for one draw: draft, open, closed, settled, or void.

There is no reopening. The same verb on a state already reached changes nothing; any other is
refused with `WrongState`. Closing and settling are in `settlement`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from banker.books import terms
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules.prize import Prizes

_phase = queries("phase")
NEWEST = 2**31 - 1


class Draft(msgspec.Struct, frozen=True):
    """What a manager says of a phase; None for `total_limit`, `opens_at` and `closes_at` means
    none, and for `commission_rate` every collector's own."""

    name: str
    global_limit: Decimal = Decimal("50000.00")
    total_limit: Decimal | None = None
    prizes: Prizes = Prizes()
    over_limit_policy: str = "reject"
    void_window_s: int = 300
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    commission_rate: Decimal | None = None


class Phase(msgspec.Struct, frozen=True):
    """A phase and what it has taken so far; `now` is the database's clock at the reading. Of a
    phase that a calendar drafted, `draw_day` is the calendar's day, moved or not."""

    id: int
    name: str
    state: str
    intake_open: bool
    global_limit: Decimal
    total_limit: Decimal | None
    prizes: Prizes
    over_limit_policy: str
    void_window_s: int
    opens_at: datetime | None
    closes_at: datetime | None
    commission_rate: Decimal | None
    calendar_id: int | None
    draw_day: date | None
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    settled_at: datetime | None
    voided_at: datetime | None
    void_reason: str | None
    version: int
    last_sequence: int
    total_in: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int
    now: datetime

    @property
    def overdue(self) -> bool:
        """Whether its closing time has passed, closed by hand or not."""
        return self.closes_at is not None and self.closes_at <= self.now

    @property
    def takes_slips(self) -> bool:
        """Whether a slip that arrives now is let in."""
        return self.state == "open" and self.intake_open and not self.overdue


class Current(Phase, frozen=True):
    """The phase that a page is about, and beside it the draft that opens next where none is
    open."""

    next_name: str | None = None
    next_opens_at: datetime | None = None


async def create(connection: Connection, actor_id: int, draft: Draft) -> Phase:
    """A draft with its totals row and its 1,000 exposures. Raises `Malformed` for times that have
    passed or stand the wrong way round, and for a prize beyond all measure."""
    terms.check_prizes(draft.prizes)
    phase_id = await _phase.insert_phase(
        connection,
        name=draft.name,
        global_limit=draft.global_limit,
        total_limit=draft.total_limit,
        straight=draft.prizes.straight,
        permutation=draft.prizes.permutation,
        near=draft.prizes.near,
        near_wraps=draft.prizes.near_wraps,
        over_limit_policy=draft.over_limit_policy,
        void_window_s=draft.void_window_s,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        commission_rate=draft.commission_rate,
        created_by=actor_id,
    )
    await _phase.insert_totals(connection, phase_id=phase_id)
    await _phase.insert_exposures(connection, phase_id=phase_id)
    phase = await read(connection, phase_id)
    terms.check_times(draft.opens_at, draft.closes_at, phase.now, ("opens_at", "closes_at"))
    return phase


async def amend(connection: Connection, phase_id: int, **changes: Any) -> Phase:
    """Change a draft, or the name, limits, window and closing time of an open phase.

    Prizes and commission rate are frozen at opening, and a closing time that has passed stands:
    moving it would be a reopening. Raises `WrongState`, `Malformed`.
    """
    await gate_exclusive(connection, phase_id)
    phase = await read(connection, phase_id)
    if phase.state not in ("draft", "open"):
        raise WrongState(f"A phase that is {phase.state} is not changed any more.")
    if phase.state == "open":
        terms.check_frozen(phase, changes)
    if phase.state == "open" and phase.overdue and "closes_at" in changes:
        raise WrongState("The closing time has passed; a phase is not reopened.")
    amended = msgspec.structs.replace(phase, **changes)
    if amended.prizes != phase.prizes:
        terms.check_prizes(amended.prizes)
    await _phase.amend_phase(
        connection,
        phase_id=phase_id,
        name=amended.name,
        global_limit=amended.global_limit,
        total_limit=amended.total_limit,
        straight=amended.prizes.straight,
        permutation=amended.prizes.permutation,
        near=amended.prizes.near,
        near_wraps=amended.prizes.near_wraps,
        void_window_s=amended.void_window_s,
        opens_at=amended.opens_at,
        closes_at=amended.closes_at,
        commission_rate=amended.commission_rate,
    )
    # An open phase has its opening behind it, whenever that was to be.
    opens_at = amended.opens_at if phase.state == "draft" else None
    terms.check_times(opens_at, amended.closes_at, amended.now, changes)
    if _limits(amended) != _limits(phase):
        await _phase.raise_version(connection, phase_id=phase_id)
    return await read(connection, phase_id)


async def open_(connection: Connection, phase_id: int) -> Phase:
    """Begin to take slips. Raises `WrongState`."""
    await gate_exclusive(connection, phase_id)
    phase = await read(connection, phase_id)
    if phase.state == "open":
        return phase
    if phase.state != "draft":
        raise WrongState(f"Only a draft is opened; this phase is {phase.state}.")
    if phase.overdue:
        raise WrongState("The closing time has passed; change it first.")
    await _phase.mark_open(connection, phase_id=phase_id)
    return await read(connection, phase_id)


async def set_intake(connection: Connection, phase_id: int, intake_open: bool) -> Phase:
    """Stop or restart the taking of slips in an open phase. Raises `WrongState`."""
    await gate_exclusive(connection, phase_id)
    phase = await read(connection, phase_id)
    if phase.state != "open":
        raise WrongState(f"The intake is switched in an open phase; this one is {phase.state}.")
    if phase.intake_open != intake_open:
        await _phase.set_intake(connection, phase_id=phase_id, intake_open=intake_open)
    return await read(connection, phase_id)


async def read(connection: Connection, phase_id: int) -> Phase:
    """One phase. Raises `NotFound`."""
    row = await _phase.read_phase(connection, phase_id=phase_id)
    if row is None:
        raise NotFound(what="phase")
    return _from_row(row)


async def hold(connection: Connection, phase_id: int, patience_ms: int | None = None) -> Phase:
    """One phase, its totals held until commit; the gate must be passed before. With `patience_ms`
    the locks asked for afterwards are waited for no longer than that. Raises `NotFound`."""
    row = await _phase.hold_phase(connection, phase_id=phase_id, patience_ms=patience_ms)
    if row is None:
        raise NotFound(what="phase")
    return _from_row(row)


async def newest(connection: Connection, count: int, before: int = NEWEST) -> list[Phase]:
    """Phases below the number `before`, the newest first."""
    rows = _phase.list_phases(connection, before=before, count=count)
    return [_from_row(row) async for row in rows]


async def current(connection: Connection) -> Current | None:
    """The phase that a page is about when none is named: the open one that closes first, else the
    newest but for those that wait for their time, else the first of them to open."""
    row = await _phase.current_phase(connection)
    if row is None:
        return None
    fields = msgspec.structs.asdict(_from_row(row))
    return Current(next_name=row["next_name"], next_opens_at=row["next_opens_at"], **fields)


async def mark_closed(connection: Connection, phase_id: int) -> datetime:
    """The moment from which the phase takes no more slips; the caller holds it exclusively."""
    moment: datetime = await _phase.mark_closed(connection, phase_id=phase_id)
    return moment


async def mark_settled(connection: Connection, phase_id: int) -> datetime:
    """The moment at which the draw is paid; the caller holds the phase exclusively."""
    moment: datetime = await _phase.mark_settled(connection, phase_id=phase_id)
    return moment


async def mark_void(connection: Connection, phase_id: int, reason: str) -> None:
    """The phase is called off; the caller holds it exclusively and has given the stakes back."""
    await _phase.mark_void(connection, phase_id=phase_id, reason=reason)


async def gate_shared(connection: Connection, phase_id: int) -> None:
    """Pass beside others into a phase; a statement of its own, so that the next one sees what a
    closing committed."""
    await _phase.gate_shared(connection, phase_id=phase_id)


async def gate_exclusive(connection: Connection, phase_id: int) -> None:
    """Have a phase to oneself; waits for the slips inside and lets no later one overtake."""
    await connection.execute("set local lock_timeout = '30s'")
    await _phase.gate_exclusive(connection, phase_id=phase_id)


def _limits(phase: Phase) -> tuple[Decimal, Decimal | None]:
    return phase.global_limit, phase.total_limit


def _from_row(row: Any) -> Phase:
    fields = {name: row[name] for name in Phase.__struct_fields__ if name != "prizes"}
    prizes = Prizes(row["straight"], row["permutation"], row["near"], row["near_wraps"])
    return Phase(prizes=prizes, **fields)
