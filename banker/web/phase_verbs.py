"""What is done with a phase: opened, stopped, closed, voided, rehearsed and settled.

A verb that went well sends the browser to the phase anew; a refusal is a fragment where the page
has a place for it. The same verb again changes nothing.
"""

from typing import Annotated

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import phase, settlement, voiding
from banker.books.payout import Reckoning
from banker.books.phase import Phase
from banker.database import persist, reading
from banker.errors import Malformed, Refusal
from banker.rules.number import label
from banker.web import entered
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import go_to
from banker.web.winners import winners_of
from banker.worker import Worker

LONGEST_REASON = 200


class Switch(msgspec.Struct, frozen=True):
    """Whether slips are to be taken: `true` or `false`."""

    open: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why a phase is called off."""

    reason: str = ""


class Draw(msgspec.Struct, frozen=True):
    """A number that is or may be drawn; `again` is the same number typed once more."""

    number: str = ""
    again: str = ""


SentSwitch = Annotated[Switch, Body(media_type=RequestEncodingType.URL_ENCODED)]
SentReason = Annotated[Reason, Body(media_type=RequestEncodingType.URL_ENCODED)]
SentDraw = Annotated[Draw, Body(media_type=RequestEncodingType.URL_ENCODED)]


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


@post("/{phase_id:str}/rehearsal", opt=dict(MANAGER), status_code=200)
async def rehearse_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentDraw,
) -> Template:
    """What a number would pay, for the dialog; of a closed phase the way to settle it beside."""
    try:
        number = entered.number(data.number, "number")
        async with reading(worker.pool) as connection:
            shown = await phase.read(connection, read_id(phase_id, "phase"))
            rehearsed = await settlement.rehearse(connection, shown.id, number)
    except Refusal as refusal:
        return _refused(request, refusal)
    return _rehearsal(request, shown, rehearsed)


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
        number = entered.number(data.number, "number")
        if data.again.strip() != label(number):
            return await _ask_again(request, worker, settled, number, data.again)
        await persist(
            worker.pool,
            lambda connection: settlement.settle(connection, settled, number, person.id),
        )
    except Refusal as refusal:
        return _refused(request, refusal)
    return _told(worker, settled, "settled")


async def _ask_again(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    phase_id: int,
    number: int,
    again: str,
) -> Template:
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, phase_id)
        rehearsed = await settlement.rehearse(connection, phase_id, number)
    errors = {"again": f"This is not {label(number)}; nothing was paid."}
    return _rehearsal(request, shown, rehearsed, again, errors)


def _rehearsal(
    request: Request,  # type: ignore[type-arg]
    shown: Phase,
    rehearsed: Reckoning,
    again: str = "",
    errors: dict[str, str] | None = None,
) -> Template:
    return page(
        "phase_rehearsal.html",
        request,
        status=400 if errors else 200,
        shown=shown,
        rehearsed=rehearsed,
        winners=winners_of(rehearsed.payouts, rehearsed.commissions),
        again=again,
        errors=errors or {},
    )


def _refused(request: Request, refusal: Refusal) -> Template:  # type: ignore[type-arg]
    return page("phase_refusal.html", request, status=refusal.status, refusal=refusal)


def _told(worker: Worker, phase_id: int, done: str) -> Response[None]:
    worker.stream.tell_change(phase_id, money=done in ("voided", "settled"))
    return go_to(f"/phases/{phase_id}?done={done}")


handlers = (
    open_phase,
    close_phase,
    switch_intake,
    ask_void,
    void_phase,
    rehearse_phase,
    settle_phase,
)
