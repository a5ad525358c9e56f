"""Partners for those who run the house: what each has earned, real and shared figures together."""

from litestar import Request, Response, Router, get
from litestar.response import Template

from banker.books import earning_history, phase
from banker.database import reading
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, listing, position
from banker.web.page import page
from banker.web.partner import partner_page, statement_file, statement_page

PARTNERS_A_PAGE = 100


@get("/", opt=dict(MANAGER))
async def list_partners(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    cursor: Cursor = None,
) -> Template:
    """In the order they came, with what they have earned and what waits."""
    after = position(cursor, 0)
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await earning_history.partners(connection, PARTNERS_A_PAGE + 1, after)
    partners = listing(found, PARTNERS_A_PAGE, [one.partner_id for one in found])
    return page(
        "partners.html",
        request,
        phase=current,
        partners=partners,
        can_pay=person.role == "admin",
    )


@get("/{partner_id:str}", opt=dict(MANAGER))
async def show_partner(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    partner_id: PathText,
    cursor: Cursor = None,
) -> Template:
    """One partner, phase by phase."""
    shown = read_id(partner_id, "partner")
    return await partner_page(request, worker, shown, cursor, _home(shown), is_own=False)


@get("/{partner_id:str}/phases/{phase_id:str}", opt=dict(MANAGER))
async def show_phase_statement(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    partner_id: PathText,
    phase_id: PathText,
) -> Template:
    """A partner's statement of a phase."""
    shown = read_id(partner_id, "partner")
    period = f"phases/{phase_id}"
    return await statement_page(request, worker, shown, period, _home(shown), is_own=False)


@get("/{partner_id:str}/months/{month:str}", opt=dict(MANAGER))
async def show_month_statement(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    partner_id: PathText,
    month: PathText,
) -> Template:
    """A partner's statement of a month."""
    shown = read_id(partner_id, "partner")
    period = f"months/{month}"
    return await statement_page(request, worker, shown, period, _home(shown), is_own=False)


@get("/{partner_id:str}/phases/{phase_id:str}/{form:str}", opt=dict(MANAGER))
async def take_phase_statement(
    worker: AtWorker, person: Asker, partner_id: PathText, phase_id: PathText, form: PathText
) -> Response[bytes]:
    """A partner's statement of a phase as a file."""
    taken = read_id(partner_id, "partner")
    return await statement_file(worker, taken, f"phases/{phase_id}", form, is_own=False)


@get("/{partner_id:str}/months/{month:str}/{form:str}", opt=dict(MANAGER))
async def take_month_statement(
    worker: AtWorker, person: Asker, partner_id: PathText, month: PathText, form: PathText
) -> Response[bytes]:
    """A partner's statement of a month as a file."""
    taken = read_id(partner_id, "partner")
    return await statement_file(worker, taken, f"months/{month}", form, is_own=False)


def _home(partner_id: int) -> str:
    return f"/partners/{partner_id}"


router = Router(
    path="/partners",
    route_handlers=[
        list_partners,
        show_partner,
        show_phase_statement,
        show_month_statement,
        take_phase_statement,
        take_month_statement,
    ],
    include_in_schema=False,
)
