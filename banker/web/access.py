"""Who is asking, and whether their role may.

Every route names its roles in `opt`; a route without them does not start. Pages are signed in by a
cookie, `/api` by bearer tokens only.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.routes import HTTPRoute
from litestar.types import Scope

from banker.books import session
from banker.books.session import Kind, SignedIn
from banker.database import Actor, acting
from banker.errors import Forbidden, NotSignedIn, Unavailable
from banker.settings import Settings
from banker.worker import Worker

# What handlers ask for by name: the worker that they run in, who is asking, a part of the path.
AtWorker = NamedDependency[Worker]
Asker = NamedDependency[SignedIn]
PathText = FromPath[str]

LONGEST_TOKEN = 200

ANYONE: Mapping[str, Any] = {"roles": None}
# Anyone, and no difference is made: such an answer needs no look into the books.
MACHINES: Mapping[str, Any] = {"roles": None, "unknown": True}
SIGNED_IN: Mapping[str, Any] = {
    "roles": ("admin", "manager", "cashier", "collector", "partner"),
}
ADMIN: Mapping[str, Any] = {"roles": ("admin",)}
MANAGER: Mapping[str, Any] = {"roles": ("admin", "manager")}
CASHIER: Mapping[str, Any] = {"roles": ("admin", "cashier")}
APPROVER: Mapping[str, Any] = {"roles": ("admin", "manager", "cashier")}
COLLECTOR: Mapping[str, Any] = {"roles": ("collector",)}
PARTNER: Mapping[str, Any] = {"roles": ("partner",)}
EARNING_READER: Mapping[str, Any] = {"roles": ("partner", "admin", "manager")}
READER: Mapping[str, Any] = {"roles": ("collector", "admin")}
TICKET_READER: Mapping[str, Any] = {"roles": ("collector", "admin", "manager")}


async def check_role(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """The guard of every route. Raises `NotSignedIn`, `Forbidden`."""
    if connection.scope.get("method") == "OPTIONS" or handler.opt.get("unknown"):
        return
    roles = handler.opt["roles"]
    person = await _find_person(connection)
    connection.scope["state"]["person"] = person
    if roles is None:
        return
    if person is None:
        raise NotSignedIn()
    if person.role not in roles:
        raise Forbidden()
    worker: Worker = connection.app.state.worker
    acting.set(Actor(person.id, address_of(connection, worker.settings)))


def is_of_the_house(person: SignedIn) -> bool:
    """Whether it is one of those who may know what the house takes as a whole."""
    return person.role in ("admin", "manager", "cashier")


async def is_still_in(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether who was let in to a long answer has neither signed out nor been put out since."""
    try:
        return await _find_person(connection) is not None
    except Unavailable:
        return True


def demand_roles(app: Litestar) -> None:
    """Every route says who may, or the application does not start. The framework's own answers to
    OPTIONS name methods and nothing else. Raises `LookupError`."""
    for route in app.routes:
        handlers = route.route_handler_map.items() if isinstance(route, HTTPRoute) else ()
        for method, (handler, _) in handlers:
            if method != "OPTIONS" and "roles" not in handler.opt:
                raise LookupError(f"{method} {route.path} does not say who may")


def provide_person(scope: Scope) -> SignedIn:
    """The person who is asking, in handlers that demand a role."""
    person = scope["state"]["person"]
    if person is None:
        raise NotSignedIn()
    assert isinstance(person, SignedIn)
    return person


def address_of(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> str:
    """The address that a request came from; a forwarded one only from a proxy that the settings
    name, and then the nearest that is no proxy itself."""
    peer = connection.client.host if connection.client else ""
    if peer not in settings.proxies:
        return peer
    line = ",".join(connection.headers.getall("x-forwarded-for", []))
    for forwarded in reversed(line.split(",")):
        address = forwarded.strip()
        if address in settings.proxies:
            continue
        try:
            return str(ipaddress.ip_address(address))
        except ValueError:
            return peer
    return peer


def cookie_name(settings: Settings) -> str:
    """The cookie of a page session; under HTTPS the browser holds it to this host."""
    return "__Host-banker" if settings.secure else "banker"


def bearer_token(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    return read_bearer(connection.headers.get("authorization", ""))


def read_bearer(line: str) -> str | None:
    """The token of an `Authorization` line; None where it is of another kind, or beyond all
    measure."""
    scheme, _, rest = line.partition(" ")
    token = rest.strip()
    return token if scheme.lower() == "bearer" and 0 < len(token) <= LONGEST_TOKEN else None


async def _find_person(connection: ASGIConnection[Any, Any, Any, Any]) -> SignedIn | None:
    worker: Worker = connection.app.state.worker
    kind: Kind = "page"
    if connection.scope["path"].startswith("/api/"):
        kind, token = "api", bearer_token(connection)
    else:
        token = connection.cookies.get(cookie_name(worker.settings))
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return await worker.door.find(session.shown(token, kind))
