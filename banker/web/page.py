"""A page or fragment with what every page says: who is signed in, which phase, how long still."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.response import Template
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

from banker.books.phase import Current, Phase
from banker.books.session import SignedIn
from banker.web.countdown import countdown_of
from banker.worker import Worker

NAVIGATION = {
    "admin": (
        ("Risk", "/risk"),
        ("Phases", "/phases"),
        ("History", "/history"),
        ("Cash", "/cash"),
        ("Approvals", "/approvals"),
        ("Books", "/books"),
        ("People", "/people"),
        ("Partners", "/partners"),
        ("Exports", "/exports"),
        ("Monitor", "/monitor"),
    ),
    "manager": (
        ("Phases", "/phases"),
        ("Risk", "/risk"),
        ("History", "/history"),
        ("Partners", "/partners"),
        ("Approvals", "/approvals"),
        ("Exports", "/exports"),
    ),
    "cashier": (
        ("Cash", "/cash"),
        ("Approvals", "/approvals"),
        ("Books", "/books"),
        ("Exports", "/exports"),
        ("Monitor", "/monitor"),
    ),
    "collector": (
        ("Enter", "/collect"),
        ("My slips", "/collect/tickets"),
        ("Statements", "/collect/statements"),
    ),
    "partner": (("Earnings", "/partner"), ("Account", "/account")),
}


def page(
    template: str,
    request: Request,  # type: ignore[type-arg]
    phase: Phase | None = None,
    status: int = 200,
    block: str | None = None,
    current: Current | None = None,
    **context: Any,
) -> Template:
    """A template with the common context; `block` names one block of it, for htmx. Where `phase`
    has no time to count down to, the bar counts down to that of the `current` one."""
    worker: Worker = request.app.state.worker
    person: SignedIn | None = request.scope["state"].get("person")
    zone = ZoneInfo(worker.settings.timezone)
    read = phase or current
    return Template(
        template_name=template,
        status_code=status,
        headers={"Cache-Control": "no-store"},
        context={
            "demo": worker.settings.demo,
            "person": None if person is None else {"name": person.username, "role": person.role},
            "nav": [] if person is None else _navigation(person, request.scope["path"]),
            "phase": None if phase is None else head_of(phase, zone),
            "countdown": countdown_of(phase, current, zone),
            # The database's clock decides when a phase closes, so it is the one that is counted by.
            "server_time": (datetime.now(UTC) if read is None else read.now).isoformat(),
            "timezone": worker.settings.timezone,
            "currency": worker.settings.currency,
            "csrf_token": _csrf_token(request),
            "block": block,
            **context,
        },
    )


def home_of(role: str) -> str:
    """The page that a person of a role begins at."""
    return NAVIGATION[role][0][1]


def head_of(phase: Phase, zone: ZoneInfo) -> dict[str, Any]:
    """A phase as the bar shows it, its closing time in the house's zone."""
    closes_at = phase.closes_at
    return {
        "id": phase.id,
        "name": phase.name,
        "state": phase.state,
        "intake_open": phase.intake_open,
        "overdue": phase.overdue,
        "closes_at": None if closes_at is None else closes_at.astimezone(zone),
        "closes_at_iso": None if closes_at is None else closes_at.isoformat(),
    }


def _navigation(person: SignedIn, path: str) -> list[dict[str, object]]:
    links = NAVIGATION[person.role]
    best = max((href for _, href in links if path.startswith(href)), key=len, default="")
    return [{"label": label, "href": href, "current": href == best} for label, href in links]


def _csrf_token(request: Request) -> str:  # type: ignore[type-arg]
    token = ScopeState.from_scope(request.scope).csrf_token
    return "" if token is Empty else str(token)
