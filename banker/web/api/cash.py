"""Money over the counter, credit, bonuses, reversals, and the drawer."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter

from banker.books.cash import Counted, history, shift
from banker.books.cash.credit import Granted
from banker.books.cash.shift import Shift
from banker.books.request import Answer
from banker.database import reading
from banker.errors import NotFound
from banker.web.access import CASHIER, Asker, AtWorker, PathText
from banker.web.api.cash_forms import (
    BonusForm,
    CashForm,
    CountForm,
    CreditForm,
    FloatForm,
    ReversalForm,
)
from banker.web.api.cash_views import RecordedView, of_recorded
from banker.web.api.fields import read_id, read_transfer_id
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.api.waiting import MAY_WAIT
from banker.web.counting import Desk

TAGS = ["cash"]
NEWEST = 2**31 - 1
Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="1 to 255 visible characters; required"),
]
Holder = Annotated[str | None, QueryParameter(name="user_id", description="of one person")]


@post("/cash/deposits", opt=dict(CASHIER), tags=TAGS, status_code=201, summary="Take money in")
async def deposit(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """Into the person's cash, once for its Idempotency-Key."""
    desk = Desk(worker, person, key)
    return _answered(await desk.move("deposit", *data.read()))


@post(
    "/cash/withdrawals",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=201,
    summary="Pay money out",
    responses=MAY_WAIT,
)
async def withdraw(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """From the person's cash alone, once for its Idempotency-Key; where the house wants four eyes,
    a large one waits for a second person (202)."""
    desk = Desk(worker, person, key)
    return _answered(await desk.move("withdraw", *data.read()))


@post(
    "/cash/advances",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=201,
    summary="Pay out credit in cash",
)
async def advance(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """Credit drawn over the counter, within the approved limit."""
    desk = Desk(worker, person, key)
    return _answered(await desk.move("advance", *data.read()))


@post(
    "/cash/repayments",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=201,
    summary="Take in what is owed on credit",
)
async def repay(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """Drawn credit repaid over the counter, and no more than is drawn."""
    desk = Desk(worker, person, key)
    return _answered(await desk.move("repay", *data.read()))


@post(
    "/cash/credit-limits",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=201,
    summary="Grant credit",
    responses=MAY_WAIT,
)
async def grant_credit(
    worker: AtWorker, person: Asker, data: JSONBody[CreditForm], key: Key = None
) -> Response[Granted]:
    """How much credit the person may draw, `"0.00"` for none; where the house wants four eyes, a
    higher limit waits for a second person (202)."""
    desk = Desk(worker, person, key)
    return _answered(await desk.grant_credit(*data.read()))


@post("/cash/bonuses", opt=dict(CASHIER), tags=TAGS, status_code=201, summary="Grant a bonus")
async def grant_bonus(
    worker: AtWorker, person: Asker, data: JSONBody[BonusForm], key: Key = None
) -> Response[Counted]:
    """Stakes of the requirement (the amount itself unless given) turn it into cash once their
    phases are settled; at `expires_at` what is left is taken back."""
    desk = Desk(worker, person, key)
    return _answered(await desk.grant_bonus(*data.read()))


@post(
    "/cash/earnings",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=201,
    summary="Pay a partner's earnings",
)
async def pay_earnings(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """All that waits, into the partner's cash, once for its Idempotency-Key; it is not reversed.
    Where `amount` is not what waits by now, nothing is paid and `pending` says what is."""
    desk = Desk(worker, person, key)
    return _answered(await desk.pay_earnings(*data.read()))


@post(
    "/cash/reversals",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=201,
    summary="Undo a transfer of the desk",
    responses=MAY_WAIT,
)
async def reverse(
    worker: AtWorker, person: Asker, data: JSONBody[ReversalForm], key: Key = None
) -> Response[Counted]:
    """Wholly, or by an amount; never more than is left of it. What the person no longer holds is
    refused, unless an admin forces it into a debt. A large one may have to wait (202)."""
    desk = Desk(worker, person, key)
    return _answered(await desk.reverse(*data.read()))


@get("/cash/transfers", opt=dict(CASHIER), tags=TAGS, summary="List transfers of the desk")
async def list_transfers(
    worker: AtWorker, person: Asker, limit: Limit = 50, cursor: Cursor = None, of: Holder = None
) -> Listing[RecordedView]:
    """The newest first."""
    user_id = None if of is None else read_id(of, "person")
    async with reading(worker.pool) as connection:
        found = await history.newest(connection, limit + 1, position(cursor, NEWEST), user_id)
    return listing([of_recorded(one) for one in found], limit, [one.id for one in found])


@get(
    "/cash/transfers/{transfer_id:str}",
    opt=dict(CASHIER),
    tags=TAGS,
    summary="A transfer of the desk",
)
async def show_transfer(worker: AtWorker, person: Asker, transfer_id: PathText) -> RecordedView:
    """One transfer, and how much of it was undone."""
    async with reading(worker.pool) as connection:
        return of_recorded(await history.read(connection, read_transfer_id(transfer_id)))


@post("/cash/shifts", opt=dict(CASHIER), tags=TAGS, status_code=201, summary="Open a shift")
async def open_shift(
    worker: AtWorker, person: Asker, data: JSONBody[FloatForm], key: Key = None
) -> Response[Shift]:
    """With the drawer as counted. Money that moves without a shift opens one with an empty
    drawer."""
    desk = Desk(worker, person, key)
    return _answered(await desk.open_shift(data.read()))


@post(
    "/cash/shifts/current/closing",
    opt=dict(CASHIER),
    tags=TAGS,
    status_code=200,
    summary="Close a shift",
)
async def close_shift(
    worker: AtWorker, person: Asker, data: JSONBody[CountForm], key: Key = None
) -> Response[Shift]:
    """With the drawer as counted, beside what it should hold."""
    desk = Desk(worker, person, key)
    return _answered(await desk.close_shift(*data.read()))


@get("/cash/shifts/current", opt=dict(CASHIER), tags=TAGS, summary="The open shift")
async def show_shift(worker: AtWorker, person: Asker) -> Shift:
    """One's own, with what its drawer should hold now."""
    async with reading(worker.pool) as connection:
        current = await shift.current(connection, person.id)
    if current is None:
        raise NotFound(what="open shift of yours")
    return current


@get("/cash/shifts", opt=dict(CASHIER), tags=TAGS, summary="List shifts")
async def list_shifts(
    worker: AtWorker, person: Asker, limit: Limit = 50, cursor: Cursor = None
) -> Listing[Shift]:
    """The newest first; one's own, or everybody's for an admin."""
    whose = None if person.role == "admin" else person.id
    async with reading(worker.pool) as connection:
        found = await shift.newest(connection, limit + 1, position(cursor, NEWEST), whose)
    return listing(found, limit, [int(one.id) for one in found])


def _answered(answer: Answer) -> Response:  # type: ignore[type-arg]
    return Response(
        answer.body,
        status_code=answer.status,
        headers={"Idempotent-Replayed": "true"} if answer.replayed else {},
        media_type="application/json",
    )


handlers = (
    deposit,
    withdraw,
    advance,
    repay,
    grant_credit,
    grant_bonus,
    pay_earnings,
    reverse,
    list_transfers,
    show_transfer,
    open_shift,
    close_shift,
    show_shift,
    list_shifts,
)
