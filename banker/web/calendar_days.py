"""One day of a calendar: its draw moved to another day, left out, or put back."""

from typing import Annotated

from litestar import Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import calendar, drafting
from banker.database import persist, reading
from banker.errors import Malformed, NotFound, Refusal
from banker.rules import calendar as days
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.calendar_forms import DayEntered, of_day, read_day
from banker.web.calendar_words import spoken
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import go_to
from banker.worker import Worker

DONE = {"move": "moved", "out": "left", "back": "back"}

SentDay = Annotated[DayEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/{calendar_id:str}/days/{day:str}", opt=dict(MANAGER))
async def show_day(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    calendar_id: PathText,
    day: PathText,
) -> Template:
    """What can become of the draw, for the dialog."""
    return await _form(request, worker, read_id(calendar_id, "calendar"), day)


@post("/{calendar_id:str}/days/{day:str}", opt=dict(MANAGER), status_code=200)
async def change_day(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    calendar_id: PathText,
    day: PathText,
    data: SentDay,
) -> Response:  # type: ignore[type-arg]
    """Move the draw, leave it out, or put it back; its draft follows."""
    changed, asked = read_id(calendar_id, "calendar"), read_day(day)
    if asked is None:
        raise NotFound(what="day")
    if data.does not in DONE:
        raise Malformed("Say what is to be done: move, out or back.", field="does")
    try:
        note = data.read_note()
        moved_to = data.read_day() if data.does == "move" else None
        if data.does == "back" or moved_to == asked:
            await persist(worker.pool, lambda held: drafting.put_back(held, changed, asked))
        else:
            await persist(
                worker.pool, lambda held: drafting.move(held, changed, asked, moved_to, note)
            )
    except NotFound:
        raise
    except Refusal as refusal:
        return await _form(request, worker, changed, day, data, refusal)
    done = "back" if moved_to == asked else DONE[data.does]
    return go_to(f"/calendars/{changed}?done={done}")


async def _form(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    calendar_id: int,
    day: str,
    typed: DayEntered | None = None,
    refusal: Refusal | None = None,
) -> Template:
    asked = read_day(day)
    async with reading(worker.pool) as connection:
        shown = await calendar.read(connection, calendar_id)
        drafted = await calendar.drafted(connection, calendar_id)
        clock = await calendar.clock(connection)
    if asked is None or not shown.plan.rule.falls_on(asked):
        raise NotFound(what="draw on that day")
    move = next((one for one in shown.moved if one.day == asked), None)
    return page(
        "calendar_day.html",
        request,
        status=200 if refusal is None else refusal.status,
        shown=shown,
        day=asked,
        move=move,
        draw=days.draw(shown.plan.rule, shown.moves, clock.zone, asked),
        drafted=drafted.get(asked),
        entered=typed or of_day(asked, move),
        errors={} if refusal is None else errors_of(refusal),
        spoken=spoken,
    )


handlers = (show_day, change_day)
