"""A draw is entered by one person, and confirmed by a second where the house wants four eyes."""

import msgspec

from banker.books import four_eyes, resettlement, settlement
from banker.books import phase as phases
from banker.books.four_eyes import Waiting
from banker.books.settlement import Draw, Settlement
from banker.database import Connection
from banker.rules.number import label


async def enter(connection: Connection, phase_id: int, draw: Draw) -> Settlement | Waiting:
    """Settle a phase, or write down that it is to be. Raises as `settlement.settle` does."""
    if await four_eyes.are_on(connection):
        phase = await phases.read(connection, phase_id)
        settled = await settlement.check(connection, phase, draw.number)
        return settled or await _wait(connection, "settlement", phase_id, draw, phase.name)
    return await settlement.settle(connection, phase_id, draw)


async def correct(connection: Connection, phase_id: int, draw: Draw) -> Settlement | Waiting:
    """Settle a phase anew, or write down that it is to be. Raises as `resettlement.resettle`."""
    if await four_eyes.are_on(connection):
        phase = await phases.read(connection, phase_id)
        settled = await resettlement.check(connection, phase, draw.number)
        if settled.number == label(draw.number):
            return settled
        draw = msgspec.structs.replace(draw, instead_of=settled.revision)
        return await _wait(connection, "resettlement", phase_id, draw, draw.reason or phase.name)
    return await resettlement.resettle(connection, phase_id, draw)


async def _wait(
    connection: Connection, kind: four_eyes.Kind, phase_id: int, draw: Draw, reason: str
) -> Waiting:
    what = {"phase_id": phase_id, "number": draw.number, "source": draw.source}
    if draw.instead_of is not None:
        what["instead_of"] = draw.instead_of
    return await four_eyes.wait(connection, kind, draw.actor_id, what, reason)
