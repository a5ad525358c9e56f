"""A collector's slips of a phase, page by page, and the way to one by its short number."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from banker.books import phase as phases
from banker.books import ticket
from banker.books.collected import collected
from banker.books.phase import Phase
from banker.books.session import SignedIn
from banker.database import Connection, reading
from banker.errors import NotFound
from banker.web.access import COLLECTOR, Asker, AtWorker
from banker.web.collector import chosen_phase
from banker.web.page import page

PAGE_LENGTH = 50
PHASES_TO_PICK = 30
LARGEST_SEQUENCE = 2**31 - 1


@get("/tickets", opt=dict(COLLECTOR))
async def list_tickets(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: Annotated[str | None, QueryParameter(name="phase", max_length=12)] = None,
    before: Annotated[str | None, QueryParameter(max_length=12)] = None,
    find: Annotated[str | None, QueryParameter(max_length=40)] = None,
) -> Template | Redirect:
    """The newest first; `find` goes straight to the ticket with that short number."""
    sought = (find or "").strip()
    async with reading(worker.pool) as connection:
        phase = await chosen_phase(connection, request, phase_id)
        current = await phases.current(connection)
        picked = await phases.newest(connection, PHASES_TO_PICK)
        if phase is None:
            return page("collect_tickets.html", request, **_EMPTY)
        if sought:
            found = await _find(connection, phase, person, sought)
            if found is not None:
                return Redirect(f"/tickets/{found}", status_code=303)
        first = _sequence(before) or LARGEST_SEQUENCE
        listed = await ticket.newest(
            connection, phase.id, PAGE_LENGTH + 1, collector_id=person.id, before=first
        )
        sums = await collected(connection, phase.id, person.id)
    shown = listed[:PAGE_LENGTH]
    return page(
        "collect_tickets.html",
        request,
        phase=phase,
        current=current,
        status=404 if sought else 200,
        phases=picked,
        tickets=shown,
        sums=sums,
        is_first=before is None,
        older=shown[-1].sequence if len(listed) > PAGE_LENGTH else None,
        sought=sought,
    )


_EMPTY: dict[str, Any] = {
    "phases": [],
    "tickets": [],
    "sums": None,
    "is_first": True,
    "older": None,
    "sought": "",
}


async def _find(connection: Connection, phase: Phase, person: SignedIn, sought: str) -> str | None:
    sequence = _sequence(sought.removeprefix("#"))
    if sequence is None:
        return None
    try:
        return str(await ticket.find(connection, phase.id, sequence, person.id))
    except NotFound:
        return None


def _sequence(text: str | None) -> int | None:
    """A short number; None for anything that is none."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return min(int(text), LARGEST_SEQUENCE)
