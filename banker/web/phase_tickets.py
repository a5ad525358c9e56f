"""The tickets of a phase as those who run it look through them."""

from typing import Annotated

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from banker.books import directory, phase, ticket
from banker.books.ticket import Ticket
from banker.database import Connection, reading
from banker.errors import Malformed, NotFound
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, Listing, listing, position
from banker.web.page import page
from banker.web.toast import go_to

TICKETS_A_PAGE = 40
LARGEST_SEQUENCE = 2**31 - 1
NOBODY = 0

Collector = Annotated[str, QueryParameter(max_length=60)]


class Tickets(msgspec.Struct, frozen=True):
    """A page of tickets; `collector` is the name they were asked for by, empty for all."""

    listing: Listing[Ticket]
    collector: str


async def tickets_of(
    connection: Connection, phase_id: int, collector: str, cursor: str | None = None
) -> Tickets:
    """Tickets of a phase, the newest first, of all or of one collector; none where nobody has the
    name."""
    name = collector.strip().replace("\0", "")
    collector_id = None
    if name:
        collector_id = await directory.number_of(connection, name) or NOBODY
    found = await ticket.newest(
        connection,
        phase_id,
        TICKETS_A_PAGE + 1,
        collector_id=collector_id,
        before=position(cursor, ticket.NEWEST),
    )
    return Tickets(listing(found, TICKETS_A_PAGE, [one.sequence for one in found]), name)


@get("/{phase_id:str}/tickets", opt=dict(MANAGER))
async def list_tickets(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    collector: Collector = "",
    cursor: Cursor = None,
) -> Template:
    """More tickets of a phase, or those of one collector, for htmx."""
    asked = read_id(phase_id, "phase")
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, asked)
        tickets = await tickets_of(connection, asked, collector, cursor)
    template = "phase_ticket_rows.html" if cursor else "phase_tickets.html"
    return page(template, request, shown=shown, tickets=tickets)


@get("/{phase_id:str}/ticket", opt=dict(MANAGER))
async def find_ticket(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    sequence: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Response:  # type: ignore[type-arg]
    """The ticket with a short number."""
    asked = read_id(phase_id, "phase")
    typed = sequence.strip().removeprefix("#")
    if not typed.isascii() or not typed.isdigit() or int(typed) > LARGEST_SEQUENCE:
        raise Malformed("The short number of a ticket is a whole number.", field="sequence")
    async with reading(worker.pool) as connection:
        try:
            found = await ticket.find(connection, asked, int(typed))
        except NotFound:
            raise NotFound(f"This phase has no ticket #{typed}.", what="ticket") from None
    if request.headers.get("HX-Request") == "true":
        return go_to(f"/tickets/{found}")
    return Redirect(f"/tickets/{found}", status_code=303)


handlers = (list_tickets, find_ticket)
