"""The cashier's drawer: opened and closed with a count, and looked back on."""

from decimal import Decimal
from typing import Annotated

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import phase
from banker.books.cash import history, shift
from banker.books.cash.shift import Shift
from banker.books.request import Answer
from banker.books.session import SignedIn
from banker.database import reading
from banker.errors import KeyMissing, KeyReused, NotFound, Refusal
from banker.web import entered
from banker.web.access import CASHIER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, listing, position
from banker.web.cash_forms import LONGEST_REASON, fresh_key, total
from banker.web.counting import Desk
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import go_to
from banker.worker import Worker

SHIFTS_A_PAGE = 50
MOST_TRANSFERS = 1000
NEWEST = 2**31 - 1


class DrawerTyped(msgspec.Struct, frozen=True):
    """What was counted in a drawer; a note belongs to the end of a shift."""

    counted: str = ""
    note: str = ""
    key: str = ""


SentDrawer = Annotated[DrawerTyped, Body(media_type=RequestEncodingType.URL_ENCODED)]


class Drawer(msgspec.Struct, frozen=True):
    """A shift, with all that went into its drawer and all that went out of it."""

    shift: Shift
    inward: Decimal
    outward: Decimal

    @property
    def verdict(self) -> str:
        """What the count says: `open`, `agrees`, `short` or `over`."""
        difference = self.shift.difference
        if difference is None:
            return "open"
        return "agrees" if difference == 0 else "short" if difference < 0 else "over"


def drawer(one: Shift | None) -> Drawer | None:
    """A shift as the pages show it."""
    if one is None:
        return None
    return Drawer(
        shift=one,
        inward=one.deposits + one.repayments + one.reversed_in,
        outward=one.withdrawals + one.advances + one.reversed_out,
    )


@get("/shifts", opt=dict(CASHIER))
async def list_shifts(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    cursor: Cursor = None,
) -> Template:
    """The newest first; one's own, or everybody's for an admin."""
    whose = None if person.role == "admin" else person.id
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        before = position(cursor, NEWEST)
        found = await shift.newest(connection, SHIFTS_A_PAGE + 1, before, whose)
    drawers = [drawer(one) for one in found]
    return page(
        "shifts.html",
        request,
        phase=current,
        shifts=listing(drawers, SHIFTS_A_PAGE, [int(one.id) for one in found]),
        everybody=whose is None,
    )


@get("/shifts/{shift_id:str}", opt=dict(CASHIER))
async def show_shift(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    shift_id: PathText,
) -> Template:
    """One shift and all that went through its drawer, for paper."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        shown = await shift.read(connection, read_id(shift_id, "shift"))
        if person.role != "admin" and shown.cashier_id != str(person.id):
            raise NotFound(what="shift")
        transfers = await history.newest(connection, MOST_TRANSFERS, shift_id=int(shown.id))
    return page("shift.html", request, phase=current, drawer=drawer(shown), transfers=transfers)


@get("/shifts/{verb:str}/form", opt=dict(CASHIER))
async def show_form(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    verb: PathText,
) -> Template:
    """The form that opens or closes a shift, for the dialog."""
    if verb not in ("opening", "closing"):
        raise NotFound(what="form")
    return await _form(request, worker, person, verb, DrawerTyped(key=fresh_key()))


@post("/shifts/opening", opt=dict(CASHIER), status_code=200)
async def open_shift(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentDrawer,
) -> Response:  # type: ignore[type-arg]
    """A drawer with what was counted into it; the page is shown anew."""
    try:
        desk = Desk(worker, person, data.key)
        await desk.open_shift(total(data.counted, "counted"))
    except Refusal as refusal:
        return await _form(request, worker, person, "opening", data, refusal)
    return Response(None, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})


@post("/shifts/closing", opt=dict(CASHIER), status_code=200)
async def close_shift(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentDrawer,
) -> Response:  # type: ignore[type-arg]
    """The report of the shift, with the difference."""
    try:
        desk = Desk(worker, person, data.key)
        note = None
        if data.note.strip():
            note = entered.text(data.note, "note", LONGEST_REASON)
        answer = await desk.close_shift(total(data.counted, "counted"), note)
    except Refusal as refusal:
        return await _form(request, worker, person, "closing", data, refusal)
    return go_to(f"/cash/shifts/{_closed(answer).id}")


def _closed(answer: Answer) -> Shift:
    return msgspec.json.decode(answer.body, type=Shift)


async def _form(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    verb: str,
    typed: DrawerTyped,
    refusal: Refusal | None = None,
) -> Template:
    async with reading(worker.pool) as connection:
        current = await shift.current(connection, person.id)
    if isinstance(refusal, KeyReused | KeyMissing):
        typed = msgspec.structs.replace(typed, key=fresh_key())
    return page(
        "shift_form.html",
        request,
        status=200 if refusal is None else refusal.status,
        verb=verb,
        drawer=drawer(current),
        typed=typed,
        errors={} if refusal is None else errors_of(refusal),
    )


handlers = (list_shifts, show_shift, show_form, open_shift, close_shift)
