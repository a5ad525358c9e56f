"""A phase copied to a new draft under another name."""

import secrets
from typing import Annotated

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import copying, phase, request
from banker.books.phase import Phase
from banker.books.request import Asked
from banker.books.session import SignedIn
from banker.database import Connection, persist, reading
from banker.errors import KeyReused, Refusal
from banker.web import entered
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.phase_forms import LONGEST_NAME
from banker.web.toast import go_to

SENT_BEFORE = "This form was sent before: the copy that it made stands in the list."


class CopyEntered(msgspec.Struct, frozen=True):
    """What a copy is to be called."""

    name: str = ""
    key: str = ""


SentCopy = Annotated[CopyEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/{phase_id:str}/copy", opt=dict(MANAGER))
async def begin_copy(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """What is taken over, and the new name, for the dialog."""
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, read_id(phase_id, "phase"))
    return _form(request, shown, CopyEntered(key=secrets.token_urlsafe(16)), {})


@post("/{phase_id:str}/copy", opt=dict(MANAGER), status_code=200)
async def copy_phase(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentCopy,
) -> Response:  # type: ignore[type-arg]
    """A draft, once for the form in which it was named."""
    copied = read_id(phase_id, "phase")
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, copied)
    try:
        name = entered.text(data.name, "name", LONGEST_NAME)
        copy_id = await persist(
            worker.pool, lambda connection: _copy_once(connection, person, copied, name, data.key)
        )
    except Refusal as refusal:
        errors = {"": SENT_BEFORE} if isinstance(refusal, KeyReused) else errors_of(refusal)
        return _form(request, shown, data, errors, refusal.status)
    return go_to(f"/phases/{copy_id}?done=copied")


async def _copy_once(
    connection: Connection, person: SignedIn, copied: int, name: str, key: str
) -> int:
    """The number of the copy, the same again for the same form."""

    async def act() -> dict[str, int]:
        return {"phase_id": (await copying.copy(connection, person.id, copied, name)).id}

    fingerprint = request.fingerprint(str(copied), name)
    asked = Asked(person.id, "copy", request.read_key(key), fingerprint)
    answer = await request.once(connection, asked, act)
    phase_id: int = msgspec.json.decode(answer.body)["phase_id"]
    return phase_id


def _form(
    request: Request,  # type: ignore[type-arg]
    shown: Phase,
    typed: CopyEntered,
    errors: dict[str, str],
    status: int = 200,
) -> Template:
    return page(
        "phase_copy.html", request, status=status, shown=shown, entered=typed, errors=errors
    )


handlers = (begin_copy, copy_phase)
