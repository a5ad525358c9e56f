"""The risk of a phase, its stream, and the limits of its numbers."""

from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request, delete, get, put
from litestar.params import JSONBody
from litestar.response import Stream

from banker.books import exposure, four_eyes
from banker.books.four_eyes import Waiting
from banker.books.session import SignedIn
from banker.database import persist, reading
from banker.live import figures
from banker.live.figures import PhaseRisk
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id, read_limit, read_number
from banker.web.api.forms import LimitForm
from banker.web.api.waiting import MAY_WAIT, waits
from banker.web.event_stream import event_stream
from banker.worker import Worker

TAGS = ["risk"]


class LimitView(msgspec.Struct, frozen=True):
    """A number's own limit as it now stands; null where it has none and the phase's holds."""

    max_amount: str | None


@put(
    "/phases/{phase_id:str}/limits/{number:str}",
    opt=dict(ADMIN),
    tags=TAGS,
    summary="Set a number's own limit",
    responses=MAY_WAIT,
)
async def set_limit(
    worker: AtWorker, person: Asker, phase_id: PathText, number: PathText, data: JSONBody[LimitForm]
) -> LimitView:
    """`"0"` blocks the number. Where the house wants four eyes, a higher limit in an open phase
    waits for a second person (202)."""
    limited, which = read_id(phase_id, "phase"), read_number(number)
    amount = read_limit(data.max_amount, "max_amount")
    waiting = await _limit(worker, person, limited, which, amount)
    return LimitView(f"{amount:.2f}") if waiting is None else waits(waiting)


@delete(
    "/phases/{phase_id:str}/limits/{number:str}",
    opt=dict(ADMIN),
    tags=TAGS,
    status_code=200,
    summary="Remove a number's own limit",
    responses=MAY_WAIT,
)
async def remove_limit(
    worker: AtWorker, person: Asker, phase_id: PathText, number: PathText
) -> LimitView:
    """The phase's limit holds again; where that is higher it may have to wait (202)."""
    limited, which = read_id(phase_id, "phase"), read_number(number)
    waiting = await _limit(worker, person, limited, which, None)
    return LimitView(None) if waiting is None else waits(waiting)


@get("/phases/{phase_id:str}/risk", opt=dict(MANAGER), tags=TAGS, summary="The risk")
async def show_risk(worker: AtWorker, person: Asker, phase_id: PathText) -> PhaseRisk:
    """All 1,000 numbers, and what a draw may bring."""
    async with reading(worker.pool) as connection:
        standing = await exposure.standing(connection, read_id(phase_id, "phase"))
    return figures.of_phase(standing.phase, standing.exposures)


@get(
    "/phases/{phase_id:str}/stream",
    opt=dict(MANAGER),
    tags=TAGS,
    summary="The risk as it moves",
    media_type="text/event-stream",
)
async def stream_risk(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker, phase_id: PathText
) -> Stream:
    """Server-sent events: `snapshot`, then `delta` with absolute values, and `heartbeat`."""
    frames = await worker.frames(read_id(phase_id, "phase"), person.id)
    return event_stream(frames, request)


async def _limit(
    worker: Worker, person: SignedIn, phase_id: int, number: int, amount: Decimal | None
) -> Waiting | None:
    waiting = await persist(
        worker.pool,
        lambda connection: four_eyes.limit_number(connection, person.id, phase_id, number, amount),
    )
    if waiting is None:
        worker.stream.tell_change(phase_id)
    return waiting


handlers = (set_limit, remove_limit, show_risk, stream_risk)
