"""What is staked on each number of a phase, its limit, and the phase's totals beside them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books import phase as phases
from banker.database import Connection, array, queries
from banker.errors import WrongState
from banker.rules.limits import Exposure

_exposure = queries("exposure")


class Totals(msgspec.Struct):
    """What a phase has taken: intake and commission due in money, and counts. `version` grows by
    one with every change of exposures, totals or limits."""

    version: int
    last_sequence: int
    total_in: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int


class Standing(msgspec.Struct, frozen=True):
    """A phase and all its numbers at one moment."""

    phase: phases.Phase
    exposures: list[Exposure]


async def hold(
    connection: Connection, phase_id: int, patience_ms: int | None = None
) -> tuple[phases.Phase, Totals]:
    """A phase, and its totals held until commit; see `phase.hold`. Raises `NotFound`."""
    phase = await phases.hold(connection, phase_id, patience_ms)
    return phase, Totals(**{name: getattr(phase, name) for name in Totals.__struct_fields__})


async def lock(
    connection: Connection, phase_id: int, numbers: Iterable[int]
) -> dict[int, Exposure]:
    """Some numbers, locked in rising order and held until commit."""
    rows = _exposure.lock_exposures(
        connection, phase_id=phase_id, numbers=array(sorted(set(numbers)))
    )
    return {row["number"]: Exposure(*row) async for row in rows}


async def write(
    connection: Connection, phase_id: int, totals: Totals, changed: Sequence[Exposure]
) -> None:
    """Totals and exposures as they shall stand; the version must have grown."""
    await _exposure.write_standing(
        connection,
        phase_id=phase_id,
        numbers=array([exposure.number for exposure in changed]),
        staked_cents=array([exposure.staked_cents for exposure in changed]),
        weights=array([exposure.weight for exposure in changed]),
        **msgspec.structs.asdict(totals),
    )


async def read(connection: Connection, phase_id: int) -> list[Exposure]:
    """All thousand numbers in order."""
    return [Exposure(*row) async for row in _exposure.read_exposures(connection, phase_id=phase_id)]


async def standing(connection: Connection, phase_id: int) -> Standing:
    """A phase with its numbers; ask inside `database.reading` to see one moment of both."""
    return Standing(await phases.read(connection, phase_id), await read(connection, phase_id))


async def set_limit(
    connection: Connection, phase_id: int, number: int, max_amount: Decimal | None
) -> None:
    """Give a number its own limit, `0` to block it, None to fall back to the phase's.

    A limit below what is already staked is allowed: the number takes nothing more. Raises
    `WrongState` for a phase that is no longer draft or open.
    """
    await phases.gate_shared(connection, phase_id)
    phase, totals = await hold(connection, phase_id)
    if phase.state not in ("draft", "open"):
        raise WrongState(f"Limits belong to a phase that takes slips; this one is {phase.state}.")
    await _exposure.set_limit(connection, phase_id=phase_id, number=number, max_amount=max_amount)
    totals.version += 1
    await write(connection, phase_id, totals, [])


async def clear(connection: Connection, phase_id: int, totals: Totals) -> None:
    """Nothing is staked in the phase any more: it is void."""
    await _exposure.clear_exposures(connection, phase_id=phase_id)
    cleared = Totals(totals.version + 1, totals.last_sequence, Decimal(0), Decimal(0), 0, 0)
    await write(connection, phase_id, cleared, [])


async def largest_collectors(
    connection: Connection, phase_id: int, number: int, count: int = 5
) -> list[tuple[str, Decimal]]:
    """Who has staked most on a number, with how much."""
    rows = _exposure.largest_collectors(connection, phase_id=phase_id, number=number, count=count)
    return [(row["username"], row["total"]) async for row in rows]


async def newest_bets(
    connection: Connection, phase_id: int, number: int, count: int = 8
) -> list[dict[str, object]]:
    """The newest tickets on a number: `id`, `sequence`, `username`, `amount`, `placed_at`."""
    rows = _exposure.newest_bets(connection, phase_id=phase_id, number=number, count=count)
    return [dict(row) async for row in rows]


async def intake_by_minute(
    connection: Connection, phase_id: int
) -> list[tuple[datetime, Decimal, int]]:
    """How the intake grew: stakes and tickets by minute, minutes without a ticket left out."""
    rows = _exposure.intake_by_minute(connection, phase_id=phase_id)
    return [(row["minute"], row["total"], row["ticket_count"]) async for row in rows]


async def epoch(connection: Connection) -> str:
    """A name for this copy of the books; a database that was restored has another."""
    return str(await _exposure.epoch(connection))
