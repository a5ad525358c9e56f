"""One ticket: its page, its note, its void, and a copy of its receipt."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import payout, ticket
from banker.books import phase as phases
from banker.books.proof import Proof
from banker.books.reckoning import Payout
from banker.books.session import SignedIn
from banker.books.ticket import Ticket
from banker.database import Connection, persist, reading
from banker.errors import Malformed, Refusal
from banker.rules.money import ZERO, rate
from banker.web import paper, ticket_proof
from banker.web.access import READER, TICKET_READER, Asker, AtWorker, PathText
from banker.web.api.fields import read_ticket_id
from banker.web.api.slips import own_ticket
from banker.web.counter import read_note, void_ticket
from banker.web.page import page
from banker.web.ticket_proof import proof_of
from banker.worker import Worker


class NoteEntered(msgspec.Struct, frozen=True):
    """A note as it was typed; empty takes it off."""

    note: str = ""


SentNote = Annotated[NoteEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/{ticket_id:str}", opt=dict(TICKET_READER))
async def show_ticket(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    ticket_id: PathText,
) -> Template:
    """The ticket with its bets; another collector's is 404."""
    async with reading(worker.pool) as connection:
        found = await own_ticket(connection, person, ticket_id)
        phase = await phases.read(connection, found.phase_id)
        won = await _payouts(connection, found)
        proven = await proof_of(connection, worker, found)
        current = await phases.current(connection)
    return page(
        "ticket.html", request, phase=phase, current=current, **_shown(person, found, won, proven)
    )


@get("/{ticket_id:str}/receipt", opt=dict(TICKET_READER))
async def show_receipt(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    ticket_id: PathText,
) -> Template:
    """A copy of the receipt, to print or to paste into a chat."""
    async with reading(worker.pool) as connection:
        found = await own_ticket(connection, person, ticket_id)
        copy = paper.copy(found, await proof_of(connection, worker, found))
    zone = ZoneInfo(worker.settings.timezone)
    return page("receipt.html", request, paper=copy, chat=copy.text(zone))


@post("/{ticket_id:str}/note", opt=dict(READER), status_code=200)
async def write_note(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    ticket_id: PathText,
    data: SentNote,
) -> Template:
    """By its owner or an admin."""

    async def verb(connection: Connection) -> Ticket:
        await own_ticket(connection, person, ticket_id)
        return await ticket.note(connection, read_ticket_id(ticket_id), read_note(data.note))

    try:
        await persist(worker.pool, verb)
    except Malformed as refusal:
        return await _again(request, worker, person, ticket_id, refusal, data.note)
    return await _again(request, worker, person, ticket_id)


@post("/{ticket_id:str}/void", opt=dict(READER), status_code=200)
async def void(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    ticket_id: PathText,
) -> Template:
    """By its owner within the window, by an admin until the phase closes."""
    try:
        await void_ticket(worker, person, read_ticket_id(ticket_id))
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return await _again(request, worker, person, ticket_id, refusal)
    return await _again(request, worker, person, ticket_id)


async def _again(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    ticket_id: str,
    refusal: Refusal | None = None,
    note: str | None = None,
) -> Template:
    """The ticket as it stands now: a fragment for htmx, the page for a browser without scripts."""
    async with reading(worker.pool) as connection:
        found = await own_ticket(connection, person, ticket_id)
        phase = await phases.read(connection, found.phase_id)
        won = await _payouts(connection, found)
        proven = await proof_of(connection, worker, found)
    is_fragment = request.headers.get("HX-Request") == "true"
    return page(
        "ticket_whole.html" if is_fragment else "ticket.html",
        request,
        phase=phase,
        status=200 if refusal is None else refusal.status,
        **_shown(person, found, won, proven, refusal, note),
    )


async def _payouts(connection: Connection, found: Ticket) -> dict[int, Payout]:
    """What the ticket's bets were paid, by number."""
    if found.phase_state != "settled":
        return {}
    paid = await payout.paid(connection, found.phase_id, found.collector_id)
    return {one.number: one for one in paid if one.sequence == found.sequence}


def _shown(
    person: SignedIn,
    found: Ticket,
    won: dict[int, Payout],
    proven: Proof | None,
    refusal: Refusal | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    is_admin = person.role == "admin"
    is_owner = found.collector_id == person.id
    field = None if refusal is None else refusal.facts.get("field")
    return {
        "ticket": found,
        "commission_rate": rate(found.commission_rate),
        "won": won,
        "proof": proven,
        "won_total": sum((one.amount for one in won.values()), ZERO),
        "factors": any(bet.factor != 1 for bet in found.bets),
        "may_note": is_admin or is_owner,
        "may_void": found.can_void if is_admin else is_owner and found.window_left_s > 0,
        "note": found.note if note is None else note,
        "note_error": "" if refusal is None or field != "note" else refusal.detail,
        "refusal": None if field == "note" else refusal,
    }


router = Router(
    path="/tickets",
    route_handlers=[show_ticket, show_receipt, write_note, void, *ticket_proof.handlers],
    include_in_schema=False,
)
