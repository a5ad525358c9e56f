"""The risk of a phase, its stream, and the limits of its numbers."""

from typing import Any

from litestar import Request, delete, get, put
from litestar.params import JSONBody
from litestar.response import Stream

from banker.books import exposure
from banker.database import persist, reading
from banker.live import figures
from banker.live.figures import PhaseRisk
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id, read_limit, read_number
from banker.web.api.forms import LimitForm
from banker.web.event_stream import event_stream

TAGS = ["risk"]


@put(
    "/phases/{phase_id:str}/limits/{number:str}",
    opt=dict(ADMIN),
    tags=TAGS,
    summary="Set a number's own limit",
)
async def set_limit(
    worker: AtWorker, person: Asker, phase_id: PathText, number: PathText, data: JSONBody[LimitForm]
) -> LimitForm:
    """`"0"` blocks the number."""
    limited, which = read_id(phase_id, "phase"), read_number(number)
    amount = read_limit(data.max_amount, "max_amount")
    await persist(
        worker.pool, lambda connection: exposure.set_limit(connection, limited, which, amount)
    )
    worker.stream.tell_change(limited)
    return LimitForm(f"{amount:.2f}")


@delete(
    "/phases/{phase_id:str}/limits/{number:str}",
    opt=dict(ADMIN),
    tags=TAGS,
    summary="Remove a number's own limit",
)
async def remove_limit(
    worker: AtWorker, person: Asker, phase_id: PathText, number: PathText
) -> None:
    """The phase's limit holds again."""
    limited, which = read_id(phase_id, "phase"), read_number(number)
    await persist(
        worker.pool, lambda connection: exposure.set_limit(connection, limited, which, None)
    )
    worker.stream.tell_change(limited)


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
    return event_stream(await worker.frames(read_id(phase_id, "phase")), request)


handlers = (set_limit, remove_limit, show_risk, stream_risk)
