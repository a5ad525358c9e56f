"""The counter: whom one serves, what went over it last, and the drawer."""

from typing import Annotated

from litestar import Request, Router, get
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import approval, directory, ledger, phase
from banker.books.cash import history, shift
from banker.books.people import HOLDERS, Person
from banker.database import reading
from banker.web import shifts
from banker.web.access import CASHIER, Asker, AtWorker
from banker.web.api.fields import read_id
from banker.web.cash_moves import send_form
from banker.web.cash_person import find, forms
from banker.web.cash_slips import show_slip, undo
from banker.web.page import page

MOST_FOUND = 50
LAST_TRANSFERS = 20

NamePart = Annotated[str, QueryParameter(max_length=60)]
PersonId = Annotated[str, QueryParameter(max_length=20, name="person")]


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
        drawer = await shift.current(connection, person.id)
        waiting_count = await approval.waiting_count(connection)
        found = await directory.find(connection, part, HOLDERS, MOST_FOUND) if part else []
        chosen_id = read_id(holder, "person") if holder else _only(found, part)
        at = None if chosen_id is None else await find(connection, chosen_id)
        balances = await ledger.balances(connection, [one.id for one in found])
        transfers = await history.newest(connection, LAST_TRANSFERS)
    return page(
        "cash.html",
        request,
        phase=current,
        drawer=shifts.drawer(drawer),
        waiting_count=waiting_count,
        name=part,
        found=sorted(found, key=lambda one: one.username.lower()),
        balances=balances,
        transfers=transfers,
        at=at,
        **forms(),
    )


def _only(found: list[Person], part: str) -> int | None:
    """The one who is meant without doubt: the only one found, or the one of exactly that name."""
    exact = [one for one in found if one.username.lower() == part.lower()]
    meant = exact or found
    return meant[0].id if len(meant) == 1 else None


router = Router(
    path="/cash",
    route_handlers=[show_counter, send_form, show_slip, undo, *shifts.handlers],
    include_in_schema=False,
)
