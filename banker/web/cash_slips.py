"""The slip of a transfer of the desk, for paper, and the way back from it."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Template

from banker.books import earning_history, phase
from banker.books.cash import history
from banker.books.session import SignedIn
from banker.database import reading
from banker.errors import InsufficientFunds, KeyMissing, KeyReused, NotFound, Refusal
from banker.rules.money import money
from banker.web import entered
from banker.web.access import CASHIER, Asker, AtWorker, PathText
from banker.web.api.fields import read_transfer_id
from banker.web.cash_forms import LONGEST_REASON, SENT_BEFORE, fresh_key
from banker.web.cash_moves import Done
from banker.web.counting import Desk
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import go_to

Again = Annotated[str, QueryParameter(max_length=5)]


class UndoTyped(msgspec.Struct, frozen=True):
    """How much of a transfer is to be undone, and why; `force` is empty or `on`."""

    amount: str = ""
    reason: str = ""
    force: str = ""
    key: str = ""


SentUndo = Annotated[UndoTyped, Body(media_type=RequestEncodingType.URL_ENCODED)]


class Gone(msgspec.Struct, frozen=True):
    """Money that was to be taken back and is not there: what the person still has of it, and the
    debt that forcing would leave."""

    available: Decimal
    debt: Decimal


@get("/slips/{transfer_id:str}", opt=dict(CASHIER))
async def show_slip(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    transfer_id: PathText,
    again: Again = "",
) -> Template:
    """The slip of one movement, for paper."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        transfer = await history.read(connection, read_transfer_id(transfer_id))
        paid = await earning_history.paid_by(connection, transfer.id)
    return page(
        "cash_slip.html",
        request,
        phase=current,
        transfer=transfer,
        paid=paid,
        again=bool(again),
        **_undoing(person, UndoTyped(money(transfer.left), key=fresh_key())),
    )


@post("/slips/{transfer_id:str}/undo", opt=dict(CASHIER), status_code=200)
async def undo(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    transfer_id: PathText,
    data: SentUndo,
) -> Response:  # type: ignore[type-arg]
    """The slip of the reversal; or at the form that it waits, or what went against it."""
    undone_id = read_transfer_id(transfer_id)
    try:
        desk = Desk(worker, person, data.key)
        amount = entered.movement(data.amount, "amount")
        reason = entered.text(data.reason, "reason", LONGEST_REASON)
        answer = await desk.reverse(undone_id, amount, reason, data.force == "on")
    except NotFound:
        raise
    except Refusal as refusal:
        spent = isinstance(refusal, KeyReused | KeyMissing)
        typed = msgspec.structs.replace(data, key=fresh_key()) if spent else data
        told = _undoing(person, typed, refusal)
    else:
        done = msgspec.json.decode(answer.body, type=Done)
        if done.transfer_id is not None:
            again = "?again=1" if answer.replayed else ""
            return go_to(f"/cash/slips/{done.transfer_id}{again}")
        told = _undoing(person, data, waiting=done.approval_id)
    async with reading(worker.pool) as connection:
        transfer = await history.read(connection, undone_id)
    status = told.pop("status")
    return page("cash_undo.html", request, status=status, transfer=transfer, **told)


def _undoing(
    person: SignedIn,
    typed: UndoTyped,
    refusal: Refusal | None = None,
    waiting: str | None = None,
) -> dict[str, Any]:
    """The form for a template. Only an admin, and only after the refusal, may force a debt."""
    gone = _gone(refusal) if isinstance(refusal, InsufficientFunds) else None
    return {
        "status": 200 if refusal is None else refusal.status,
        "undo": typed,
        "errors": {} if refusal is None else _told(refusal),
        "gone": gone,
        "may_force": person.role == "admin",
        "waiting": waiting,
    }


def _gone(refusal: InsufficientFunds) -> Gone:
    needed, available = (Decimal(str(refusal.facts[fact])) for fact in ("needed", "available"))
    return Gone(available=available, debt=needed - available)


def _told(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, KeyReused):
        return {"": SENT_BEFORE}
    if "left" in refusal.facts:
        return {"amount": refusal.detail}
    return {} if isinstance(refusal, InsufficientFunds) else errors_of(refusal)
