"""Calling off a whole phase: every stake goes back to the purses that it came from."""

from banker.books import exposure, ledger
from banker.books import phase as phases
from banker.database import Connection, queries
from banker.errors import WrongState
from banker.rules import purse

_ticket = queries("ticket")


async def void(connection: Connection, phase_id: int, reason: str, actor_id: int) -> phases.Phase:
    """Void an open or closed phase: one transfer a ticket, no exposure and no commission left.

    Voiding a void phase changes nothing. Raises `WrongState` for a draft or a settled phase.
    """
    await phases.gate_exclusive(connection, phase_id)
    phase = await phases.read(connection, phase_id)
    if phase.state == "void":
        return phase
    if phase.state not in ("open", "closed"):
        raise WrongState(f"Only an open or closed phase is voided; this one is {phase.state}.")
    _, totals = await exposure.hold(connection, phase_id)
    # First: only where the whole phase is void may its tickets be, whenever it is.
    await phases.mark_void(connection, phase_id, reason)
    await _give_back(connection, phase, actor_id)
    await exposure.clear(connection, phase_id, totals)
    return await phases.read(connection, phase_id)


async def _give_back(connection: Connection, phase: phases.Phase, actor_id: int) -> None:
    tickets = [row async for row in _ticket.standing_tickets(connection, phase_id=phase.id)]
    legs = await ledger.legs_of(connection, [ticket["transfer_id"] for ticket in tickets])
    # Last, so that a busy desk on another phase is not kept waiting by the reading.
    journal = await ledger.lock(connection, [ticket["collector_id"] for ticket in tickets])
    for ticket in tickets:
        journal.enter(
            ledger.Transfer(
                reason="void",
                actor_id=actor_id,
                legs=purse.give_back(
                    journal.purses(ticket["collector_id"]), legs[ticket["transfer_id"]]
                ),
                house=ledger.House.STAKES,
                phase_id=phase.id,
            )
        )
    transfer_ids = await journal.write(connection)
    await _ticket.void_tickets(
        connection,
        phase_id=phase.id,
        sequences=[ticket["sequence"] for ticket in tickets],
        transfer_ids=transfer_ids,
        voided_by=actor_id,
        voided_at=phase.now,
    )
