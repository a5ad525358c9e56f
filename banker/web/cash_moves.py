"""The forms of the counter, sent: money in and out, credit, bonuses."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, post

from banker.books.request import Answer
from banker.errors import NotFound, Refusal
from banker.rules.money import ZERO
from banker.web.access import CASHIER, Asker, AtWorker
from banker.web.api.fields import read_id
from banker.web.cash_forms import BY_PATH, SentTyped, again, send, told
from banker.web.cash_person import counter
from banker.web.counting import Desk
from banker.web.rendering import shown
from banker.web.toast import go_to, with_toast
from banker.worker import Worker


class Done(msgspec.Struct, frozen=True):
    """What an answer of the desk may tell: the transfer, what waits, or the credit limit."""

    transfer_id: str | None = None
    approval_id: str | None = None
    credit_limit: Decimal = ZERO


@post([f"/{path}" for path in BY_PATH], opt=dict(CASHIER), status_code=200)
async def send_form(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentTyped,
) -> Response:  # type: ignore[type-arg]
    """Done once for the form, and its slip; or at the form what went against it."""
    operation = BY_PATH[request.url.path.rpartition("/")[2]].operation
    try:
        desk = Desk(worker, person, data.key)
        answer = await send(desk, operation, data, ZoneInfo(worker.settings.timezone))
    except NotFound:
        raise
    except Refusal as refusal:
        return await counter(
            request,
            worker,
            read_id(data.user_id, "person"),
            refusal.status,
            typed={operation: again(data, refusal)},
            errors={operation: told(operation, refusal)},
        )
    return await _done(request, worker, read_id(data.user_id, "person"), answer)


async def _done(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    user_id: int,
    answer: Answer,
) -> Response:  # type: ignore[type-arg]
    done = msgspec.json.decode(answer.body, type=Done)
    if done.transfer_id is not None:
        return go_to(f"/cash/slips/{done.transfer_id}" + ("?again=1" if answer.replayed else ""))
    if done.approval_id is not None:
        return await counter(request, worker, user_id, waiting=done.approval_id)
    words = f"The credit limit is {shown(done.credit_limit)}."
    return with_toast(await counter(request, worker, user_id), words)
