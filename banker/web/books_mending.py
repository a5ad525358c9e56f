"""A purse that disagrees with its entries, mended by a person who says which of them is right."""

from typing import Annotated, Literal, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import job, mending, trial
from banker.database import Connection, persist, reading
from banker.errors import Malformed, NotFound, Refusal
from banker.jobs.timetable import WHOLE_VERIFICATION
from banker.web import entered
from banker.web.access import ADMIN, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.cash_forms import LONGEST_REASON
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import with_toast
from banker.worker import Worker

Kept = Literal["balance", "entries"]


class MendingTyped(msgspec.Struct, frozen=True):
    """Which is right, `balance` or `entries`, and how one knows."""

    keep: str = ""
    reason: str = ""


SentMending = Annotated[MendingTyped, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/mending/{account_id:str}", opt=dict(ADMIN))
async def show_mending(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    account_id: PathText,
) -> Template:
    """The purse beside its entries, for the dialog."""
    return await _form(request, worker, account_id, MendingTyped())


@post("/mending/{account_id:str}", opt=dict(ADMIN), status_code=200)
async def mend(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    account_id: PathText,
    data: SentMending,
) -> Response:  # type: ignore[type-arg]
    """The correction; then the whole is verified again, so that the finding can go."""
    purse_id = read_id(account_id, "purse")
    try:
        if data.keep not in ("balance", "entries"):
            raise Malformed("Say which is right.", field="keep")
        keep = cast(Kept, data.keep)
        reason = entered.text(data.reason, "reason", LONGEST_REASON)

        async def verb(connection: Connection) -> int:
            drift = await trial.drift(connection, purse_id)
            await mending.mend(connection, purse_id, keep, person.id, reason)
            await job.ask(connection, WHOLE_VERIFICATION)
            return drift.user_id

        worker.stream.tell_moved([await persist(worker.pool, verb)])
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, worker, account_id, data, refusal)
    return with_toast(
        await _form(request, worker, account_id, data),
        "It is mended; the whole is verified again.",
        "books-mended",
    )


async def _form(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    account_id: str,
    typed: MendingTyped,
    refusal: Refusal | None = None,
) -> Template:
    async with reading(worker.pool) as connection:
        drift = await trial.drift(connection, read_id(account_id, "purse"))
    return page(
        "books_mending.html",
        request,
        status=200 if refusal is None else refusal.status,
        account_id=account_id,
        drift=drift,
        typed=typed,
        errors={} if refusal is None else errors_of(refusal),
    )


handlers = (show_mending, mend)
