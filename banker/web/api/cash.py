"""Money over the counter."""

from typing import Annotated

from litestar import Response, post
from litestar.params import HeaderParameter, JSONBody

from banker.books import cash, request
from banker.books.cash import Counted
from banker.books.request import Answer, Asked
from banker.books.session import SignedIn
from banker.database import persist
from banker.web.access import CASHIER, Asker, AtWorker
from banker.web.api.fields import read_text
from banker.web.api.forms import CashForm

TAGS = ["cash"]
Key = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="1 to 255 visible characters; required"),
]


@post("/cash/deposits", opt=dict(CASHIER), tags=TAGS, status_code=201, summary="Take money in")
async def deposit(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """Into the person's cash, once for its Idempotency-Key."""
    asked, amount, reason = _read(person, "deposit", data, key)
    return _answered(
        await persist(
            worker.pool,
            lambda connection: cash.deposit(connection, asked, int(data.user_id), amount, reason),
        )
    )


@post("/cash/withdrawals", opt=dict(CASHIER), tags=TAGS, status_code=201, summary="Pay money out")
async def withdraw(
    worker: AtWorker, person: Asker, data: JSONBody[CashForm], key: Key = None
) -> Response[Counted]:
    """From the person's cash alone, once for its Idempotency-Key."""
    asked, amount, reason = _read(person, "withdraw", data, key)
    return _answered(
        await persist(
            worker.pool,
            lambda connection: cash.withdraw(connection, asked, int(data.user_id), amount, reason),
        )
    )


def _read(person: SignedIn, operation: str, data: CashForm, key: str | None):  # type: ignore[no-untyped-def]
    amount, reason = data.read_amount(), read_text(data.reason, "reason")
    fingerprint = request.fingerprint(data.user_id, str(amount), reason)
    asked = Asked(person.id, operation, request.read_key(key), fingerprint)
    return asked, amount, reason


def _answered(answer: Answer) -> Response[Counted]:
    return Response(
        answer.body,  # type: ignore[arg-type]
        status_code=answer.status,
        headers={"Idempotent-Replayed": "true"} if answer.replayed else {},
        media_type="application/json",
    )


handlers = (deposit, withdraw)
