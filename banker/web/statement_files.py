"""A collector's own statement as a file. Staff take theirs from the exports."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from banker.books import statement
from banker.books.export import COLUMNS, Chosen
from banker.database import reading
from banker.web.access import COLLECTOR, Asker, AtWorker, PathText, is_still_in
from banker.web.api.exports import FORMS
from banker.web.api.fields import read_id
from banker.web.download import Downloads
from banker.worker import Worker


def handlers() -> tuple[HTTPRouteHandler, ...]:
    """A file in each form."""
    return tuple(_handler(form) for form in FORMS)


def _handler(form: str) -> HTTPRouteHandler:
    begin, media_type = FORMS[form]

    @get(f"/collect/statements/{{phase_id:str}}/statement.{form}", opt=dict(COLLECTOR))
    async def take(
        request: Request[Any, Any, Any], worker: AtWorker, person: Asker, phase_id: PathText
    ) -> Stream:
        """The slips of one's own statement, each with what it cost and brought."""
        asked = read_id(phase_id, "phase")
        async with reading(worker.pool) as connection:
            await statement.read(connection, asked, person.id, count=1)
        download = await _downloads_of(request.app.state, worker).begin(
            "statement",
            form,
            Chosen(phase_id=asked, user_id=person.id),
            begin("statement", COLUMNS["statement"]),
            lambda: is_still_in(request),
        )
        today = datetime.now(ZoneInfo(worker.settings.timezone)).date()
        return Stream(
            download,
            media_type=media_type,
            headers={"Content-Disposition": f'attachment; filename="statement-{today}.{form}"'},
            background=BackgroundTask(download.leave),
        )

    return take


def _downloads_of(state: State, worker: Worker) -> Downloads:
    """Those of collectors, apart from those of the house: neither keeps the other waiting."""
    if "own_downloads" not in state:
        state.own_downloads = Downloads(worker.pool, worker.closing)
    downloads: Downloads = state.own_downloads
    return downloads
