"""The people of the house: found, and taken in."""

from typing import Annotated

from litestar import Request, Response, Router, get, post
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import directory, ledger, people, phase
from banker.books.people import ROLES
from banker.database import reading, transaction
from banker.errors import Malformed, Refusal
from banker.passwords import hashed
from banker.web import person as person_pages
from banker.web.access import ADMIN, Asker, AtWorker
from banker.web.api.listing import Cursor, listing, position
from banker.web.page import page
from banker.web.person import CHANGED, SentPerson, errors_at_name, partners_to_pick
from banker.web.person_form import PersonEntered
from banker.web.toast import with_toast

PEOPLE_A_PAGE = 100

# Whom the house takes in most often comes first.
TO_ADD = ("collector", "partner", "cashier", "manager", "admin")

NamePart = Annotated[str, QueryParameter(max_length=60)]
Role = Annotated[str, QueryParameter(max_length=20)]


@get("/", opt=dict(ADMIN))
async def list_people(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    name: NamePart = "",
    role: Role = "",
    cursor: Cursor = None,
) -> Template:
    """Everybody, or those of a role or whose name holds a text, with what they hold."""
    if role and role not in ROLES:
        raise Malformed(f"There is no role {role!r}.", field="role")
    part = name.strip().replace("\0", "")
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await directory.find(
            connection, part, [role] if role else ROLES, PEOPLE_A_PAGE + 1, position(cursor, 0)
        )
        balances = await ledger.balances(connection, [one.id for one in found])
        partners = await directory.names_of(
            connection, [one.partner_id for one in found if one.partner_id is not None]
        )
    return page(
        "people.html",
        request,
        phase=current,
        people=listing(found, PEOPLE_A_PAGE, [one.id for one in found]),
        balances=balances,
        partners=partners,
        roles=ROLES,
        name=part,
        role=role,
    )


@get("/new", opt=dict(ADMIN))
async def begin_person(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """An empty form, for the dialog."""
    return await _new(request, worker, PersonEntered())


@post("/", opt=dict(ADMIN), status_code=200)
async def add_person(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentPerson,
) -> Response:  # type: ignore[type-arg]
    """Take a person in; collectors and partners get their purses with it."""
    try:
        terms = data.terms(data.role)
        username = people.read_username(data.username)
        password_hash = await hashed(data.password)
        async with transaction(worker.pool) as connection:
            added = await people.add(connection, username, data.role, password_hash, **terms)
    except Refusal as refusal:
        return await _new(request, worker, data, errors_at_name(refusal), refusal.status)
    answer = Response("", media_type="text/html", headers={"Cache-Control": "no-store"})
    return with_toast(answer, f"{added.username} is added as {added.role}.", CHANGED)


async def _new(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    typed: PersonEntered,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Template:
    async with reading(worker.pool) as connection:
        partners = await partners_to_pick(connection)
    return page(
        "people_new.html",
        request,
        status=status,
        entered=typed,
        errors=errors or {},
        roles=[(role, role) for role in TO_ADD],
        partners=partners,
    )


router = Router(
    path="/people",
    route_handlers=[
        list_people,
        begin_person,
        add_person,
        *person_pages.handlers,
    ],
    include_in_schema=False,
)
