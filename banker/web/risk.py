"""The wall: the risk of a phase as it moves, its limits one key away, and the intake switch."""

from decimal import Decimal
from typing import Annotated

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Stream, Template

from banker.books import exposure, phase
from banker.books.exposure import Standing
from banker.books.phase import Phase
from banker.books.session import SignedIn
from banker.database import persist, reading
from banker.errors import Malformed
from banker.live import figures
from banker.live.message import cents, weight
from banker.rules import limits
from banker.rules.money import money, read_amount
from banker.rules.number import label
from banker.rules.risk import assess
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import LARGEST_LIMIT, read_id, read_number
from banker.web.event_stream import event_stream
from banker.web.page import page
from banker.worker import Worker

PHASES_TO_PICK = 12


class SwitchForm(msgspec.Struct, frozen=True):
    """Whether slips are to be taken: `true` or `false`."""

    open: str = ""


class LimitEntered(msgspec.Struct, frozen=True):
    """A limit as it was typed."""

    max_amount: str = ""


SentSwitch = Annotated[SwitchForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
SentLimit = Annotated[LimitEntered, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(MANAGER))
async def show_current(request: Request, worker: AtWorker, person: Asker) -> Template | Redirect:  # type: ignore[type-arg]
    """The wall of the phase that closes first."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        phases = await phase.newest(connection, PHASES_TO_PICK)
    return _wall(request, person, current, phases)


@get("/{phase_id:str}", opt=dict(MANAGER))
async def show_wall(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """The wall of one phase."""
    async with reading(worker.pool) as connection:
        shown = await phase.read(connection, read_id(phase_id, "phase"))
        phases = await phase.newest(connection, PHASES_TO_PICK)
    return _wall(request, person, shown, phases)


@get("/{phase_id:str}/stream", opt=dict(MANAGER))
async def stream_wall(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Stream:
    """The same events as the API's stream, for the page's cookie."""
    return event_stream(await worker.frames(read_id(phase_id, "phase")), request)


@post("/{phase_id:str}/intake", opt=dict(ADMIN), status_code=200)
async def switch_intake(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    data: SentSwitch,
) -> Template:
    """Stop or restart the taking of slips."""
    if data.open not in ("true", "false"):
        raise Malformed("Say whether the intake is to be open: true or false.", field="open")
    switched = read_id(phase_id, "phase")
    told = await persist(
        worker.pool,
        lambda connection: phase.set_intake(connection, switched, data.open == "true"),
    )
    worker.stream.tell_change(switched)
    return page("risk_intake.html", request, phase=told, can_stop=True)


@get("/{phase_id:str}/numbers/{number:str}", opt=dict(MANAGER))
async def show_number(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    number: PathText,
) -> Template:
    """One number, for the dialog."""
    return await _number(request, worker, person, read_id(phase_id, "phase"), read_number(number))


@put("/{phase_id:str}/limits/{number:str}", opt=dict(ADMIN))
async def set_limit(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    number: PathText,
    data: SentLimit,
) -> Template:
    """Give a number its own limit; what cannot be read is said at the field."""
    limited, which = read_id(phase_id, "phase"), read_number(number)
    entered = data.max_amount.replace(",", "").strip()
    try:
        amount = read_amount(entered)
    except ValueError:
        amount = LARGEST_LIMIT + 1
    if amount > LARGEST_LIMIT:
        error = "Write an amount such as 25000 or 1500.50."
        return await _number(
            request, worker, person, limited, which, entered=data.max_amount, error=error
        )
    return await _limited(request, worker, person, limited, which, amount)


@delete("/{phase_id:str}/limits/{number:str}", opt=dict(ADMIN), status_code=200)
async def remove_limit(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
    number: PathText,
) -> Template:
    """The phase's limit holds again."""
    limited, which = read_id(phase_id, "phase"), read_number(number)
    return await _limited(request, worker, person, limited, which, None)


async def _limited(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    phase_id: int,
    number: int,
    amount: Decimal | None,
) -> Template:
    await persist(
        worker.pool,
        lambda connection: exposure.set_limit(connection, phase_id, number, amount),
    )
    worker.stream.tell_change(phase_id)
    return await _number(request, worker, person, phase_id, number)


def _wall(
    request: Request,  # type: ignore[type-arg]
    person: SignedIn,
    shown: Phase | None,
    phases: list[Phase],
) -> Template:
    return page(
        "risk.html",
        request,
        phase=shown,
        stream_url="" if shown is None else f"/risk/{shown.id}/stream",
        can_stop=person.role == "admin",
        phases=[
            {
                "id": one.id,
                "name": one.name,
                "state": one.state,
                "href": f"/risk/{one.id}",
                "current": shown is not None and one.id == shown.id,
            }
            for one in phases
        ],
    )


async def _number(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    phase_id: int,
    number: int,
    entered: str | None = None,
    error: str = "",
) -> Template:
    async with reading(worker.pool) as connection:
        standing = await exposure.standing(connection, phase_id)
        collectors = await exposure.largest_collectors(connection, phase_id, number)
        tickets = await exposure.newest_bets(connection, phase_id, number)
    return page(
        "risk_number.html",
        request,
        phase=standing.phase,
        status=400 if error else 200,
        number=_facts(standing, number),
        collectors=[{"name": name, "total": total} for name, total in collectors],
        tickets=[{**bet, "collector": bet["username"]} for bet in tickets],
        entered=entered,
        error=error,
        can_stop=person.role == "admin" and standing.phase.state in ("draft", "open"),
    )


def _facts(standing: Standing, number: int) -> dict[str, object]:
    one = standing.exposures[number]
    risk = assess(
        [cents(each.total_bet) for each in standing.exposures],
        [weight(each.weight) for each in standing.exposures],
        cents(standing.phase.commission),
        standing.phase.prizes,
    )
    return {
        "number": label(number),
        "total_bet": one.total_bet,
        "weight": one.weight.quantize(Decimal("0.01")),
        "liability": risk.liability[number],
        "profit": risk.profit[number],
        "limit": figures.limit_of(standing.phase, one),
        "own_limit": None if one.max_amount is None else money(one.max_amount),
        "room": limits.room(one, figures.intake_of(standing.phase)).amount,
        "break_even": risk.break_even(number, one.factor),
    }


router = Router(
    path="/risk",
    route_handlers=[
        show_current,
        show_wall,
        stream_wall,
        switch_intake,
        show_number,
        set_limit,
        remove_limit,
    ],
    include_in_schema=False,
)
