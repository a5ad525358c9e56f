"""The draw of a phase on its page: rehearsed, entered with care, and put right.

What went well sends the browser to the phase anew; a refusal is a fragment in the dialog.
"""

from typing import Annotated

import msgspec
from litestar import Request, Response, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import drawing, four_eyes, phase, rehearsal
from banker.books.four_eyes import Waiting
from banker.books.settlement import Draw, Settlement
from banker.database import persist, reading
from banker.errors import Malformed, Refusal
from banker.rules.number import label
from banker.web import entered
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import go_to
from banker.web.winners import winners_of
from banker.worker import Worker

LONGEST_LINE = 200


class DrawEntered(msgspec.Struct, frozen=True):
    """A number that is or may be drawn; `again` is the same number typed once more, `source` where
    it is from, `reason` why an earlier one was wrong."""

    number: str = ""
    again: str = ""
    source: str = ""
    reason: str = ""

    def read(self, actor_id: int, corrects: bool) -> Draw:
        """The draw. Raises `Malformed`, where the number was not typed the same both times too."""
        number = entered.number(self.number, "number")
        if self.again.strip() != label(number):
            raise Malformed(f"This is not {label(number)}; nothing was paid.", field="again")
        source = entered.text(self.source, "source", LONGEST_LINE)
        reason = entered.text(self.reason, "reason", LONGEST_LINE) if corrects else None
        return Draw(number, source, actor_id, reason)


SentDraw = Annotated[DrawEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/{phase_id:str}/rehearsal", opt=dict(MANAGER), status_code=200)
async def rehearse_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentDraw,
) -> Template:
    """What a number would pay, for the dialog; of a closed phase the way to settle it beside, and
    of a settled one the way to settle it anew."""
    return await _rehearsal(request, worker, read_id(phase_id, "phase"), data)


@post("/{phase_id:str}/settlement", opt=dict(MANAGER), status_code=200)
async def settle_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentDraw,
) -> Response:  # type: ignore[type-arg]
    """Pays winners and commissions, once, where the number was typed the same both times."""
    settled = read_id(phase_id, "phase")
    try:
        draw = data.read(person.id, corrects=False)
        told = await persist(worker.pool, lambda c: drawing.enter(c, settled, draw))
    except Refusal as refusal:
        return await _rehearsal(request, worker, settled, data, refusal)
    return _told(worker, settled, told, "settled")


@post("/{phase_id:str}/resettlement", opt=dict(MANAGER), status_code=200)
async def resettle_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentDraw,
) -> Response:  # type: ignore[type-arg]
    """Takes back what a wrong draw paid, and pays the right one."""
    settled = read_id(phase_id, "phase")
    try:
        draw = data.read(person.id, corrects=True)
        told = await persist(worker.pool, lambda c: drawing.correct(c, settled, draw))
    except Refusal as refusal:
        return await _rehearsal(request, worker, settled, data, refusal)
    return _told(worker, settled, told, "resettled")


async def _rehearsal(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    phase_id: int,
    typed: DrawEntered,
    refusal: Refusal | None = None,
) -> Template:
    """The dialog, with what was wrong beside the fields; what cannot even be rehearsed is told
    alone."""
    try:
        number = entered.number(typed.number, "number")
        async with reading(worker.pool) as connection:
            shown = await phase.read(connection, phase_id)
            rehearsed = await rehearsal.rehearse(connection, phase_id, number)
            waits = await four_eyes.are_on(connection)
    except Refusal as worse:
        refused = refusal or worse
        return page("phase_refusal.html", request, status=refused.status, refusal=refused)
    return page(
        "phase_rehearsal.html",
        request,
        status=200 if refusal is None else refusal.status,
        shown=shown,
        rehearsed=rehearsed,
        reckoning=rehearsed.reckoning,
        winners=winners_of(rehearsed.reckoning.payouts),
        waits=waits,
        typed=typed,
        errors={} if refusal is None else errors_of(refusal),
    )


def _told(worker: Worker, phase_id: int, told: Settlement | Waiting, done: str) -> Response[None]:
    if isinstance(told, Waiting):
        return go_to(f"/phases/{phase_id}?done=draw-waits")
    worker.stream.tell_change(phase_id, money=True)
    return go_to(f"/phases/{phase_id}?done={done}")


handlers = (rehearse_phase, settle_phase, resettle_phase)
