"""The proof that a ticket is inside the seal of its phase."""

from litestar import get

from banker.books import proof
from banker.books.proof import Proof
from banker.database import reading
from banker.web.access import TICKET_READER, Asker, AtWorker, PathText
from banker.web.api.fields import read_ticket_id
from banker.web.api.slips import TAGS, own_ticket


@get(
    "/tickets/{ticket_id:str}/proof",
    opt=dict(TICKET_READER),
    tags=TAGS,
    summary="Prove a ticket",
)
async def prove_ticket(worker: AtWorker, person: Asker, ticket_id: PathText) -> Proof:
    """All that it takes to check, without trust in the house, that a ticket was there when its
    phase was closed; 409 before that, and 404 for another collector's."""
    async with reading(worker.pool) as connection:
        await own_ticket(connection, person, ticket_id)
        return await proof.prove(connection, worker.trunks, read_ticket_id(ticket_id))


handlers = (prove_ticket,)
