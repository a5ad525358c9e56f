"""One number of a phase, in the wall's dialog, and its own limit."""

from decimal import Decimal

import msgspec
from litestar import Request, Response, delete, get, put
from litestar.params import URLEncodedBody
from litestar.response import Template

from banker.books import exposure, four_eyes
from banker.books.exposure import Standing
from banker.books.session import SignedIn
from banker.database import persist, reading
from banker.live import figures
from banker.rules import limits
from banker.rules.money import cents_text, from_cents, read_amount
from banker.rules.number import label
from banker.web.access import ADMIN, MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import LARGEST_LIMIT, read_id, read_number
from banker.web.page import page
from banker.web.toast import closed_with
from banker.worker import Worker


class LimitEntered(msgspec.Struct, frozen=True):
    """A limit as it was typed."""

    max_amount: str = ""


WAITS = "{number}: the higher limit waits for a second person; see Approvals. The old one holds."

SentLimit = URLEncodedBody[LimitEntered]


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
) -> Response:  # type: ignore[type-arg]
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
) -> Response:  # type: ignore[type-arg]
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
) -> Response:  # type: ignore[type-arg]
    waiting = await persist(
        worker.pool,
        lambda connection: four_eyes.limit_number(connection, person.id, phase_id, number, amount),
    )
    if waiting is not None:
        return closed_with(WAITS.format(number=label(number)))
    worker.stream.tell_change(phase_id)
    return await _number(request, worker, person, phase_id, number)


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
    risk = figures.assessed(standing.phase, standing.exposures)
    return {
        "number": label(number),
        "total_bet": from_cents(one.staked_cents),
        "weight": Decimal(one.weight).scaleb(-4).quantize(Decimal("0.01")),
        "liability": risk.liability[number],
        "profit": risk.profit[number],
        "limit": figures.limit_of(standing.phase, one),
        "own_limit": None if one.limit_cents is None else cents_text(one.limit_cents),
        "room": from_cents(limits.room(one, figures.intake_of(standing.phase)).cents),
        "break_even": risk.break_even(number, from_cents(one.factor)),
    }


handlers = (show_number, set_limit, remove_limit)
