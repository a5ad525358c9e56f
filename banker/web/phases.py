"""Phases for those who run them: the list, one phase with its tickets, drafting and changing."""

import secrets
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Template

from banker.books import (
    directory,
    earning_history,
    four_eyes,
    payout,
    phase,
    request,
    resettlement,
    results,
    settlement,
)
from banker.books.four_eyes import Waiting
from banker.books.phase import Draft, Phase
from banker.books.request import Asked
from banker.database import Connection, persist, reading
from banker.errors import ChangedMeanwhile, KeyReused, Refusal
from banker.web import phase_copies, phase_draws, phase_notice, phase_tickets, phase_verbs
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, listing, position
from banker.web.earning_words import lines_of
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.phase_forms import PhaseEntered, of_phase
from banker.web.phase_tickets import Collector, tickets_of
from banker.web.toast import go_to
from banker.web.winners import winners_of

PHASES_A_PAGE = 40
SENT_BEFORE = "This form was sent before: the draft that it made stands in the list."

# What was just done with the phase, for a word on it.
Done = Annotated[str, QueryParameter(max_length=20)]

SentPhase = Annotated[PhaseEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(MANAGER))
async def list_phases(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    cursor: Cursor = None,
) -> Template:
    """The newest first, with what their draws came to."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await phase.newest(connection, PHASES_A_PAGE + 1, position(cursor, phase.NEWEST))
        drawn = await results.of(connection, [one.id for one in found])
    shown = listing(found, PHASES_A_PAGE, [one.id for one in found])
    return page("phases.html", request, phase=current, phases=shown, results=drawn)


@get("/new", opt=dict(MANAGER))
async def begin_phase(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """An empty draft, for the dialog."""
    return _form(request, PhaseEntered(key=secrets.token_urlsafe(16)), "draft", "/phases", {})


@post("/", opt=dict(MANAGER), status_code=200)
async def create_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentPhase,
) -> Response:  # type: ignore[type-arg]
    """A draft, once for the form it was typed into."""
    try:
        draft = data.read(ZoneInfo(worker.settings.timezone))
        phase_id = await persist(
            worker.pool, lambda connection: _create_once(connection, person, draft, data.key)
        )
    except Refusal as refusal:
        errors = {"": SENT_BEFORE} if isinstance(refusal, KeyReused) else errors_of(refusal)
        return _form(request, data, "draft", "/phases", errors, refusal.status)
    return go_to(f"/phases/{phase_id}")


@get("/{phase_id:str}", opt=dict(MANAGER))
async def show_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    collector: Collector = "",
    done: Done = "",
) -> Template:
    """One phase: its figures, terms, tickets, and what came of it."""
    asked = read_id(phase_id, "phase")
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, asked)
        current = await phase.current(connection)
        closed = shown.state in ("closed", "settled")
        row = await settlement.read(connection, asked) if closed else None
        paid = await payout.paid(connection, asked) if shown.state == "settled" else []
        draws = await settlement.draws(connection, asked) if closed else []
        taken_back = {
            one.revision: await resettlement.compensations(connection, asked, one.revision)
            for one in draws[1:]
        }
        tickets = await tickets_of(connection, asked, collector)
        earned = await earning_history.of_phase(connection, asked)
        names = await directory.names(connection, ["collector"])
    return page(
        "phase.html",
        request,
        phase=current,
        shown=shown,
        settlement=row,
        winners=winners_of(paid),
        draws=draws,
        taken_back=taken_back,
        partners=lines_of(earned, ZoneInfo(worker.settings.timezone), with_real=True),
        collectors=[name for _, name in names],
        can_stop=person.role == "admin",
        tickets=tickets,
        done=done,
    )


@get("/{phase_id:str}/change", opt=dict(MANAGER))
async def begin_change(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """What may be changed of a phase, for the dialog."""
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, read_id(phase_id, "phase"))
    filled = of_phase(shown, ZoneInfo(worker.settings.timezone))
    return _form(request, filled, shown.state, f"/phases/{shown.id}/change", {})


@post("/{phase_id:str}/change", opt=dict(MANAGER), status_code=200)
async def change_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentPhase,
) -> Response:  # type: ignore[type-arg]
    """A draft wholly; of an open phase the name, limits, window and closing time."""
    changed, zone = read_id(phase_id, "phase"), ZoneInfo(worker.settings.timezone)
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, changed)

    async def amend(connection: Connection) -> Phase | Waiting:
        nonlocal shown
        # Held before it is compared, so that nobody changes it in between.
        await phase.gate_exclusive(connection, changed)
        shown = await phase.read(connection, changed)
        changes = data.changes(shown, zone)
        return await four_eyes.amend_phase(connection, person.id, changed, changes)

    try:
        told = await persist(worker.pool, amend)
    except Refusal as refusal:
        again = data.rebased(shown, zone) if isinstance(refusal, ChangedMeanwhile) else data
        action = f"/phases/{changed}/change"
        return _form(request, again, shown.state, action, errors_of(refusal), refusal.status)
    worker.stream.tell_change(changed)
    done = "waits" if isinstance(told, Waiting) else "changed"
    return go_to(f"/phases/{changed}?done={done}")


async def _create_once(connection: Connection, person: Asker, draft: Draft, key: str) -> int:
    """The number of the draft, the same again for the same form."""

    async def act() -> dict[str, int]:
        return {"phase_id": (await phase.create(connection, person.id, draft)).id}

    fingerprint = request.fingerprint(msgspec.json.encode(draft))
    asked = Asked(person.id, "draft", request.read_key(key), fingerprint)
    answer = await request.once(connection, asked, act)
    phase_id: int = msgspec.json.decode(answer.body)["phase_id"]
    return phase_id


def _form(
    request: Request,  # type: ignore[type-arg]
    typed: PhaseEntered,
    state: str,
    action: str,
    errors: dict[str, str],
    status: int = 200,
) -> Template:
    return page(
        "phase_form.html",
        request,
        status=status,
        entered=typed,
        state=state,
        action=action,
        errors=errors,
    )


router = Router(
    path="/phases",
    route_handlers=[
        list_phases,
        begin_phase,
        create_phase,
        show_phase,
        begin_change,
        change_phase,
        *phase_copies.handlers,
        *phase_tickets.handlers,
        *phase_verbs.handlers,
        *phase_draws.handlers,
        *phase_notice.handlers,
    ],
    include_in_schema=False,
)
