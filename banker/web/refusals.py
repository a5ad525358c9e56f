"""Refusals as answers: problem+json for programs, a fragment for htmx, a page for a browser."""

from collections.abc import Mapping

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template

from banker import metrics
from banker.database import RETRIED
from banker.errors import (
    Forbidden,
    Malformed,
    NotSignedIn,
    Refusal,
    Unavailable,
)
from banker.web.page import page

# What the framework says, as an error of its own, of a caller who left in the middle of a body.
LEFT = "client disconnected prematurely"
UNREADABLE = "The request cannot be read."
NO_HEADERS: Mapping[str, str] = {}

_log = structlog.get_logger()

_WAITED_TOO_LONG = (
    *RETRIED,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
)

_CODES = {
    400: "malformed",
    401: "not-signed-in",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
}
_WORDS = {
    # The framework says 403 of one thing: a form whose token is missing or another's.
    403: "This page has been open for too long; reload it and send the form again.",
    404: "There is nothing here.",
    405: "This address does not answer to that method.",
    413: "The request is larger than is taken here.",
    415: "Send JSON, as application/json.",
}


class Problem(msgspec.Struct, frozen=True):
    """What went against a request (RFC 9457): a stable code, words, and the facts."""

    status: int
    code: str
    title: str
    detail: str
    facts: dict[str, object]
    retry_after_s: int | None = None


def on_refusal(request: Request, refusal: Refusal) -> Response:  # type: ignore[type-arg]
    """A rule said no."""
    problem = Problem(
        refusal.status,
        refusal.code,
        refusal.title if not refusal.facts else refusal.detail,
        refusal.detail,
        refusal.facts,
        refusal.retry_after_s,
    )
    return answer(request, problem)


def on_http_exception(request: Request, wrong: HTTPException) -> Response:  # type: ignore[type-arg]
    """The framework said no: an unknown address, a wrong method, a body that cannot be read."""
    status = wrong.status_code
    if wrong.detail == LEFT:
        return answer(request, Problem(400, Malformed.code, UNREADABLE, LEFT, {}))
    if status >= 500:
        return on_accident(request, wrong)
    detail = _WORDS.get(status) or _without_urls(str(wrong.detail))
    facts: dict[str, object] = {}
    if isinstance(wrong.extra, list):
        errors = [_field_error(one) for one in wrong.extra if isinstance(one, dict)]
        facts["errors"] = errors
        detail = "; ".join(_in_words(error) for error in errors) or detail
    title = _WORDS.get(status, UNREADABLE)
    problem = Problem(status, _CODES.get(status, Malformed.code), title, detail, facts)
    return answer(request, problem, wrong.headers or {})


def on_accident(request: Request, accident: Exception) -> Response:  # type: ignore[type-arg]
    """What nobody foresaw. Lost connections are the world's; anything else is a bug, and logged."""
    if isinstance(accident, _WAITED_TOO_LONG) and not isinstance(accident, ValueError):
        return on_refusal(request, Unavailable())
    if isinstance(
        accident, asyncpg.CharacterNotInRepertoireError | asyncpg.UntranslatableCharacterError
    ):
        return on_refusal(request, Malformed("The text holds a character that cannot be stored."))
    _log.exception("unforeseen", path=request.scope["path"], exc_info=accident)
    words = "Something went wrong here; it was noted. Nothing was stored by halves."
    return answer(request, Problem(500, "accident", words, words, {}))


def answer(
    request: Request,  # type: ignore[type-arg]
    problem: Problem,
    more: Mapping[str, str] = NO_HEADERS,
) -> Response:  # type: ignore[type-arg]
    """The problem in the form that the caller reads."""
    metrics.refusals.labels(problem.code).inc()
    headers = dict(more)
    if problem.retry_after_s is not None:
        headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if _speaks_json(request):
        return _as_json(problem, headers)
    if request.headers.get("HX-Request") == "true":
        if problem.code == NotSignedIn.code:
            headers["HX-Redirect"] = "/signin"
        return _as_fragment(request, problem, headers)
    if problem.code == NotSignedIn.code:
        return Redirect("/signin", status_code=303)
    return _as_page(request, problem, headers)


def plainly(message: str) -> str:
    """What the decoder says of a field, without the regular expression that it fell through."""
    return "not in the form that is asked for" if "matching regex" in message else message


def _as_json(problem: Problem, headers: dict[str, str]) -> Response:  # type: ignore[type-arg]
    body = {
        "type": f"urn:banker:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.facts,
    }
    return Response(
        msgspec.json.encode(body),
        status_code=problem.status,
        headers=headers,
        media_type="application/problem+json",
    )


def _as_fragment(request: Request, problem: Problem, headers: dict[str, str]) -> Template:  # type: ignore[type-arg]
    template = page("refusal.html", request, problem=problem)
    return _with(template, problem, headers)


def _as_page(request: Request, problem: Problem, headers: dict[str, str]) -> Template:  # type: ignore[type-arg]
    template = page("refusal_page.html", request, problem=problem)
    return _with(template, problem, headers)


def _with(template: Template, problem: Problem, headers: dict[str, str]) -> Template:
    template.status_code = problem.status
    template.headers = {**(template.headers or {}), **headers}
    return template


def _speaks_json(request: Request) -> bool:  # type: ignore[type-arg]
    path = request.scope["path"]
    return path.startswith("/api/") or path in ("/health", "/metrics", "/schema/openapi.json")


def _field_error(extra: dict[str, object]) -> dict[str, str]:
    return {
        "field": str(extra.get("key", "")),
        "detail": plainly(str(extra.get("message", ""))),
    }


def _in_words(error: dict[str, str]) -> str:
    return ": ".join(part for part in (error["field"], error["detail"]) if part)


def _without_urls(detail: str) -> str:
    """The framework's wording names the method and full URL first; the rest is what helps."""
    _, _, rest = detail.partition(": ")
    return rest if detail.startswith(("Validation failed", "Failed to")) and rest else detail


__all__ = [
    "Forbidden",
    "Problem",
    "answer",
    "on_accident",
    "on_http_exception",
    "on_refusal",
    "plainly",
]
