"""One person: what they hold, what may be changed of them, and their way in."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from litestar import Request, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import directory, ledger, people, session
from banker.books.people import HOLDERS
from banker.database import Connection, persist, reading
from banker.errors import ChangedMeanwhile, Malformed, NameTaken, Refusal
from banker.passwords import hashed
from banker.web import meanwhile
from banker.web.access import ADMIN, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.person_form import PersonEntered, of_person
from banker.web.toast import with_toast
from banker.worker import Worker

CHANGED = "people-changed"

SentPerson = Annotated[PersonEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


class Disabling(msgspec.Struct, frozen=True):
    """Whether a person is to be shut out: `true` or `false`."""

    disabled: str = ""


SentDisabling = Annotated[Disabling, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/{person_id:str}", opt=dict(ADMIN))
async def show_person(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    person_id: PathText,
) -> Template:
    """One person, for the dialog."""
    return await _person(request, worker, read_id(person_id, "person"))


@post("/{person_id:str}", opt=dict(ADMIN), status_code=200)
async def change_person(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    person_id: PathText,
    data: SentPerson,
) -> Template:
    """Name, rates, and who brought them in."""

    changed = read_id(person_id, "person")

    async def verb(connection: Connection) -> None:
        changes = data.changes(await people.hold(connection, changed))
        await people.amend(connection, changed, person.id, **changes)

    return await _changed(request, worker, person_id, verb, "The person is changed.", data)


@post("/{person_id:str}/password", opt=dict(ADMIN), status_code=200)
async def set_password(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    person_id: PathText,
    data: SentPerson,
) -> Template:
    """A new password, which signs the person out everywhere."""
    try:
        password_hash = await hashed(data.password)
    except Refusal as refusal:
        return await _person(request, worker, read_id(person_id, "person"), None, refusal)

    async def verb(connection: Connection) -> None:
        await people.set_password(connection, read_id(person_id, "person"), password_hash)

    said = "The new password holds, and the old sessions are over."
    return await _changed(request, worker, person_id, verb, said)


@post("/{person_id:str}/disabling", opt=dict(ADMIN), status_code=200)
async def disable_person(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    person_id: PathText,
    data: SentDisabling,
) -> Template:
    """Shut a person out, or let them in again."""
    if data.disabled not in ("true", "false"):
        raise Malformed("Say whether the person is disabled: true or false.", field="disabled")
    disabled = data.disabled == "true"

    async def verb(connection: Connection) -> None:
        await people.amend(connection, read_id(person_id, "person"), person.id, disabled=disabled)

    said = "The person is disabled and signed out." if disabled else "The person may sign in."
    return await _changed(request, worker, person_id, verb, said)


@post("/{person_id:str}/signout", opt=dict(ADMIN), status_code=200)
async def sign_out_person(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    person_id: PathText,
) -> Template:
    """End every session of a person."""

    async def verb(connection: Connection) -> None:
        ended = await people.read(connection, read_id(person_id, "person"))
        await session.sign_out(connection, ended.id)

    return await _changed(request, worker, person_id, verb, "Signed out everywhere.")


async def _changed(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person_id: str,
    verb: Callable[[Connection], Awaitable[None]],
    said: str,
    typed: PersonEntered | None = None,
) -> Template:
    """The dialog after a change, or with what went against it."""
    shown = read_id(person_id, "person")
    try:
        await persist(worker.pool, verb)
    except Refusal as refusal:
        return await _person(request, worker, shown, typed, refusal)
    return with_toast(await _person(request, worker, shown), said, CHANGED)


async def _person(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person_id: int,
    typed: PersonEntered | None = None,
    refusal: Refusal | None = None,
) -> Template:
    async with reading(worker.pool) as connection:
        shown = await people.read(connection, person_id)
        balances = await ledger.balances(connection, [person_id])
        partners = await partners_to_pick(connection)
    errors = {} if refusal is None else errors_at_name(refusal)
    if typed and isinstance(refusal, ChangedMeanwhile):
        typed = typed.rebased(shown)
        errors |= meanwhile.words(refusal, dict(partners))
    return page(
        "person.html",
        request,
        status=200 if refusal is None else refusal.status,
        shown=shown,
        balance=balances.get(person_id),
        earns=shown.role in HOLDERS,
        entered=typed or of_person(shown),
        errors=errors,
        partners=partners,
        self_id=request.scope["state"]["person"].id,
    )


async def partners_to_pick(connection: Connection) -> list[tuple[str, str]]:
    """Who may have brought a collector in, as the options of a field."""
    return [(str(one), name) for one, name in await directory.names(connection, ["partner"])]


def errors_at_name(refusal: Refusal) -> dict[str, str]:
    """A name that is taken belongs to the field of the name."""
    if isinstance(refusal, NameTaken):
        return {"username": refusal.detail}
    return errors_of(refusal)


handlers = (show_person, change_person, set_password, disable_person, sign_out_person)
