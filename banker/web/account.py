"""One's own account: the password, the way out everywhere, and whom a partner brought in."""

from typing import Annotated

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from banker.books import directory, ledger, people, phase, session
from banker.books.session import SignedIn
from banker.database import Connection, persist, reading
from banker.errors import Malformed, Refusal, WrongSignIn
from banker.passwords import hashed
from banker.web.access import SIGNED_IN, Asker, AtWorker, address_of
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.signin import sign_in
from banker.worker import Worker


class PasswordEntered(msgspec.Struct, frozen=True):
    """The old password, and the new one twice."""

    old: str = ""
    password: str = ""
    again: str = ""


SentPassword = Annotated[PasswordEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(SIGNED_IN))
async def show_account(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """Who one is here."""
    return await _account(request, worker, person, {})


@post("/password", opt=dict(SIGNED_IN))
async def change_password(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentPassword,
) -> Response:  # type: ignore[type-arg]
    """A new password for the old one; every session ends, this one too.

    Wrong old passwords are counted as failed sign-ins are, so that a page left open is no place
    to guess at them.
    """
    try:
        if data.password != data.again:
            raise Malformed("The two new passwords differ.", field="again")
        password_hash = await hashed(data.password)
        address = address_of(request, worker.settings)
        await sign_in(worker, person.username, data.old, "page", address)
    except WrongSignIn:
        wrong = {"old": "This is not your password."}
        return await _account(request, worker, person, wrong, status=400)
    except Refusal as refusal:
        return await _account(request, worker, person, errors_of(refusal), refusal.status)
    await persist(
        worker.pool,
        lambda connection: people.set_password(connection, person.id, password_hash),
    )
    return Redirect("/signin", status_code=303)


@post("/signout", opt=dict(SIGNED_IN))
async def sign_out_everywhere(worker: AtWorker, person: Asker) -> Redirect:
    """Every page and every token of one's own ends."""
    await persist(worker.pool, lambda connection: session.end_all(connection, person.id))
    return Redirect("/signin", status_code=303)


async def _account(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    errors: dict[str, str],
    status: int = 200,
) -> Template:
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        known = await people.read(connection, person.id)
        balances = await ledger.balances(connection, [person.id])
        brought_in = await _brought_in(connection, person)
    return page(
        "account.html",
        request,
        phase=current,
        status=status,
        known=known,
        balance=balances.get(person.id),
        brought_in=brought_in,
        errors=errors,
    )


async def _brought_in(connection: Connection, person: SignedIn) -> list[directory.BroughtIn] | None:
    """The collectors that a partner brought in; None for anybody else."""
    return await directory.brought_in(connection, person.id) if person.role == "partner" else None


router = Router(
    path="/account",
    route_handlers=[show_account, change_password, sign_out_everywhere],
    include_in_schema=False,
)
