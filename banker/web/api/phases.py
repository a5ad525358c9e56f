"""Phases from draft to closing or void."""

from litestar import get, patch, post
from litestar.params import JSONBody

from banker.books import copying, four_eyes, phase, settlement, voiding
from banker.books.four_eyes import Waiting
from banker.books.phase import Phase
from banker.database import persist, reading, transaction
from banker.web.access import (
    ADMIN,
    MANAGER,
    SIGNED_IN,
    Asker,
    AtWorker,
    PathText,
    is_of_the_house,
)
from banker.web.api.fields import read_id, read_text
from banker.web.api.forms import CopyForm, IntakeForm, PhaseChanges, PhaseForm, ReasonForm
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.api.views import PhaseView, of_phase
from banker.web.api.waiting import MAY_WAIT, waits
from banker.worker import Worker

TAGS = ["phases"]


@post("/phases", opt=dict(MANAGER), tags=TAGS, summary="Draft a phase")
async def create_phase(worker: AtWorker, person: Asker, data: JSONBody[PhaseForm]) -> PhaseView:
    """A draft with its 1,000 numbers, taking no slips yet."""
    draft = data.read()
    async with transaction(worker.pool) as connection:
        return of_phase(await phase.create(connection, person.id, draft))


@post(
    "/phases/{phase_id:str}/copy",
    opt=dict(MANAGER),
    tags=TAGS,
    summary="Copy a phase to a new draft",
)
async def copy_phase(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[CopyForm]
) -> PhaseView:
    """A draft with its limits, also each number's own, payout factors, prizes, void window and
    commission rate; without its times."""
    copied, name = read_id(phase_id, "phase"), read_text(data.name, "name")
    async with transaction(worker.pool) as connection:
        return of_phase(await copying.copy(connection, person.id, copied, name))


@patch(
    "/phases/{phase_id:str}",
    opt=dict(MANAGER),
    tags=TAGS,
    summary="Change a phase",
    responses=MAY_WAIT,
)
async def amend_phase(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[PhaseChanges]
) -> PhaseView:
    """A draft wholly; of an open phase the name, limits, window and closing time. Where the house
    wants four eyes, higher limits of an open phase wait for a second person (202)."""
    changed, changes = read_id(phase_id, "phase"), data.read()
    amended = await persist(
        worker.pool,
        lambda connection: four_eyes.amend_phase(connection, person.id, changed, changes),
    )
    if isinstance(amended, Waiting):
        return waits(amended)  # type: ignore[no-any-return]
    return _told(worker, amended)


@get("/phases", opt=dict(SIGNED_IN), tags=TAGS, summary="List phases")
async def list_phases(
    worker: AtWorker, person: Asker, limit: Limit = 50, cursor: Cursor = None
) -> Listing[PhaseView]:
    """The newest first. What each has taken is null for collectors and partners."""
    async with reading(worker.pool) as connection:
        found = await phase.newest(connection, limit + 1, position(cursor, phase.NEWEST))
    shown = [of_phase(one, with_takings=is_of_the_house(person)) for one in found]
    return listing(shown, limit, [one.id for one in found])


@get("/phases/{phase_id:str}", opt=dict(SIGNED_IN), tags=TAGS, summary="A phase")
async def show_phase(worker: AtWorker, person: Asker, phase_id: PathText) -> PhaseView:
    """One phase."""
    async with reading(worker.pool) as connection:
        found = await phase.read(connection, read_id(phase_id, "phase"))
    return of_phase(found, with_takings=is_of_the_house(person))


@post(
    "/phases/{phase_id:str}/opening",
    opt=dict(MANAGER),
    tags=TAGS,
    status_code=200,
    summary="Open a phase",
)
async def open_phase(worker: AtWorker, person: Asker, phase_id: PathText) -> PhaseView:
    """From now on it takes slips, and its prizes are frozen."""
    opened = read_id(phase_id, "phase")
    return _told(worker, await persist(worker.pool, lambda c: phase.open_(c, opened)))


@post(
    "/phases/{phase_id:str}/closure",
    opt=dict(MANAGER),
    tags=TAGS,
    status_code=200,
    summary="Close a phase",
)
async def close_phase(worker: AtWorker, person: Asker, phase_id: PathText) -> PhaseView:
    """No slip is taken any more; the settlement row and the seal are written."""
    closed = read_id(phase_id, "phase")

    async def verb(connection):  # type: ignore[no-untyped-def]
        await settlement.close(connection, closed, person.id)
        return await phase.read(connection, closed)

    return _told(worker, await persist(worker.pool, verb))


@post(
    "/phases/{phase_id:str}/void",
    opt=dict(MANAGER),
    tags=TAGS,
    status_code=200,
    summary="Void a phase",
)
async def void_phase(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[ReasonForm]
) -> PhaseView:
    """All stakes go back to the purses they came from."""
    voided = read_id(phase_id, "phase")
    reason = read_text(data.reason, "reason")
    told = await persist(
        worker.pool, lambda connection: voiding.void(connection, voided, reason, person.id)
    )
    worker.stream.tell_change(voided, money=True)
    return of_phase(told)


@post(
    "/phases/{phase_id:str}/intake",
    opt=dict(ADMIN),
    tags=TAGS,
    status_code=200,
    summary="Stop or restart the intake",
)
async def set_intake(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[IntakeForm]
) -> PhaseView:
    """While it is stopped, slips are refused as `intake-stopped`."""
    switched = read_id(phase_id, "phase")
    told = await persist(
        worker.pool, lambda connection: phase.set_intake(connection, switched, data.open)
    )
    return _told(worker, told)


def _told(worker: Worker, changed: Phase) -> PhaseView:
    worker.stream.tell_change(changed.id)
    return of_phase(changed)


handlers = (
    create_phase,
    copy_phase,
    amend_phase,
    list_phases,
    show_phase,
    open_phase,
    close_phase,
    void_phase,
    set_intake,
)
