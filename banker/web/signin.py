"""Signing in and out on pages."""

import asyncio
from typing import Annotated

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from banker.books import session
from banker.books.session import Credentials, Kind, Opened
from banker.database import persist
from banker.errors import Refusal, TooManyFailures, WrongSignIn
from banker.passwords import matches
from banker.web.access import ANYONE, AtWorker, address_of, cookie_name
from banker.web.page import home_of, page
from banker.worker import Worker

# From the fourth failure on the answer is slower each time, up to two seconds.
FREE_FAILURES = 3
SLOWEST_S = 2.0


class SignInForm(msgspec.Struct, frozen=True):
    """What the page sends."""

    username: str = ""
    password: str = ""
    _csrf_token: str = ""


SentForm = Annotated[SignInForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", opt=dict(ANYONE), include_in_schema=False)
async def begin(request: Request) -> Redirect:  # type: ignore[type-arg]
    """The page that the person begins at."""
    person = request.scope["state"].get("person")
    return Redirect("/signin" if person is None else home_of(person.role), status_code=303)


@get("/signin", opt=dict(ANYONE), include_in_schema=False)
async def show_sign_in(request: Request) -> Response:  # type: ignore[type-arg]
    """The sign-in page; whoever is signed in already is sent to where they begin."""
    person = request.scope["state"].get("person")
    if person is not None:
        return Redirect(home_of(person.role), status_code=303)
    return page("signin.html", request, username="", refusal=None)


@post("/signin", opt=dict(ANYONE), include_in_schema=False)
async def sign_in_on_page(request: Request, worker: AtWorker, data: SentForm) -> Response:  # type: ignore[type-arg]
    """A fresh session, or the page again with what was wrong."""
    address = address_of(request, worker.settings)
    try:
        credentials, opened = await sign_in(worker, data.username, data.password, "page", address)
    except Refusal as refusal:
        return _again(request, data.username, refusal)
    old = request.cookies.get(cookie_name(worker.settings))
    if old:
        await persist(worker.pool, lambda connection: session.end(connection, old))
    return Redirect(
        home_of(credentials.role),
        status_code=303,
        cookies=[_cookie(worker, opened.token)],
    )


@post("/signout", opt=dict(ANYONE), include_in_schema=False)
async def sign_out(request: Request, worker: AtWorker) -> Redirect:  # type: ignore[type-arg]
    """The session ends here and in Postgres."""
    token = request.cookies.get(cookie_name(worker.settings))
    if token:
        await persist(worker.pool, lambda connection: session.end(connection, token))
    return Redirect("/signin", status_code=303, cookies=[_cookie(worker, "", max_age=0)])


async def sign_in(
    worker: Worker, username: str, password: str, kind: Kind, address: str
) -> tuple[Credentials, Opened]:
    """Check a name and a password and open a session. Raises `WrongSignIn`, `TooManyFailures`.

    The attempt is counted before the password is looked at, in Postgres, so that attempts at many
    workers at once are all counted.
    """
    name = username.strip()[:50].replace("\0", "")
    failures = await persist(
        worker.pool, lambda connection: session.count_attempt(connection, name, address)
    )
    if failures > FREE_FAILURES:
        await asyncio.sleep(min(SLOWEST_S, 0.25 * 2 ** (failures - FREE_FAILURES - 1)))
    async with worker.pool.acquire(timeout=5) as connection:
        found = await session.credentials(connection, name)
    good = await matches(password, None if found is None else found.password_hash)
    if found is None or not good or found.disabled:
        raise WrongSignIn()

    async def open_session(connection):  # type: ignore[no-untyped-def]
        await session.forget_attempts(connection, name, address)
        return await session.open_(connection, found.id, kind, address, found.password_hash)

    return found, await persist(worker.pool, open_session)


def _again(request: Request, username: str, refusal: Refusal) -> Template:  # type: ignore[type-arg]
    shown = page(
        "signin.html", request, status=refusal.status, username=username[:50], refusal=refusal
    )
    if isinstance(refusal, TooManyFailures):
        shown.headers = {**(shown.headers or {}), "Retry-After": str(refusal.retry_after_s)}
    return shown


def _cookie(worker: Worker, token: str, max_age: int | None = None) -> Cookie:
    return Cookie(
        key=cookie_name(worker.settings),
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=worker.settings.secure,
        max_age=max_age,
    )


handlers = (begin, show_sign_in, sign_in_on_page, sign_out)
