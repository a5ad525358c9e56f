"""The collector's page: a slip is typed, read back while it is typed, and sent once."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.params import HeaderParameter, JSONBody, QueryParameter
from litestar.response import Stream, Template

from banker.books import exposure, ledger
from banker.books import phase as phases
from banker.books.receipt import Receipt
from banker.books.session import SignedIn
from banker.database import reading
from banker.errors import Malformed, Refusal
from banker.rules import notation
from banker.rules.number import read_label
from banker.web import collect_tickets, collector, paper
from banker.web.access import COLLECTOR, Asker, AtWorker, PathText
from banker.web.api.body import demand_json
from banker.web.api.fields import read_id, read_ticket_id
from banker.web.counter import place_text, read_note, void_ticket
from banker.web.event_stream import event_stream
from banker.web.page import page
from banker.web.readback import MOST_BETS_SHOWN, MOST_TOLD, fitted, read_back
from banker.worker import Worker

MOST_NUMBERS_SHOWN = 200

AskedPhase = Annotated[str | None, QueryParameter(name="phase", max_length=12)]
Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key")]


class SlipTyped(msgspec.Struct, frozen=True):
    """A slip as it stands in the box. It comes as JSON: the text must arrive as it was typed, and
    parsed forms are kept in memory by the framework, which slips must not be."""

    text: str = ""
    phase: str = ""
    note: str = ""
    numbers: list[str] | None = None


@get("/", opt=dict(COLLECTOR))
async def show_page(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: AskedPhase = None,
) -> Template:
    """An empty slip for the phase that was chosen, else for the one that closes first."""
    shown = await _counter(request, worker, person, phase_id, "collect.html")
    phase = shown.context["counter"].phase
    if phase_id and phase is not None:
        shown.cookies = [collector.kept_choice(phase, worker.settings.secure)]
    return shown


@get("/side", opt=dict(COLLECTOR))
async def show_side(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: AskedPhase = None,
) -> Template:
    """Purse, newest slips and the state of the phase, read anew."""
    return await _counter(request, worker, person, phase_id, "collect_side.html")


@get("/stream", opt=dict(COLLECTOR), media_type="text/event-stream")
async def stream_money(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
) -> Stream:
    """An event whenever money of the person moved."""
    return event_stream(worker.money(person.id), request)


@post("/reading", opt=dict(COLLECTOR), status_code=200, before_request=demand_json)
async def read_slip(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: JSONBody[SlipTyped],
) -> Template:
    """How the slip is read, and what would stand against it; nothing is placed."""
    async with reading(worker.pool) as connection:
        standing = await exposure.standing(connection, read_id(data.phase, "phase"))
        balance = (await ledger.balances(connection, [person.id]))[person.id]
    readback = read_back(data.text, standing, balance.available)
    return page(
        "collect_reading.html",
        request,
        readback=readback,
        margins={
            "margins": readback.margins(),
            "marks": readback.marks(),
            "state": readback.state,
        },
        most_told=MOST_TOLD,
        most_bets=MOST_BETS_SHOWN,
    )


@post(
    "/fitted",
    opt=dict(COLLECTOR),
    status_code=200,
    media_type=MediaType.TEXT,
    before_request=demand_json,
)
async def fit_slip(worker: AtWorker, person: Asker, data: JSONBody[SlipTyped]) -> Response[str]:
    """The slip with the numbers named, or all, lowered to their room; for the box, not placed."""
    try:
        numbers = None if data.numbers is None else [read_label(one) for one in data.numbers]
    except ValueError:
        raise Malformed("Numbers are 000 to 999.", field="numbers") from None
    async with reading(worker.pool) as connection:
        standing = await exposure.standing(connection, read_id(data.phase, "phase"))
    return Response(fitted(data.text, standing, numbers), media_type=MediaType.TEXT)


@post(
    "/stripped",
    opt=dict(COLLECTOR),
    status_code=200,
    media_type=MediaType.TEXT,
    before_request=demand_json,
)
async def strip_slip(data: JSONBody[SlipTyped]) -> Response[str]:
    """The slip without the names and times that a chat put before its lines."""
    stripped = notation.strip_chat_prefixes(data.text)
    return Response(data.text if stripped is None else stripped, media_type=MediaType.TEXT)


@post("/tickets", opt=dict(COLLECTOR), status_code=201, before_request=demand_json)
async def place_slip(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: JSONBody[SlipTyped],
    key: Key = None,
) -> Template:
    """All of the slip or none of it, once for its key: the receipt, or every offender."""
    try:
        note = read_note(data.note)
        answer = await place_text(
            worker, person, read_id(data.phase, "phase"), data.text, note, key
        )
    except Refusal as refusal:
        if refusal.retry_after_s is not None:
            raise
        return _refused(request, refusal)
    receipt = msgspec.json.decode(answer.body, type=Receipt)
    async with reading(worker.pool) as connection:
        phase = await phases.read(connection, read_id(data.phase, "phase"))
    original = paper.original(receipt, phase.name, person.username, note)
    shown = page(
        "collect_answer.html",
        request,
        status=answer.status,
        paper=original,
        chat=original.text(ZoneInfo(worker.settings.timezone)),
        receipt=receipt,
        replayed=answer.replayed,
    )
    if answer.replayed:
        shown.headers["Idempotent-Replayed"] = "true"
    return shown


@post("/tickets/{ticket_id:str}/void", opt=dict(COLLECTOR), status_code=200)
async def void(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    ticket_id: PathText,
    phase_id: AskedPhase = None,
) -> Template:
    """The same as on the ticket's own page, answered with the list beside the slip."""
    refusal = None
    try:
        await void_ticket(worker, person, read_ticket_id(ticket_id))
    except Refusal as raised:
        if raised.status != 409:
            raise
        refusal = raised
    return await _counter(request, worker, person, phase_id, "collect_side.html", refusal)


async def _counter(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    phase_id: str | None,
    template: str,
    refusal: Refusal | None = None,
) -> Template:
    zone = ZoneInfo(worker.settings.timezone)
    async with reading(worker.pool) as connection:
        phase = await collector.chosen_phase(connection, request, phase_id)
        counter = await collector.stand(connection, person.id, phase, zone)
        current = await phases.current(connection)
    return page(
        template,
        request,
        phase=phase,
        current=current,
        status=200 if refusal is None else refusal.status,
        counter=counter,
        person_id=person.id,
        refusal=refusal,
    )


def _refused(request: Request, refusal: Refusal) -> Template:  # type: ignore[type-arg]
    facts: dict[str, Any] = refusal.facts
    return page(
        "collect_refused.html",
        request,
        status=refusal.status,
        refusal=refusal,
        problems=facts.get("errors", [])[:MOST_TOLD],
        problem_count=len(facts.get("errors", [])),
        numbers=facts.get("numbers", [])[:MOST_NUMBERS_SHOWN],
        number_count=len(facts.get("numbers", [])),
    )


router = Router(
    path="/collect",
    route_handlers=[
        show_page,
        show_side,
        stream_money,
        read_slip,
        fit_slip,
        strip_slip,
        place_slip,
        void,
        collect_tickets.list_tickets,
    ],
    include_in_schema=False,
)
