"""The way of a slip past the framework: read once, answered once.

A slip in its plainest form (a collector's, by bearer token, as JSON of a known length) comes a
thousand times a second in a draw's last minutes, and the framework takes longer over it than its
placement does. Any other request goes the framework's way, which answers the same to all of it.
"""

from collections.abc import Iterable

from litestar.types import ASGIApp, Receive, Scope, Send

from banker.books import session
from banker.web.access import read_bearer
from banker.web.api.body import LARGEST_BODY_BYTES, read_form
from banker.web.api.fields import read_id
from banker.web.api.forms import SlipForm
from banker.web.counter import place_text
from banker.worker import Worker

_NEEDED = frozenset((b"authorization", b"content-length", b"content-type", b"idempotency-key"))


def express(app: ASGIApp) -> ASGIApp:
    """The way, with `app` as the framework's own."""

    async def way(scope: Scope, receive: Receive, send: Send) -> None:
        headers = _plain_headers(scope["headers"])
        if headers is None:
            await app(scope, receive, send)
            return
        worker: Worker = scope["litestar_app"].state.worker
        token = read_bearer(headers[b"authorization"])
        person = await worker.door.find(session.shown(token, "api")) if token else None
        if person is None or person.role != "collector":
            await app(scope, receive, send)
            return
        body = await _read_body(receive)
        if body is None:
            return
        form = read_form(body, SlipForm)
        answer = await place_text(
            worker,
            person,
            read_id(scope["path_params"]["phase_id"], "phase"),
            form.text,
            form.note,
            headers[b"idempotency-key"],
        )
        answered = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer.body)).encode()),
        ]
        if answer.replayed:
            answered.append((b"idempotent-replayed", b"true"))
        await send({"type": "http.response.start", "status": answer.status, "headers": answered})
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})

    return way


def _plain_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str] | None:
    """What is needed to place a slip; None for whatever is missing, given twice or out of the
    ordinary."""
    plain: dict[bytes, str] = {}
    for name, value in headers:
        if name in _NEEDED:
            if name in plain:
                return None
            plain[name] = value.decode("latin-1")
    if len(plain) < len(_NEEDED) or plain[b"content-type"] != "application/json":
        return None
    length = plain[b"content-length"]
    if not length.isdecimal() or not 0 < int(length) <= LARGEST_BODY_BYTES:
        return None
    return plain


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, no longer than its announced length; None of a caller who left."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
