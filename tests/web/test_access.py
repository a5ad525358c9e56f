"""Every route of the application, walked with every role and with none."""

import re
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from litestar import Litestar, get
from litestar.routes import HTTPRoute

from banker.books.session import Kind
from banker.embedded import House
from banker.web.access import demand_roles
from banker.web.app import create_app
from tests.databases import Clones
from tests.serving import settings_for
from tests.web.standing import Standing, standing

PEOPLE = {"admin": "thida", "manager": "min", "cashier": "su", "partner": "ko", "collector": "aung"}

# Who may do what, as the design's public face says.
FACE = {
    "POST /api/tokens": None,
    "DELETE /api/tokens/current": set(PEOPLE),
    "POST /api/users": {"admin"},
    "GET /api/users": {"admin"},
    "PATCH /api/users/{user_id}": {"admin"},
    "GET /api/users/{user_id}/balance": set(PEOPLE),
    "POST /api/phases": {"manager", "admin"},
    "PATCH /api/phases/{phase_id}": {"manager", "admin"},
    "POST /api/phases/{phase_id}/copy": {"manager", "admin"},
    "GET /api/phases": set(PEOPLE),
    "GET /api/phases/{phase_id}": set(PEOPLE),
    "POST /api/phases/{phase_id}/opening": {"manager", "admin"},
    "POST /api/phases/{phase_id}/closure": {"manager", "admin"},
    "POST /api/phases/{phase_id}/void": {"manager", "admin"},
    "POST /api/phases/{phase_id}/intake": {"admin"},
    "POST /api/phases/{phase_id}/rehearsal": {"manager", "admin"},
    "POST /api/phases/{phase_id}/settlement": {"manager", "admin"},
    "GET /api/phases/{phase_id}/settlement": {"manager", "admin"},
    "GET /api/phases/{phase_id}/statements": {"manager", "admin"},
    "GET /api/phases/{phase_id}/statements/{user_id}": {"manager", "cashier", "admin", "collector"},
    "POST /api/phases/{phase_id}/resettlement": {"manager", "admin"},
    "GET /api/phases/{phase_id}/draws": {"manager", "admin"},
    "GET /api/history": {"manager", "admin"},
    "GET /api/statistics/months": {"manager", "admin"},
    "GET /api/statistics/months/{month}/collectors": {"manager", "admin"},
    "GET /api/statistics/months/{month}/numbers": {"manager", "admin"},
    "PUT /api/phases/{phase_id}/limits/{number}": {"admin"},
    "DELETE /api/phases/{phase_id}/limits/{number}": {"admin"},
    "POST /api/parse": {"collector", "admin"},
    "POST /api/phases/{phase_id}/tickets": {"collector"},
    "GET /api/tickets/{ticket_id}": {"collector", "admin", "manager"},
    "GET /api/tickets/{ticket_id}/proof": {"collector", "admin", "manager"},
    "GET /api/phases/{phase_id}/tickets": {"collector", "admin", "manager"},
    "POST /api/tickets/{ticket_id}/void": {"collector", "admin"},
    "GET /api/phases/{phase_id}/risk": {"manager", "admin"},
    "GET /api/phases/{phase_id}/stream": {"manager", "admin"},
    "POST /api/cash/deposits": {"cashier", "admin"},
    "POST /api/cash/withdrawals": {"cashier", "admin"},
    "POST /api/cash/credit-limits": {"cashier", "admin"},
    "POST /api/cash/repayments": {"cashier", "admin"},
    "POST /api/cash/bonuses": {"cashier", "admin"},
    "POST /api/cash/earnings": {"cashier", "admin"},
    "POST /api/cash/reversals": {"cashier", "admin"},
    "GET /api/partners/{partner_id}/earnings": {"partner", "manager", "admin"},
    "POST /api/approvals/{approval_id}/approval": {"cashier", "manager", "admin"},
    "POST /api/approvals/{approval_id}/refusal": {"cashier", "manager", "admin"},
    "GET /health": None,
    "GET /metrics": None,
}
PLAUSIBLE = {
    "phase_id": "1",
    "number": "137",
    "ticket_id": str(uuid.UUID(int=7, version=4)),
    "transfer_id": "1",
    "account_id": "101",
    "approval_id": "1",
    "partner_id": "2",
    "shift_id": "1",
    "calendar_id": "1",
    "day": "2030-01-16",
    "verb": "open",
    "month": "2026-11",
    "form": "csv",
    "file_path": "banker.css",
    "path": "nothing",
}
# Where a session ends.
ENDING = ("/signout", "/account/signout", "/account/password", "/api/tokens/current")
SESSIONS: dict[tuple[str, Kind], str] = {}
# Anyone is let in, and is told in the end to sign in, or that a name and a password are wrong.
LET_IN = (("GET", "/"), ("POST", "/signin"), ("POST", "/signout"))


def _routes() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    nowhere = House(database_url="-", owner_url="-", redis_url="redis://127.0.0.1:1/0")
    for route in create_app(settings_for(nowhere)).routes:
        assert isinstance(route, HTTPRoute), f"{route.path} is of a kind that this test cannot walk"
        for method, (handler, _) in route.route_handler_map.items():
            if method != "OPTIONS":
                roles = handler.opt["roles"]
                yield method, route.path_format, None if roles is None else frozenset(roles)


ROUTES = sorted(_routes(), key=lambda route: (route[1], route[0]))


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


@pytest.mark.parametrize(
    ("method", "path", "roles"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES]
)
async def test_a_route_lets_in_whom_it_names_and_nobody_else(
    stood: Standing, method: str, path: str, roles: frozenset[str] | None
) -> None:
    filled = re.sub(r"\{(\w+)\}", lambda found: _plausible(stood, found[1]), path)
    for role in (None, *PEOPLE):
        outcome = await _outcome(stood, role, method, filled)
        if roles is None or role in roles:
            assert outcome == "in", role
        elif role is None:
            assert outcome == ("401" if path.startswith("/api/") else "sent to sign in")
        else:
            assert outcome == "403", role


@pytest.mark.parametrize("call", FACE)
def test_a_call_of_the_public_face_is_for_whom_the_design_says(call: str) -> None:
    roles = {f"{method} {path}": roles for method, path, roles in ROUTES}
    assert roles[call] == FACE[call]


def test_a_route_without_roles_does_not_start() -> None:
    @get("/open", sync_to_thread=False)
    def forgotten() -> None:
        """A route that says nothing of who may."""

    with pytest.raises(LookupError, match="GET /open"):
        demand_roles(Litestar([forgotten], logging_config=None))


async def test_a_page_session_is_no_bearer_token(stood: Standing) -> None:
    token = await stood.token(stood.cast.thida, "page")
    response = await stood.client.get("/api/users", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401


async def test_a_bearer_token_is_no_page_session(stood: Standing) -> None:
    token = await stood.token(stood.cast.thida, "api")
    response = await stood.client.get("/risk", headers={"Cookie": f"banker={token}"})
    assert (response.status_code, response.headers["location"]) == (303, "/signin")


async def test_a_cookie_opens_no_api(stood: Standing) -> None:
    token = await stood.token(stood.cast.thida, "page")
    response = await stood.client.get("/api/users", headers={"Cookie": f"banker={token}"})
    assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize("value", ["", "Bearer", "Basic {}", "{}", "Bearer {} {}", "x" * 9000])
async def test_only_a_bearer_header_is_believed(stood: Standing, value: str) -> None:
    token = await stood.token(stood.cast.thida)
    header = value.replace("{}", token)
    response = await stood.client.get("/api/users", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_the_scheme_is_read_in_any_case(stood: Standing) -> None:
    token = await stood.token(stood.cast.thida)
    response = await stood.client.get("/api/users", headers={"Authorization": f"bearer {token}"})
    assert response.status_code == 200


async def test_htmx_is_told_where_to_sign_in(stood: Standing) -> None:
    response = await stood.client.get("/risk", headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["hx-redirect"]) == (401, "/signin")


async def test_options_tell_nobody_anything(stood: Standing) -> None:
    response = await stood.client.options("/api/users")
    assert (response.status_code, response.content) == (204, b"")


def _plausible(stood: Standing, name: str) -> str:
    if name in ("user_id", "person_id"):
        return str(stood.cast.hla.id)
    return PLAUSIBLE[name]


async def _outcome(stood: Standing, role: str | None, method: str, path: str) -> str:
    """`in`, `401`, `403` or `sent to sign in`, by a session of this request's own."""
    if path.startswith("/api/"):
        headers = {}
        if role is not None:
            headers["Authorization"] = f"Bearer {await _session(stood, role, path)}"
    else:
        headers = await stood.csrf()
        if role is not None:
            headers["Cookie"] += f"; banker={await _session(stood, role, path)}"
    # A name of its own each time, for a failed sign-in slows the next one of its name.
    form = {"username": f"nobody {role}"} if (method, path) == ("POST", "/signin") else None
    request = stood.client.build_request(method, path, headers=headers, data=form)
    # A stream has no end: its first line says enough.
    response = await stood.client.send(request, stream=True)
    await response.aclose()
    assert response.status_code < 500, f"{role} got {response.status_code}"
    if (method, path) in LET_IN:
        return "in"
    if response.status_code in (401, 403):
        return str(response.status_code)
    if response.headers.get("location") == "/signin" and not (role and path.endswith("/signout")):
        return "sent to sign in"
    return "in"


async def _session(stood: Standing, role: str, path: str) -> str:
    """A session of the role: the one that it has, unless the address may have ended it."""
    kind: Kind = "api" if path.startswith("/api/") else "page"
    if (role, kind) not in SESSIONS:
        SESSIONS[role, kind] = await stood.token(getattr(stood.cast, PEOPLE[role]), kind)
    if path in ENDING:
        return SESSIONS.pop((role, kind))
    return SESSIONS[role, kind]
