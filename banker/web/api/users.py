"""People, and what they hold."""

from typing import Annotated

from litestar import get, patch, post
from litestar.params import JSONBody, QueryParameter

from banker.books import ledger, people, session
from banker.books.people import ROLES, Person
from banker.database import Connection, persist, reading, transaction
from banker.errors import Malformed, NotFound
from banker.passwords import hashed
from banker.rules.money import read_rate
from banker.rules.purse import Balance
from banker.web.access import ADMIN, SIGNED_IN, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.forms import UserChanges, UserForm
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.api.views import PersonView, of_person

Role = Annotated[str | None, QueryParameter(description=f"one of {', '.join(ROLES)}")]


@post("/users", opt=dict(ADMIN), tags=["people"], summary="Add a person")
async def create_user(worker: AtWorker, person: Asker, data: JSONBody[UserForm]) -> PersonView:
    """Collectors and partners get their purses with it."""
    password_hash = await hashed(data.password)
    async with transaction(worker.pool) as connection:
        added = await people.add(
            connection,
            data.username,
            data.role,
            password_hash,
            commission_rate=read_rate(data.commission_rate),
            partner_id=None if data.partner_id is None else int(data.partner_id),
            share_percentage=read_rate(data.share_percentage),
        )
    return of_person(added)


@get("/users", opt=dict(ADMIN), tags=["people"], summary="List people")
async def list_users(
    worker: AtWorker, person: Asker, limit: Limit = 50, cursor: Cursor = None, role: Role = None
) -> Listing[PersonView]:
    """In the order they came."""
    if role is not None and role not in ROLES:
        raise Malformed(f"There is no role {role!r}.", field="role")
    async with reading(worker.pool) as connection:
        found = await people.listed(connection, limit + 1, position(cursor, 0), role)
    return listing([of_person(one) for one in found], limit, [one.id for one in found])


@patch("/users/{user_id:str}", opt=dict(ADMIN), tags=["people"], summary="Change a person")
async def amend_user(
    worker: AtWorker, person: Asker, user_id: PathText, data: JSONBody[UserChanges]
) -> PersonView:
    """Rename, disable, set rates; a new password and `sign_out` end all sessions of the person."""
    changed = read_id(user_id, "person")
    changes = data.read()
    password_hash = await hashed(data.password) if isinstance(data.password, str) else None

    async def verb(connection: Connection) -> Person:
        amended = await people.amend(connection, changed, person.id, **changes)
        if password_hash is not None:
            await people.set_password(connection, changed, password_hash)
        if data.sign_out is True:
            await session.sign_out(connection, changed)
        return amended

    return of_person(await persist(worker.pool, verb))


@get("/users/{user_id:str}/balance", opt=dict(SIGNED_IN), tags=["people"], summary="A balance")
async def show_balance(worker: AtWorker, person: Asker, user_id: PathText) -> Balance:
    """One's own; anybody's for a cashier or an admin."""
    asked = read_id(user_id, "person")
    if person.role not in ("cashier", "admin") and person.id != asked:
        raise NotFound(what="person")
    async with reading(worker.pool) as connection:
        found = await ledger.balances(connection, [asked])
    if asked not in found:
        raise NotFound(what="account holder")
    return found[asked]


handlers = (create_user, list_users, amend_user, show_balance)
