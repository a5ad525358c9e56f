"""The page from which tables leave the house."""

from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, Router, get
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from banker.books import directory, phase
from banker.books.export import What
from banker.books.people import HOLDERS
from banker.books.session import SignedIn
from banker.database import Connection, reading
from banker.errors import Malformed, Refusal
from banker.web import entered
from banker.web.access import Asker, AtWorker
from banker.web.api import exports as api
from banker.web.api.exports import FORMS, WHO
from banker.web.entered import errors_of
from banker.web.page import page
from banker.worker import Worker

EXPORTER = {"roles": ("admin", "manager", "cashier")}
PHASES_TO_PICK = 200

WORDS: dict[What, str] = {
    "entries": "Entries: what each transfer did to each account",
    "transfers": "Transfers: money moved, why and by whom",
    "tickets": "Tickets: slips with their bets",
    "settlement": "Settlement: what each phase took, paid and left",
    "statements": "Statements: what each phase was to each collector",
    "statement": "Statement: the slips of one collector in one phase",
}

Typed = Annotated[str, QueryParameter(max_length=60)]


class ExportEntered(msgspec.Struct, frozen=True):
    """What is to be exported, as it is typed; times are in the house's zone."""

    what: str = ""
    form: str = "csv"
    phase: str = ""
    name: str = ""
    since: str = ""
    until: str = ""


@get("/", opt=dict(EXPORTER))
async def show_exports(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker
) -> Template:
    """An empty form."""
    return await _form(request, worker, person, ExportEntered())


@get("/file", opt=dict(EXPORTER))
async def choose_file(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    what: Typed = "",
    form: Typed = "",
    phase_id: Typed = "",
    name: Typed = "",
    since: Typed = "",
    until: Typed = "",
) -> Response[Any]:
    """To the file that the form asks for, or back to the form with what went against it."""
    typed = ExportEntered(what, form, phase_id, name, since, until)
    try:
        async with reading(worker.pool) as connection:
            return Redirect(await _address(connection, worker, typed), status_code=303)
    except Refusal as refusal:
        return await _form(request, worker, person, typed, refusal)


async def _address(connection: Connection, worker: Worker, typed: ExportEntered) -> str:
    """Where the file is. Raises `Malformed`, and `NotFound` for a phase that there is not."""
    what = next((one for one in WHO if one == typed.what), None)
    if what is None or typed.form not in FORMS:
        raise Malformed("Choose a table, and CSV or Excel.", field="what")
    zone = ZoneInfo(worker.settings.timezone)
    phase_id = typed.phase or None
    user_id = await _number(connection, typed.name)
    since, until = _moment(typed.since, "since", zone), _moment(typed.until, "until", zone)
    chosen = api.read_chosen(what, phase_id, user_id, since, until)
    if chosen.phase_id is not None:
        await phase.read(connection, chosen.phase_id)
    asked = {"phase_id": phase_id, "user_id": user_id, "since": since, "until": until}
    given = urlencode({field: value for field, value in asked.items() if value is not None})
    return f"/exports/{what}.{typed.form}" + (f"?{given}" if given else "")


async def _number(connection: Connection, name: str) -> str | None:
    if not name.strip():
        return None
    number = await directory.number_of(connection, name.strip().replace("\0", ""))
    if number is None:
        raise Malformed("Nobody has this name.", field="user_id")
    return str(number)


def _moment(typed: str, field: str, zone: ZoneInfo) -> str | None:
    moment = entered.moment(typed, field, zone)
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def _form(
    request: Request[Any, Any, Any],
    worker: Worker,
    person: SignedIn,
    typed: ExportEntered,
    refusal: Refusal | None = None,
) -> Template:
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        to_pick = await phase.newest(connection, PHASES_TO_PICK)
        names = await directory.names(connection, HOLDERS)
    return page(
        "exports.html",
        request,
        phase=current,
        status=200 if refusal is None else refusal.status,
        tables=[(what, WORDS[what]) for what in WHO if person.role in WHO[what]["roles"]],
        phases=[("", "every phase"), *((str(one.id), one.name) for one in to_pick)],
        names=[name for _, name in names],
        typed=typed,
        errors={} if refusal is None else errors_of(refusal),
    )


router = Router(
    path="/",
    route_handlers=[
        Router(path="/exports", route_handlers=[show_exports, choose_file]),
        *api.handlers(),
    ],
    include_in_schema=False,
)
