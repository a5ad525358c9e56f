"""The application of one worker: routes, guards, headers, and the lifespan around them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import Message, Scope

from banker.errors import NotFound, Refusal
from banker.settings import Settings
from banker.web import (
    account,
    approvals,
    books,
    calendars,
    cash,
    collect,
    exports,
    health,
    history,
    monitor,
    partner,
    partners,
    people,
    phases,
    risk,
    signin,
    statements,
    tickets,
)
from banker.web.access import MACHINES, check_role, demand_roles, provide_person
from banker.web.api import router as api
from banker.web.api.body import LARGEST_BODY_BYTES
from banker.web.form_token import form_tokens
from banker.web.refusals import on_accident, on_http_exception, on_refusal
from banker.web.rendering import STATIC, engine
from banker.web.schema import openapi_config
from banker.worker import Worker, opened

LONGEST_PATH = 200

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def create_app(settings: Settings) -> Litestar:
    """The application; every address in the settings must be filled in."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with opened(settings) as worker:
            app.state.worker = worker
            yield

    app = Litestar(
        route_handlers=[
            *(
                page.router
                for page in (
                    account,
                    approvals,
                    books,
                    calendars,
                    cash,
                    collect,
                    exports,
                    history,
                    monitor,
                    partner,
                    partners,
                    people,
                    phases,
                    risk,
                    statements,
                    tickets,
                )
            ),
            *signin.handlers,
            *health.handlers,
            api,
            create_static_files_router(
                path="/static",
                directories=[STATIC],
                opt=dict(MACHINES),
                include_in_schema=False,
                before_request=demand_file_name,
                cache_control=CacheControlHeader(max_age=31536000, public=True, immutable=True),
            ),
        ],
        guards=[check_role],
        dependencies={
            "worker": Provide(provide_worker, sync_to_thread=False),
            "person": Provide(provide_person, sync_to_thread=False),
        },
        exception_handlers={
            Refusal: on_refusal,
            HTTPException: on_http_exception,
            Exception: on_accident,
        },
        template_config=TemplateConfig(instance=engine(settings)),
        middleware=[form_tokens(settings)],
        openapi_config=openapi_config(),
        before_send=[_sender(HEADERS | (STRICT_TRANSPORT if settings.secure else {}))],
        request_max_body_size=LARGEST_BODY_BYTES,
        lifespan=[lifespan],
        logging_config=None,
    )
    demand_roles(app)
    return app


async def demand_file_name(request: Request[Any, Any, Any]) -> None:
    """The name of a file; the framework falls over some that cannot be one. Raises `NotFound`."""
    path = request.scope["path"]
    if len(path) > LONGEST_PATH or not (STATIC / path.removeprefix("/static/")).is_file():
        raise NotFound(what="file")


def _sender(headers: Mapping[str, str]) -> Callable[[Message, Scope], Awaitable[None]]:
    """Puts the headers on whatever leaves the house, refusals and files among it; what does not
    say that it may be kept is not kept."""
    secured = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def secure(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start":
            sent = [*message["headers"], *secured]
            if not any(name.lower() == b"cache-control" for name, _ in sent):
                sent.append((b"cache-control", b"no-store"))
            message["headers"] = sent

    return secure


def provide_worker(state: State) -> Worker:
    """The worker whose application this is."""
    worker: Worker = state.worker
    return worker
