"""Tables of the books, as CSV and as Excel workbooks, streamed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, get
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Stream

from banker.books.export import COLUMNS, Chosen, Column, What
from banker.errors import Malformed
from banker.web import sheet_csv, sheet_xlsx
from banker.web.access import APPROVER, CASHIER, MANAGER, Asker, AtWorker, is_still_in
from banker.web.api.fields import read_id, read_moment
from banker.web.download import Downloads, Sheet
from banker.web.sheet_csv import CsvSheet
from banker.web.sheet_xlsx import XlsxSheet
from banker.worker import Worker

WHO: Mapping[What, Mapping[str, Any]] = {
    "entries": CASHIER,
    "transfers": CASHIER,
    "tickets": MANAGER,
    "settlement": MANAGER,
    "statements": MANAGER,
    "statement": APPROVER,
}
FORMS: Mapping[str, tuple[Callable[[str, tuple[Column, ...]], Sheet], str]] = {
    "csv": (CsvSheet, sheet_csv.MEDIA_TYPE),
    "xlsx": (XlsxSheet, sheet_xlsx.MEDIA_TYPE),
}

OfId = Annotated[str | None, QueryParameter(max_length=20)]
Moment = Annotated[
    str | None, QueryParameter(max_length=40, description="RFC 3339, as 2026-11-16T09:30:00Z")
]


def handlers() -> tuple[HTTPRouteHandler, ...]:
    """A call for each table and form."""
    return tuple(_handler(what, form) for what in WHO for form in FORMS)


def _handler(what: What, form: str) -> HTTPRouteHandler:
    begin, media_type = FORMS[form]

    @get(
        f"/exports/{what}.{form}",
        opt=dict(WHO[what]),
        tags=["exports"],
        summary=f"Export {what} as {form.upper()}",
        operation_id=f"Export{what.title()}{form.title()}",
        media_type=media_type,
    )
    async def export(
        request: Request[Any, Any, Any],
        worker: AtWorker,
        person: Asker,
        phase_id: OfId = None,
        user_id: OfId = None,
        since: Moment = None,
        until: Moment = None,
    ) -> Stream:
        """Every row, or those of a phase, of a person, since a moment, until before another."""
        chosen = read_chosen(what, phase_id, user_id, since, until)
        download = await downloads_of(request.app.state, worker).begin(
            what, form, chosen, begin(what, COLUMNS[what]), lambda: is_still_in(request)
        )
        today = datetime.now(ZoneInfo(worker.settings.timezone)).date()
        return Stream(
            download,
            media_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="{what}-{today}.{form}"'},
            # Also where the client left: the framework lets go of the pieces without a word.
            background=BackgroundTask(download.leave),
        )

    return export


def read_chosen(
    what: What, phase_id: str | None, user_id: str | None, since: str | None, until: str | None
) -> Chosen:
    """Which rows a request asks for. Raises `Malformed`, and `NotFound` for an id that is none."""
    if user_id is not None and what == "settlement":
        raise Malformed(
            "A settlement is no single person's; leave the person out.", field="user_id"
        )
    if what == "statement" and (phase_id is None or user_id is None):
        missing = "phase_id" if phase_id is None else "user_id"
        raise Malformed("A statement is of one collector in one phase; name both.", field=missing)
    chosen = Chosen(
        phase_id=None if phase_id is None else read_id(phase_id, "phase"),
        user_id=None if user_id is None else read_id(user_id, "person"),
        since=_read_moment(since, "since"),
        until=_read_moment(until, "until"),
    )
    if chosen.since and chosen.until and chosen.until <= chosen.since:
        raise Malformed("The time to end at lies after the time to begin at.", field="until")
    return chosen


def downloads_of(state: State, worker: Worker) -> Downloads:
    """The exports under way in a worker."""
    if "downloads" not in state:
        state.downloads = Downloads(worker.pool, worker.closing)
    downloads: Downloads = state.downloads
    return downloads


def _read_moment(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        raise Malformed("Write a time such as 2026-11-16T09:30:00Z.", field=field) from None
    return read_moment(moment, field)
