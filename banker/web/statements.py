"""Statements: all of a phase, one of them to be read, printed and sent, and a collector's own."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Request, Router, get
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import people, settlement, statement, statements
from banker.books import phase as phases
from banker.database import Connection, reading
from banker.errors import Malformed, NotFound
from banker.web import statement_files, statement_words
from banker.web.access import APPROVER, COLLECTOR, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, Listing, listing, position, sealed
from banker.web.page import page
from banker.web.statement_text import text
from banker.worker import Worker

ROWS_A_PAGE = 100
PHASES_A_PAGE = 30
# The columns by which a list is ordered, and whether the lower comes first when none says.
ORDERS: dict[statements.Sort, bool] = {
    "name": True,
    "tickets": False,
    "stakes": False,
    "commission": False,
    "winnings": False,
    "result": False,
    "balance": False,
}

Sort = Annotated[str, QueryParameter(max_length=20)]
Way = Annotated[str, QueryParameter(max_length=10)]


@get("/phases/{phase_id:str}/statements", opt=dict(MANAGER))
async def list_statements(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    sort: Sort = "result",
    way: Way = "",
    cursor: Cursor = None,
) -> Template:
    """Every collector of a phase with the sums, and all of them together."""
    asked = read_id(phase_id, "phase")
    by = next((one for one in ORDERS if one == sort), None)
    if by is None or way not in ("", "up", "down"):
        raise Malformed("A list is ordered by one of its columns, up or down.", field="sort")
    rising = ORDERS[by] if way == "" else way == "up"
    skipped = position(cursor, 0)
    async with reading(worker.pool) as connection:
        shown = await phases.read(connection, asked)
        current = await phases.current(connection)
        together = await statements.together(connection, asked)
        found = await statements.of_phase(
            connection, asked, ROWS_A_PAGE + 1, by, rising, skipped=skipped
        )
        row = await settlement.read(connection, asked) if shown.state == "settled" else None
    places = [*range(skipped + 1, skipped + len(found) + 1)]
    return page(
        "statements.html",
        request,
        phase=current,
        shown=shown,
        settlement=row,
        together=together,
        listed=listing(found, ROWS_A_PAGE, places),
        first=skipped + 1,
        sort=by,
        rising=rising,
    )


@get("/phases/{phase_id:str}/statements/{person_id:str}", opt=dict(APPROVER))
async def show_statement(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    person_id: PathText,
    cursor: Cursor = None,
) -> Template:
    """One collector's statement, for those who run the phase or keep the cash."""
    of = read_id(person_id, "person")
    query = f"?phase_id={read_id(phase_id, 'phase')}&user_id={of}"
    return await _statement(
        request,
        worker,
        read_id(phase_id, "phase"),
        of,
        cursor,
        files={form: f"/exports/statement.{form}{query}" for form in ("csv", "xlsx")},
        back=f"/phases/{phase_id}/statements" if person.role != "cashier" else f"/statements/{of}",
        opens_tickets=person.role != "cashier",
    )


@get("/statements/{person_id:str}", opt=dict(APPROVER))
async def list_phases_of(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    person_id: PathText,
    cursor: Cursor = None,
) -> Template:
    """The phases of one collector, for those who run phases or keep the cash."""
    of = read_id(person_id, "person")
    async with reading(worker.pool) as connection:
        who = await people.read(connection, of)
        if who.role != "collector":
            raise NotFound(what="collector")
        found = await _phases_of(connection, of, cursor)
        current = await phases.current(connection)
    return page(
        "statements_of.html",
        request,
        phase=current,
        who=who.username,
        found=found,
        here=f"/statements/{of}",
        place=f"/phases/%s/statements/{of}",
    )


@get("/collect/statements", opt=dict(COLLECTOR))
async def list_own(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker, cursor: Cursor = None
) -> Template:
    """A collector's phases, the newest first."""
    async with reading(worker.pool) as connection:
        found = await _phases_of(connection, person.id, cursor)
        current = await phases.current(connection)
    return page(
        "statements_of.html",
        request,
        phase=current,
        who=None,
        found=found,
        here="/collect/statements",
        place="/collect/statements/%s",
    )


@get("/collect/statements/{phase_id:str}", opt=dict(COLLECTOR))
async def show_own(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    cursor: Cursor = None,
) -> Template:
    """A collector's own statement."""
    asked = read_id(phase_id, "phase")
    return await _statement(
        request,
        worker,
        asked,
        person.id,
        cursor,
        files={form: f"/collect/statements/{asked}/statement.{form}" for form in ("csv", "xlsx")},
        back="/collect/statements",
        opens_tickets=True,
    )


async def _statement(
    request: Request[Any, Any, Any],
    worker: Worker,
    phase_id: int,
    collector_id: int,
    cursor: str | None,
    **told: Any,
) -> Template:
    async with reading(worker.pool) as connection:
        found = await statement.read(connection, phase_id, collector_id, position(cursor, 0))
        current = await phases.current(connection)
    settings = worker.settings
    return page(
        "statement.html",
        request,
        phase=current,
        statement=found,
        purses=[name for name in ("bonus", "credit") if _moves(found, name)],
        moved=statement_words.MOVED,
        rates=statement_words.rates(found),
        outcome=statement_words.outcome(found),
        owed=statement_words.owed(found),
        chat=text(found, ZoneInfo(settings.timezone), settings.currency),
        more=None if found.more is None else sealed(found.more),
        is_first=cursor is None,
        **told,
    )


def _moves(found: statement.Statement, purse: str) -> bool:
    return any(getattr(one, purse) for one in found.movements)


async def _phases_of(
    connection: Connection, collector_id: int, cursor: str | None
) -> Listing[statements.OfPhase]:
    found = await statements.of_collector(
        connection, collector_id, PHASES_A_PAGE + 1, position(cursor, statements.NEWEST)
    )
    return listing(found, PHASES_A_PAGE, [one.phase_id for one in found])


router = Router(
    path="/",
    route_handlers=[
        list_statements,
        show_statement,
        list_phases_of,
        list_own,
        show_own,
        *statement_files.handlers(),
    ],
    include_in_schema=False,
)
