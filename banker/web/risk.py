"""The wall: the risk of a phase as it moves, its limits one key away, and the intake switch."""

from typing import Annotated

import msgspec
from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Stream, Template

from banker.books import phase
from banker.books.phase import Current, Phase
from banker.books.session import SignedIn
from banker.database import persist, reading
from banker.errors import Malformed
from banker.web import risk_number
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.event_stream import event_stream
from banker.web.page import page

PHASES_TO_PICK = 12


class SwitchForm(msgspec.Struct, frozen=True):
    """Whether slips are to be taken: `true` or `false`."""

    open: str = ""


SentSwitch = Annotated[SwitchForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(MANAGER))
async def show_current(request: Request, worker: AtWorker, person: Asker) -> Template | Redirect:  # type: ignore[type-arg]
    """The wall of the phase that closes first."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        phases = await phase.newest(connection, PHASES_TO_PICK)
    return _wall(request, person, current, current, phases)


@get("/{phase_id:str}", opt=dict(MANAGER))
async def show_wall(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """The wall of one phase."""
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, read_id(phase_id, "phase"))
        current = await phase.current(connection)
        phases = await phase.newest(connection, PHASES_TO_PICK)
    return _wall(request, person, shown, current, phases)


@get("/{phase_id:str}/stream", opt=dict(MANAGER))
async def stream_wall(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Stream:
    """The same events as the API's stream, for the page's cookie."""
    frames = await worker.frames(read_id(phase_id, "phase"), person.id)
    return event_stream(frames, request)


@post("/{phase_id:str}/intake", opt=dict(ADMIN), status_code=200)
async def switch_intake(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentSwitch,
) -> Template:
    """Stop or restart the taking of slips."""
    if data.open not in ("true", "false"):
        raise Malformed("Say whether the intake is to be open: true or false.", field="open")
    switched = read_id(phase_id, "phase")
    told = await persist(
        worker.pool,
        lambda connection: phase.set_intake(connection, switched, data.open == "true"),
    )
    worker.stream.tell_change(switched)
    return page("risk_intake.html", request, phase=told, can_stop=True)


def _wall(
    request: Request,  # type: ignore[type-arg]
    person: SignedIn,
    shown: Phase | None,
    current: Current | None,
    phases: list[Phase],
) -> Template:
    return page(
        "risk.html",
        request,
        phase=shown,
        current=current,
        stream_url="" if shown is None else f"/risk/{shown.id}/stream",
        can_stop=person.role == "admin",
        phases=[
            {
                "id": one.id,
                "name": one.name,
                "state": one.state,
                "href": f"/risk/{one.id}",
                "current": shown is not None and one.id == shown.id,
            }
            for one in phases
        ],
    )


router = Router(
    path="/risk",
    route_handlers=[
        show_current,
        show_wall,
        stream_wall,
        switch_intake,
        *risk_number.handlers,
    ],
    include_in_schema=False,
)
