"""The partner's pages: what the collectors they brought in have earned them, in shared figures."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, Router, get
from litestar.response import Template

from banker.books import earning_history, ledger, phase
from banker.database import Connection, reading, transaction
from banker.web import bars, partner_statements
from banker.web.access import PARTNER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, listing, position
from banker.web.bars import Column, Picture
from banker.web.earning_words import Line, lines_of, plainly
from banker.web.page import page
from banker.web.partner_statements import Statement
from banker.worker import Worker

PHASES_A_PAGE = 30
PHASES_DRAWN = 24
MONTHS_LISTED = 12
PICTURE_HEIGHT = 120
HOME = "/partner"


@get("/", opt=dict(PARTNER))
async def show_partner(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    cursor: Cursor = None,
) -> Template:
    """One's own earnings."""
    return await partner_page(request, worker, person.id, cursor, HOME, is_own=True)


@get("/phases/{phase_id:str}", opt=dict(PARTNER))
async def show_phase_statement(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """One's own statement of a phase."""
    return await statement_page(request, worker, person.id, f"phases/{phase_id}", HOME, is_own=True)


@get("/months/{month:str}", opt=dict(PARTNER))
async def show_month_statement(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    month: PathText,
) -> Template:
    """One's own statement of a month."""
    return await statement_page(request, worker, person.id, f"months/{month}", HOME, is_own=True)


@get("/phases/{phase_id:str}/{form:str}", opt=dict(PARTNER))
async def take_phase_statement(
    worker: AtWorker, person: Asker, phase_id: PathText, form: PathText
) -> Response[bytes]:
    """One's own statement of a phase as a file."""
    return await statement_file(worker, person.id, f"phases/{phase_id}", form, is_own=True)


@get("/months/{month:str}/{form:str}", opt=dict(PARTNER))
async def take_month_statement(
    worker: AtWorker, person: Asker, month: PathText, form: PathText
) -> Response[bytes]:
    """One's own statement of a month as a file."""
    return await statement_file(worker, person.id, f"months/{month}", form, is_own=True)


async def partner_page(
    request: Request[Any, Any, Any],
    worker: Worker,
    partner_id: int,
    cursor: str | None,
    home: str,
    is_own: bool,
) -> Template:
    """A partner's earnings by phase under the address `home`; real figures stand beside the shared
    ones where it is not the partner's own."""
    zone = ZoneInfo(worker.settings.timezone)
    before = None if cursor is None else position(cursor, 0)
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        partner = await earning_history.totals(connection, partner_id)
        balances = await ledger.balances(connection, [partner_id])
        found = await earning_history.newest(connection, partner_id, PHASES_A_PAGE + 1, before)
        drawn = await earning_history.newest(connection, partner_id, PHASES_DRAWN)
        months = await earning_history.months(connection, partner_id, MONTHS_LISTED)
    shown = lines_of(found, zone, not is_own)
    return page(
        "partner.html",
        request,
        phase=current,
        partner=partner,
        is_own=is_own,
        home=home,
        plainly=plainly(partner, is_own),
        cash=balances[partner_id].cash_balance,
        lines=listing(shown, PHASES_A_PAGE, [one.phase_id for one in shown]),
        picture=_picture(lines_of(drawn, zone, with_real=False)),
        months=months,
    )


async def statement_page(
    request: Request[Any, Any, Any],
    worker: Worker,
    partner_id: int,
    period: str,
    home: str,
    is_own: bool,
) -> Template:
    """A statement of `phases/12` or `months/2026-11`, on the screen and for paper."""
    zone = ZoneInfo(worker.settings.timezone)
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        statement = await _statement(connection, partner_id, period, zone, is_own)
    return page(
        "partner_statement.html",
        request,
        phase=current,
        statement=statement,
        home=home,
        chat=statement.text(zone, worker.settings.currency),
    )


async def statement_file(
    worker: Worker, partner_id: int, period: str, form: str, is_own: bool
) -> Response[bytes]:
    """A statement as a file, noted in the trail."""
    zone = ZoneInfo(worker.settings.timezone)
    async with reading(worker.pool) as connection:
        statement = await _statement(connection, partner_id, period, zone, is_own)
    table, media_type = statement.table(form)
    async with transaction(worker.pool) as connection:
        await earning_history.note_statement(connection, partner_id, period, form)
    name = f"earnings-{period.replace('/', '-')}.{form}"
    return Response(
        table,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _statement(
    connection: Connection, partner_id: int, period: str, zone: ZoneInfo, is_own: bool
) -> Statement:
    kind, _, which = period.partition("/")
    if kind == "months":
        return await partner_statements.of_month(connection, partner_id, which, zone, is_own)
    phase_id = read_id(which, "phase")
    return await partner_statements.of_phase(connection, partner_id, phase_id, zone, is_own)


def _picture(lines: list[Line]) -> Picture | None:
    columns = [Column(one.phase, one.earned) for one in reversed(lines)]
    return bars.picture(columns, PICTURE_HEIGHT) if columns else None


router = Router(
    path=HOME,
    route_handlers=[
        show_partner,
        show_phase_statement,
        show_month_statement,
        take_phase_statement,
        take_month_statement,
    ],
    include_in_schema=False,
)
