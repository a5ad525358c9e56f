"""Statements: what a phase was to each collector."""

from collections.abc import Mapping
from typing import Any

from litestar import get

from banker.books import phase, statement, statements
from banker.database import reading
from banker.errors import NotFound
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.api.statement_views import StatementView, SummedView, of_statement, of_summed

TAGS = ["statements"]
READERS: Mapping[str, Any] = {"roles": ("admin", "manager", "cashier", "collector")}


@get(
    "/phases/{phase_id:str}/statements",
    opt=dict(MANAGER),
    tags=TAGS,
    summary="The statements of a phase",
)
async def list_statements(
    worker: AtWorker, person: Asker, phase_id: PathText, limit: Limit = 50, cursor: Cursor = None
) -> Listing[SummedView]:
    """A row for each collector with a slip in the phase, in the order of their ids."""
    asked = read_id(phase_id, "phase")
    async with reading(worker.pool) as connection:
        await phase.read(connection, asked)
        found = await statements.of_phase(connection, asked, limit + 1, after=position(cursor, 0))
    shown = [of_summed(one) for one in found]
    return listing(shown, limit, [one.collector_id for one in found])


@get(
    "/phases/{phase_id:str}/statements/{user_id:str}",
    opt=dict(READERS),
    tags=TAGS,
    summary="A statement",
)
async def show_statement(
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    user_id: PathText,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> StatementView:
    """One collector's, with a page of the slips; one's own, or anybody's for the house; 404 for
    somebody without a slip in the phase, and for another collector."""
    of = read_id(user_id, "person")
    if person.role == "collector" and person.id != of:
        raise NotFound(what="statement; this person has no slip in the phase")
    async with reading(worker.pool) as connection:
        found = await statement.read(
            connection, read_id(phase_id, "phase"), of, position(cursor, 0), limit
        )
    return of_statement(found)


handlers = (list_statements, show_statement)
