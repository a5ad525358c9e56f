"""The draw of a phase: rehearsed, entered and paid, and put right."""

from litestar import get, post
from litestar.params import JSONBody

from banker.books import drawing, rehearsal, settlement
from banker.books.four_eyes import Waiting
from banker.database import persist, reading
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.draw_forms import CorrectionForm, DrawForm
from banker.web.api.draw_views import (
    DrawView,
    RehearsalView,
    SettlementView,
    of_draw,
    of_rehearsal,
    of_settlement,
)
from banker.web.api.fields import read_id, read_number
from banker.web.api.forms import NumberForm
from banker.web.api.waiting import MAY_WAIT, waits

TAGS = ["phases"]


@post(
    "/phases/{phase_id:str}/rehearsal",
    opt=dict(MANAGER),
    tags=TAGS,
    status_code=200,
    summary="Rehearse a draw",
)
async def rehearse_phase(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[NumberForm]
) -> RehearsalView:
    """What settling with this number would pay, and what it would do to each balance; of a settled
    phase, settling it anew. Changes nothing."""
    async with reading(worker.pool) as connection:
        rehearsed = await rehearsal.rehearse(
            connection, read_id(phase_id, "phase"), read_number(data.number)
        )
    return of_rehearsal(rehearsed)


@post(
    "/phases/{phase_id:str}/settlement",
    opt=dict(MANAGER),
    tags=TAGS,
    status_code=200,
    summary="Settle a phase",
    responses=MAY_WAIT,
)
async def settle_phase(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[DrawForm]
) -> SettlementView:
    """Pays winners and commissions, once; again with the same number changes nothing. Where the
    house wants four eyes it waits for a second person (202)."""
    settled, draw = read_id(phase_id, "phase"), data.read(person.id)
    answer = await persist(worker.pool, lambda connection: drawing.enter(connection, settled, draw))
    if isinstance(answer, Waiting):
        return waits(answer)  # type: ignore[no-any-return]
    worker.stream.tell_change(settled, money=True)
    return of_settlement(answer)


@post(
    "/phases/{phase_id:str}/resettlement",
    opt=dict(MANAGER),
    tags=TAGS,
    status_code=200,
    summary="Settle a phase anew",
    responses=MAY_WAIT,
)
async def resettle_phase(
    worker: AtWorker, person: Asker, phase_id: PathText, data: JSONBody[CorrectionForm]
) -> SettlementView:
    """Puts a wrong draw right: what it paid is taken back, and the right number is paid. Again with
    the same number changes nothing. Where the house wants four eyes it waits (202)."""
    settled, draw = read_id(phase_id, "phase"), data.read(person.id)
    answer = await persist(
        worker.pool, lambda connection: drawing.correct(connection, settled, draw)
    )
    if isinstance(answer, Waiting):
        return waits(answer)  # type: ignore[no-any-return]
    worker.stream.tell_change(settled, money=True)
    return of_settlement(answer)


@get("/phases/{phase_id:str}/settlement", opt=dict(MANAGER), tags=TAGS, summary="A settlement")
async def show_settlement(worker: AtWorker, person: Asker, phase_id: PathText) -> SettlementView:
    """The settlement row; what is not known before the draw is null."""
    async with reading(worker.pool) as connection:
        return of_settlement(await settlement.read(connection, read_id(phase_id, "phase")))


@get("/phases/{phase_id:str}/draws", opt=dict(MANAGER), tags=TAGS, summary="The draws of a phase")
async def list_draws(worker: AtWorker, person: Asker, phase_id: PathText) -> list[DrawView]:
    """Every draw that was entered, the one that counts first, and who was left owing by it."""
    async with reading(worker.pool) as connection:
        found = await settlement.draws(connection, read_id(phase_id, "phase"))
    return [of_draw(one) for one in found]


handlers = (
    rehearse_phase,
    settle_phase,
    resettle_phase,
    show_settlement,
    list_draws,
)
