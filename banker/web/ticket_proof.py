"""The page on which a ticket is proven to be inside the seal of its phase."""

import msgspec
from litestar import Request, get
from litestar.response import Template

from banker.books import proof
from banker.books.proof import Proof
from banker.books.ticket import Ticket
from banker.database import Connection, reading
from banker.errors import WrongState
from banker.web.access import TICKET_READER, Asker, AtWorker, PathText
from banker.web.api.fields import read_ticket_id
from banker.web.api.slips import own_ticket
from banker.web.page import page
from banker.worker import Worker


@get("/{ticket_id:str}/proof", opt=dict(TICKET_READER))
async def show_proof(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    ticket_id: PathText,
) -> Template:
    """All of the proof, to print, or to copy and check elsewhere."""
    async with reading(worker.pool) as connection:
        found = await own_ticket(connection, person, ticket_id)
        proven = await proof.prove(connection, worker.trunks, read_ticket_id(ticket_id))
    return page(
        "proof.html",
        request,
        ticket=found,
        proof=proven,
        text=msgspec.json.format(msgspec.json.encode(proven)).decode(),
    )


async def proof_of(connection: Connection, worker: Worker, found: Ticket) -> Proof | None:
    """The proof of a ticket; None where its phase was not closed."""
    if found.phase_state in ("draft", "open"):
        return None
    try:
        return await proof.prove(connection, worker.trunks, read_ticket_id(found.id))
    except WrongState:
        return None


handlers = (show_proof,)
