"""What is done with a phase before its draw: opened, stopped, closed, voided.

A verb that went well sends the browser to the phase anew. The same verb again changes nothing.
"""

from typing import Annotated

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import phase, settlement, voiding
from banker.database import persist, reading
from banker.errors import Malformed, Refusal
from banker.web import entered
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import go_to
from banker.worker import Worker

LONGEST_REASON = 200


class Switch(msgspec.Struct, frozen=True):
    """Whether slips are to be taken: `true` or `false`."""

    open: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why a phase is called off."""

    reason: str = ""


SentSwitch = Annotated[Switch, Body(media_type=RequestEncodingType.URL_ENCODED)]
SentReason = Annotated[Reason, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/{phase_id:str}/opening", opt=dict(MANAGER), status_code=200)
async def open_phase(worker: AtWorker, person: Asker, phase_id: PathText) -> Response[None]:
    """From now on it takes slips."""
    opened = read_id(phase_id, "phase")
    await persist(worker.pool, lambda connection: phase.open_(connection, opened))
    return _told(worker, opened, "opened")


@post("/{phase_id:str}/closure", opt=dict(MANAGER), status_code=200)
async def close_phase(worker: AtWorker, person: Asker, phase_id: PathText) -> Response[None]:
    """No slip is taken any more, and the seal is written."""
    closed = read_id(phase_id, "phase")
    await persist(worker.pool, lambda connection: settlement.close(connection, closed, person.id))
    return _told(worker, closed, "closed")


@post("/{phase_id:str}/intake", opt=dict(ADMIN), status_code=200)
async def switch_intake(
    worker: AtWorker, person: Asker, phase_id: PathText, data: SentSwitch
) -> Response[None]:
    """Stop or restart the taking of slips."""
    if data.open not in ("true", "false"):
        raise Malformed("Say whether the intake is to be open: true or false.", field="open")
    switched = read_id(phase_id, "phase")
    wanted = data.open == "true"
    await persist(worker.pool, lambda connection: phase.set_intake(connection, switched, wanted))
    return _told(worker, switched, "restarted" if wanted else "stopped")


@get("/{phase_id:str}/void", opt=dict(MANAGER))
async def ask_void(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """What voiding means, and why it is done, for the dialog."""
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, read_id(phase_id, "phase"))
    return page("phase_void.html", request, shown=shown, reason="", errors={})


@post("/{phase_id:str}/void", opt=dict(MANAGER), status_code=200)
async def void_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentReason,
) -> Response:  # type: ignore[type-arg]
    """All stakes go back to the purses they came from."""
    voided = read_id(phase_id, "phase")
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, voided)
    try:
        reason = entered.text(data.reason, "reason", LONGEST_REASON)
        await persist(
            worker.pool,
            lambda connection: voiding.void(connection, voided, reason, person.id),
        )
    except Refusal as refusal:
        return page(
            "phase_void.html",
            request,
            status=refusal.status,
            shown=shown,
            reason=data.reason,
            errors=errors_of(refusal),
        )
    return _told(worker, voided, "voided")


def _told(worker: Worker, phase_id: int, done: str) -> Response[None]:
    worker.stream.tell_change(phase_id, money=done in ("voided", "settled"))
    return go_to(f"/phases/{phase_id}?done={done}")


handlers = (
    open_phase,
    close_phase,
    switch_intake,
    ask_void,
    void_phase,
)
