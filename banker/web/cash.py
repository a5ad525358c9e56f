"""The counter: money taken in and paid out, with a slip for each."""

import secrets
from decimal import Decimal
from typing import Annotated

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Template

from banker.books import cash, desk_history, directory, ledger, people, phase
from banker.books.cash import Counted
from banker.books.people import HOLDERS, Person
from banker.books.request import Answer, Asked, fingerprint, read_key
from banker.books.session import SignedIn
from banker.database import persist, reading
from banker.errors import InsufficientFunds, KeyMissing, KeyReused, NotFound, Refusal
from banker.rules.purse import Balance
from banker.web import entered
from banker.web.access import CASHIER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.rendering import shown
from banker.web.toast import go_to
from banker.worker import Worker

LONGEST_REASON = 200
MOST_FOUND = 50
LAST_TRANSFERS = 20
SENT_BEFORE = (
    "This form was sent before, and done: see the last transfers. "
    "Send it again only if this is meant as another movement."
)

NamePart = Annotated[str, QueryParameter(max_length=60)]
PersonId = Annotated[str, QueryParameter(max_length=20, name="person")]
Again = Annotated[str, QueryParameter(max_length=5)]


class Movement(msgspec.Struct, frozen=True):
    """Money over the counter as it is typed; `key` makes it happen once for the form."""

    user_id: str = ""
    amount: str = ""
    reason: str = ""
    key: str = ""


SentMovement = Annotated[Movement, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(CASHIER))
async def show_counter(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    name: NamePart = "",
    holder: PersonId = "",
) -> Template:
    """Who was looked for, who is at the counter, and what went over it last."""
    part = name.strip().replace("\0", "")
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await directory.find(connection, part, HOLDERS, MOST_FOUND) if part else []
        chosen = await people.read(connection, read_id(holder, "person")) if holder else None
        chosen = chosen or _only(found, part)
        ids = [one.id for one in found] + ([chosen.id] if chosen else [])
        balances = await ledger.balances(connection, ids)
        transfers = await desk_history.newest(connection, LAST_TRANSFERS)
    if chosen is not None and chosen.id not in balances:
        raise NotFound(what="account holder")
    return page(
        "cash.html",
        request,
        phase=current,
        name=part,
        found=sorted(found, key=lambda one: one.username.lower()),
        balances=balances,
        transfers=transfers,
        chosen=chosen,
        balance=balances[chosen.id] if chosen else None,
        typed=_forms(),
        errors={},
    )


@post("/deposits", opt=dict(CASHIER), status_code=200)
async def deposit(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentMovement,
) -> Response:  # type: ignore[type-arg]
    """Into the person's cash, once for the form."""
    return await _move(request, worker, person, "deposit", data)


@post("/withdrawals", opt=dict(CASHIER), status_code=200)
async def withdraw(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentMovement,
) -> Response:  # type: ignore[type-arg]
    """From the person's cash alone, once for the form."""
    return await _move(request, worker, person, "withdraw", data)


@get("/slips/{transfer_id:str}", opt=dict(CASHIER))
async def show_slip(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    transfer_id: PathText,
    again: Again = "",
) -> Template:
    """The slip of one movement, for paper."""
    if not transfer_id.isascii() or not transfer_id.isdigit() or len(transfer_id) > 18:
        raise NotFound(what="desk transfer")
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        transfer = await desk_history.read(connection, int(transfer_id))
    return page("cash_slip.html", request, phase=current, transfer=transfer, again=bool(again))


async def _move(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    operation: str,
    data: Movement,
) -> Response:  # type: ignore[type-arg]
    """Move the money and show its slip, or say at the form what went against it."""
    holder_id = read_id(data.user_id, "person")
    try:
        amount = entered.movement(data.amount, "amount")
        reason = entered.text(data.reason, "reason", LONGEST_REASON)
        answer = await _count(worker, person, operation, holder_id, amount, reason, data.key)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _refused(request, worker, operation, data, refusal)
    counted = msgspec.json.decode(answer.body, type=Counted)
    return go_to(f"/cash/slips/{counted.transfer_id}" + ("?again=1" if answer.replayed else ""))


async def _count(
    worker: Worker,
    person: SignedIn,
    operation: str,
    holder_id: int,
    amount: Decimal,
    reason: str,
    key: str,
) -> Answer:
    """The same request as the API's, so that a key means the same at both doors."""
    verb = cash.deposit if operation == "deposit" else cash.withdraw
    digest = fingerprint(str(holder_id), str(amount), reason)
    asked = Asked(person.id, operation, read_key(key), digest)
    return await persist(
        worker.pool, lambda connection: verb(connection, asked, holder_id, amount, reason)
    )


async def _refused(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    operation: str,
    data: Movement,
    refusal: Refusal,
) -> Template:
    typed, errors = _forms(), errors_of(refusal)
    if isinstance(refusal, InsufficientFunds):
        errors = {"amount": f"There is {shown(_cash(refusal))} in cash; no more can be paid out."}
    if isinstance(refusal, KeyReused):
        errors = {"": SENT_BEFORE}
    if isinstance(refusal, KeyReused | KeyMissing):
        data = msgspec.structs.replace(data, key=_fresh_key())
    typed[operation] = data
    holder_id = read_id(data.user_id, "person")
    async with reading(worker.pool) as connection:
        chosen = await people.read(connection, holder_id)
        balances = await ledger.balances(connection, [holder_id])
    return page(
        "cash_counter.html",
        request,
        status=refusal.status,
        chosen=chosen,
        balance=_held(balances, holder_id),
        typed=typed,
        errors={operation: errors},
    )


def _cash(refusal: InsufficientFunds) -> Decimal:
    return Decimal(str(refusal.facts["available"]))


def _only(found: list[Person], part: str) -> Person | None:
    """The one who is meant without doubt: the only one found, or the one of exactly that name."""
    exact = [one for one in found if one.username.lower() == part.lower()]
    meant = exact or found
    return meant[0] if len(meant) == 1 else None


def _held(balances: dict[int, Balance], holder_id: int) -> Balance:
    if holder_id not in balances:
        raise NotFound(what="account holder")
    return balances[holder_id]


def _forms() -> dict[str, Movement]:
    return {name: Movement(key=_fresh_key()) for name in ("deposit", "withdraw")}


def _fresh_key() -> str:
    return secrets.token_urlsafe(16)


router = Router(
    path="/cash",
    route_handlers=[show_counter, deposit, withdraw, show_slip],
    include_in_schema=False,
)
