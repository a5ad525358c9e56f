"""Slips and tickets: reading a text, placing it, finding it again, voiding it."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.params import HeaderParameter, JSONBody

from banker.books import phase, ticket
from banker.books.receipt import BetTaken, Receipt
from banker.books.session import SignedIn
from banker.database import Connection, persist, reading
from banker.errors import NotFound
from banker.rules import notation
from banker.rules.number import label
from banker.web.access import (
    COLLECTOR,
    READER,
    TICKET_READER,
    Asker,
    AtWorker,
    PathText,
    provide_person,
)
from banker.web.api.express import express
from banker.web.api.fields import read_id, read_ticket_id
from banker.web.api.forms import NoteForm, SlipForm, TextForm
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.api.views import TicketView, of_ticket
from banker.web.counter import place_text, read_note, void_ticket
from banker.worker import Worker

TAGS = ["slips"]
Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="1 to 255 visible characters; required"),
]


class LineView(msgspec.Struct, frozen=True):
    """How one line was read."""

    line: int
    text: str
    count: int
    amount: Decimal


class ProblemView(msgspec.Struct, frozen=True):
    """What cannot be read, where it stands (column from 1, in code points), and how to mend it."""

    line: int
    column: int
    text: str
    problem: str
    detail: str


class ReadingView(msgspec.Struct, frozen=True):
    """A slip as it was read; nothing is stored."""

    bets: list[BetTaken]
    count: int
    total: Decimal
    lines: list[LineView]
    errors: list[ProblemView]


@post("/parse", opt=dict(READER), tags=TAGS, status_code=200, summary="Read a slip")
async def parse_slip(worker: AtWorker, person: Asker, data: JSONBody[TextForm]) -> ReadingView:
    """How a slip is read, with every problem in its place."""
    slip = notation.parse(data.text)
    return ReadingView(
        bets=[BetTaken(label(bet.number), bet.amount) for bet in slip.bets],
        count=slip.count,
        total=slip.total,
        lines=[LineView(one.line, one.text, one.count, one.amount) for one in slip.lines],
        errors=[
            ProblemView(one.line, one.column, one.text, one.problem, one.detail)
            for one in slip.problems
        ],
    )


@post(
    "/phases/{phase_id:str}/tickets",
    opt=dict(COLLECTOR),
    tags=TAGS,
    status_code=201,
    summary="Place a slip",
    middleware=[express],
)
async def place_slip(
    request: Request[Any, Any, Any], phase_id: PathText, data: JSONBody[SlipForm], key: Key = None
) -> Response[Receipt]:
    """All of it or none, once for its Idempotency-Key, however often it is sent."""
    # Not asked for by name: the framework starts a group of tasks to fill two names in.
    worker: Worker = request.app.state.worker
    person = provide_person(request.scope)
    answer = await place_text(worker, person, read_id(phase_id, "phase"), data.text, data.note, key)
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return Response(
        answer.body,  # type: ignore[arg-type]
        status_code=answer.status,
        headers=headers,
        media_type="application/json",
    )


@get("/phases/{phase_id:str}/tickets", opt=dict(TICKET_READER), tags=TAGS, summary="List tickets")
async def list_tickets(
    worker: AtWorker, person: Asker, phase_id: PathText, limit: Limit = 50, cursor: Cursor = None
) -> Listing[TicketView]:
    """The newest first; a collector's own, or everybody's."""
    asked = read_id(phase_id, "phase")
    async with reading(worker.pool) as connection:
        await phase.read(connection, asked)
        found = await ticket.newest(
            connection,
            asked,
            limit + 1,
            collector_id=person.id if person.role == "collector" else None,
            before=position(cursor, ticket.NEWEST),
        )
    shown = [of_ticket(one, whole=False) for one in found]
    return listing(shown, limit, [one.sequence for one in found])


@get("/tickets/{ticket_id:str}", opt=dict(TICKET_READER), tags=TAGS, summary="A ticket")
async def show_ticket(worker: AtWorker, person: Asker, ticket_id: PathText) -> TicketView:
    """One ticket; another collector's is 404."""
    async with reading(worker.pool) as connection:
        return of_ticket(await own_ticket(connection, person, ticket_id))


@put("/tickets/{ticket_id:str}/note", opt=dict(READER), tags=TAGS, summary="Note on a ticket")
async def set_note(
    worker: AtWorker, person: Asker, ticket_id: PathText, data: JSONBody[NoteForm]
) -> TicketView:
    """By its owner or an admin; null takes the note off."""
    note = read_note(data.note or "")

    async def verb(connection: Connection) -> ticket.Ticket:
        await own_ticket(connection, person, ticket_id)
        return await ticket.note(connection, read_ticket_id(ticket_id), note)

    return of_ticket(await persist(worker.pool, verb))


@post(
    "/tickets/{ticket_id:str}/void",
    opt=dict(READER),
    tags=TAGS,
    status_code=200,
    summary="Void a ticket",
)
async def void(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker, ticket_id: PathText
) -> TicketView:
    """Its stakes go back to the purses they came from."""
    return of_ticket(await void_ticket(worker, person, read_ticket_id(ticket_id)))


async def own_ticket(connection: Connection, person: SignedIn, ticket_id: str) -> ticket.Ticket:
    """A ticket that the person may see. Raises `NotFound` for another collector's."""
    found = await ticket.read(connection, read_ticket_id(ticket_id))
    if person.role == "collector" and found.collector_id != person.id:
        raise NotFound(what="ticket")
    return found


handlers = (parse_slip, place_slip, list_tickets, show_ticket, set_note, void)
