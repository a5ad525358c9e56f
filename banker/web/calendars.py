"""Calendars for those who run phases: the list, one with its months, making and changing them."""

import secrets
from datetime import date
from typing import Annotated

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Template

from banker.books import calendar, drafting, phase, request
from banker.books.calendar import Plan
from banker.books.request import Asked
from banker.books.session import SignedIn
from banker.database import Connection, persist, reading
from banker.errors import ChangedMeanwhile, KeyReused, Malformed, Refusal
from banker.rules import calendar as days
from banker.web import calendar_days, meanwhile
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.calendar_forms import CalendarEntered, of_calendar, read_day, thai
from banker.web.calendar_words import days_in_words, spoken, times_in_words
from banker.web.entered import errors_of
from banker.web.month_picture import picture
from banker.web.page import page
from banker.web.toast import go_to
from banker.worker import Worker

MODELS_TO_PICK = 50
SENT_BEFORE = "This form was sent before: the calendar that it made stands in the list."

SentCalendar = Annotated[CalendarEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


class Switch(msgspec.Struct, frozen=True):
    """Whether a calendar is to draft: `true` or `false`."""

    running: str = ""


SentSwitch = Annotated[Switch, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(MANAGER))
async def list_calendars(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """Those that run first, each with the draw that opens next."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await calendar.listed(connection)
        clock = await calendar.clock(connection)
    rows = [
        {
            "calendar": one,
            "days": days_in_words(one.plan.rule),
            "times": times_in_words(one.plan.rule),
            "next": next(
                iter(days.coming(one.plan.rule, one.moves, clock.zone, clock.now, 1)), None
            ),
        }
        for one in found
    ]
    return page("calendars.html", request, phase=current, calendars=rows, spoken=spoken)


@get("/new", opt=dict(MANAGER))
async def begin_calendar(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    example: Annotated[str, QueryParameter(max_length=10)] = "",
) -> Template:
    """An empty calendar, or an example that is filled in, for the dialog."""
    async with reading(worker.pool) as connection:
        clock = await calendar.clock(connection)
    key = secrets.token_urlsafe(16)
    typed = thai(clock, key) if example == "thai" else CalendarEntered(key=key)
    return await _form(request, worker, typed, "/calendars", {})


@post("/", opt=dict(MANAGER), status_code=200)
async def create_calendar(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentCalendar,
) -> Response:  # type: ignore[type-arg]
    """A calendar with its first drafts, once for the form it was typed into."""
    try:
        plan = data.read()
        calendar_id = await persist(
            worker.pool, lambda connection: _create_once(connection, person, plan, data.key)
        )
    except Refusal as refusal:
        errors = {"": SENT_BEFORE} if isinstance(refusal, KeyReused) else errors_of(refusal)
        return await _form(request, worker, data, "/calendars", errors, refusal.status)
    return go_to(f"/calendars/{calendar_id}?done=made")


@get("/{calendar_id:str}", opt=dict(MANAGER))
async def show_calendar(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    calendar_id: PathText,
    month: Annotated[str, QueryParameter(max_length=10)] = "",
    done: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Template:
    """One calendar: its rule, three months drawn, and the draws in them."""
    asked = read_id(calendar_id, "calendar")
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        shown = await calendar.read(connection, asked)
        drafted = await calendar.drafted(connection, asked)
        clock = await calendar.clock(connection)
    first: date = read_day(f"{month}-01") or clock.today
    return page(
        "calendar.html",
        request,
        phase=current,
        shown=shown,
        days=days_in_words(shown.plan.rule),
        times=times_in_words(shown.plan.rule),
        picture=picture(shown, drafted, clock, first),
        is_now=(first.year, first.month) == (clock.today.year, clock.today.month),
        spoken=spoken,
        done=done,
    )


@get("/{calendar_id:str}/change", opt=dict(MANAGER))
async def begin_change(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    calendar_id: PathText,
) -> Template:
    """The calendar as it stands, for the dialog."""
    async with reading(worker.pool) as connection:
        shown = await calendar.read(connection, read_id(calendar_id, "calendar"))
    return await _form(request, worker, of_calendar(shown), f"/calendars/{shown.id}/change", {})


@post("/{calendar_id:str}/change", opt=dict(MANAGER), status_code=200)
async def change_calendar(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    calendar_id: PathText,
    data: SentCalendar,
) -> Response:  # type: ignore[type-arg]
    """What was changed of it; the drafts that have not opened follow."""
    changed, action = read_id(calendar_id, "calendar"), f"/calendars/{calendar_id}/change"
    async with reading(worker.pool) as connection:
        shown = await calendar.read(connection, changed)

    async def verb(connection: Connection) -> None:
        nonlocal shown
        # Held before it is compared, so that nobody changes it in between.
        shown = await calendar.hold(connection, changed)
        await drafting.change(connection, changed, data.changed(shown).read())

    try:
        await persist(worker.pool, verb)
    except ChangedMeanwhile as refusal:
        models = {str(shown.plan.model_id): shown.model_name}
        errors = errors_of(refusal) | meanwhile.words(refusal, models)
        again = data.rebased(shown)
        return await _form(request, worker, again, action, errors, refusal.status)
    except Refusal as refusal:
        return await _form(request, worker, data, action, errors_of(refusal), refusal.status)
    return go_to(f"/calendars/{changed}?done=changed")


@post("/{calendar_id:str}/running", opt=dict(MANAGER), status_code=200)
async def switch_calendar(
    worker: AtWorker, person: Asker, calendar_id: PathText, data: SentSwitch
) -> Response[None]:
    """Stop or restart the drafting."""
    if data.running not in ("true", "false"):
        raise Malformed("Say whether the calendar is to run: true or false.", field="running")
    switched = read_id(calendar_id, "calendar")
    verb = drafting.start if data.running == "true" else drafting.stop
    await persist(worker.pool, lambda connection: verb(connection, switched))
    return go_to(f"/calendars/{switched}?done={'started' if data.running == 'true' else 'stopped'}")


async def _create_once(connection: Connection, person: SignedIn, plan: Plan, key: str) -> int:
    """The number of the calendar, the same again for the same form."""

    async def act() -> dict[str, int]:
        return {"calendar_id": await drafting.create(connection, person.id, plan)}

    fingerprint = request.fingerprint(msgspec.json.encode(plan))
    asked = Asked(person.id, "calendar", request.read_key(key), fingerprint)
    answer = await request.once(connection, asked, act)
    calendar_id: int = msgspec.json.decode(answer.body)["calendar_id"]
    return calendar_id


async def _form(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    typed: CalendarEntered,
    action: str,
    errors: dict[str, str],
    status: int = 200,
) -> Template:
    async with reading(worker.pool) as connection:
        newest = await phase.newest(connection, MODELS_TO_PICK)
        clock = await calendar.clock(connection)
    models = [(str(one.id), f"{one.name} · {one.state}") for one in newest]
    if typed.model_id and typed.model_id not in dict(models):
        models.append((typed.model_id, "as it is"))
    return page(
        "calendar_form.html",
        request,
        status=status,
        entered=typed,
        action=action,
        errors=errors,
        models=models,
        zone=clock.zone.key,
    )


router = Router(
    path="/calendars",
    route_handlers=[
        list_calendars,
        begin_calendar,
        create_calendar,
        show_calendar,
        begin_change,
        change_calendar,
        switch_calendar,
        *calendar_days.handlers,
    ],
    include_in_schema=False,
)
