"""What every answer says to a browser, and what a page may hold."""

import re
from collections.abc import AsyncIterator
from datetime import time
from hashlib import sha256
from html.parser import HTMLParser

import httpx
import pytest

from banker.books import drafting
from banker.books.calendar import Plan
from banker.database import transaction
from banker.rules.calendar import Rule
from banker.web.rendering import STATIC
from tests.databases import Clones
from tests.web.standing import Standing, standing

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
PAGES = {
    "thida": ["/risk", "/risk/1", "/phases", "/phases/new", "/phases/1", "/cash", "/people",
              "/phases/1/copy", "/people/new", "/history", "/history/months",
              "/history/months/2026-11", "/history/numbers", "/account", "/schema", "/nothing",
              "/monitor", "/approvals", "/books", "/exports", "/cash/shifts",
              "/phases/1/statements", "/phases/1/statements/5", "/statements/5"],
    "min": ["/calendars", "/calendars/new?example=thai", "/calendars/1",
            "/calendars/1/days/2030-01-16", "/calendars/1/change", "/risk", "/phases",
            "/phases/1", "/phases/1/notice", "/account", "/cash",
            "/partners", "/partners/2", "/partners/2/months/2026-11", "/partners/2/phases/1"],
    "su": ["/cash", "/account", "/risk", "/monitor", "/approvals", "/books", "/exports"],
    "aung": ["/collect", "/collect/tickets", "/account", "/tickets/{ticket}",
             "/tickets/{ticket}/proof", "/phases", "/collect/statements", "/collect/statements/1"],
    "ko": ["/partner", "/partner/months/2026-11", "/partner/phases/1", "/account", "/collect"],
}  # fmt: skip


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        placed = await stood.place("/api/phases/1", "137 500\n138r 10")
        stood.ticket = placed.json()["id"]
        rule = Rule((1, 16), (), 5, time(8), time(14))
        async with transaction(stood.pool) as connection:
            await drafting.create(connection, stood.cast.min.id, Plan("Thai", rule, 1, 2))
        yield stood


@pytest.fixture(scope="module")
async def behind_https(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones, secure=True) as stood:
        yield stood


def _is_secured(response: httpx.Response) -> bool:
    names = [name.lower() for name, _ in response.headers.multi_items()]
    policy = _policy(response)
    return (
        all(response.headers.get(name) == value for name, value in SECURITY.items())
        and len(names) - len(set(names) - {"set-cookie"}) == names.count("set-cookie")
        and policy["default-src"] == "'self'"
        and policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        and not any("unsafe" in sources or "*" in sources for sources in policy.values())
    )


def _policy(response: httpx.Response) -> dict[str, str]:
    directives = response.headers["content-security-policy"].split(";")
    return dict(directive.strip().split(" ", 1) for directive in directives)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/signin", 200),
        ("GET", "/", 303),
        ("GET", "/risk", 303),
        ("GET", "/nothing", 404),
        ("PUT", "/signin", 405),
        ("POST", "/signin", 403),
        ("OPTIONS", "/signin", 204),
        ("GET", "/health", 200),
        ("GET", "/metrics", 200),
        ("GET", "/schema", 200),
        ("GET", "/schema/openapi.json", 200),
        ("GET", "/schema/nothing", 404),
        ("GET", "/static/banker.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/static/%2e%2e/pyproject.toml", 404),
        ("GET", "/api/phases", 401),
        ("GET", "/api/nothing", 404),
        ("DELETE", "/api/phases", 405),
        ("POST", "/api/tokens", 400),
    ],
)
async def test_every_answer_carries_the_headers(
    stood: Standing, method: str, path: str, status: int
) -> None:
    response = await stood.client.request(method, path)
    assert response.status_code == status
    assert _is_secured(response), response.headers


async def test_an_api_answer_carries_the_headers(stood: Standing) -> None:
    assert _is_secured(await stood.ask("min", "GET", "/api/phases/1"))


async def test_a_body_that_is_too_large_is_refused_with_the_headers(stood: Standing) -> None:
    body = {"username": "x" * 600_000, "password": "x"}
    response = await stood.client.post("/api/tokens", json=body)
    assert response.status_code == 413
    assert _is_secured(response)


async def test_a_stream_carries_the_headers(stood: Standing) -> None:
    headers = {"Authorization": f"Bearer {await stood.api.token('min')}"}
    async with stood.client.stream("GET", "/api/phases/1/stream", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert _is_secured(response)


@pytest.mark.parametrize("path", ["/signin", "/health", "/schema/openapi.json", "/nothing"])
async def test_what_does_not_say_that_it_may_be_kept_is_not_kept(
    stood: Standing, path: str
) -> None:
    assert (await stood.client.get(path)).headers["cache-control"] == "no-store"


async def test_money_is_not_kept_by_a_cache(stood: Standing) -> None:
    response = await stood.ask("aung", "GET", f"/api/users/{stood.cast.aung.id}/balance")
    assert response.headers["cache-control"] == "no-store"


async def test_plain_http_promises_no_https(stood: Standing) -> None:
    assert "strict-transport-security" not in (await stood.client.get("/signin")).headers


async def test_https_is_promised_behind_https(behind_https: Standing) -> None:
    for path in ("/signin", "/nothing", "/api/phases", "/static/banker.css"):
        response = await behind_https.client.get(path)
        assert "max-age=31536000" in response.headers["strict-transport-security"]


# Pages.


class Suspicions(HTMLParser):
    """What the policy forbids, found in a page: inline scripts, styles, outside addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.assets: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self._in_script = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._in_script = tag == "script" and "src" not in attributes
        if self._in_script or tag == "style":
            self.found.append(f"<{tag}> inline")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"{tag} {name}")
            if name in ("src", "href", "action", "poster", "data") and value:
                if re.match(r"\s*([a-z]+:|//)", value, re.I) and not value.startswith("data:image"):
                    self.found.append(f"{tag} {name}={value}")
                if value.startswith("/static/"):
                    self.assets.append(value)
            if (
                name.startswith("hx-")
                and value
                and value.strip().startswith(("js:", "javascript:"))
            ):
                self.found.append(f"{tag} {name}")
            if name == "hx-trigger" and value and re.search(r"(^|,)\s*[\w:-]+\[", value):
                self.found.append(f"{tag} hx-trigger with a filter")
        if tag == "form":
            self.forms.append(attributes)


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, paths in PAGES.items() for path in paths]
)
async def test_a_page_holds_nothing_that_the_policy_forbids(
    stood: Standing, name: str, path: str
) -> None:
    person = getattr(stood.cast, name)
    response = await stood.page(person, "GET", path.replace("{ticket}", stood.ticket))
    assert response.status_code < 500
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert _is_secured(response)
    assert Suspicions(response.text).found == []


@pytest.mark.parametrize("path", ["/signin", "/nothing", "/schema"])
async def test_a_page_for_anyone_holds_nothing_that_the_policy_forbids(
    stood: Standing, path: str
) -> None:
    assert Suspicions((await stood.client.get(path)).text).found == []


async def test_a_page_shows_what_was_typed_and_runs_none_of_it(stood: Standing) -> None:
    path = await stood.draft(name="<script>alert(1)</script>")
    shown = await stood.page(stood.cast.min, "GET", path.removeprefix("/api"))
    assert shown.status_code == 200
    assert "&lt;script&gt;" in shown.text
    assert Suspicions(shown.text).found == []


# Static files.


async def test_the_address_of_a_file_holds_the_digest_of_its_content(stood: Standing) -> None:
    page = Suspicions((await stood.client.get("/signin")).text)
    assert page.assets
    for address in page.assets:
        path, _, digest = address.removeprefix("/static/").partition("?v=")
        assert digest == sha256((STATIC / path).read_bytes()).hexdigest()[: len(digest)]
        assert len(digest) >= 12


async def test_a_file_is_kept_for_a_year(stood: Standing) -> None:
    page = Suspicions((await stood.client.get("/signin")).text)
    for address in page.assets:
        response = await stood.client.get(address)
        assert response.status_code == 200
        assert set(response.headers["cache-control"].split(", ")) == {
            "max-age=31536000", "public", "immutable",
        }  # fmt: skip


async def test_a_missing_file_is_not_kept(stood: Standing) -> None:
    response = await stood.client.get("/static/nothing.css")
    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    ["/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml",
     "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/%00", "/static/banker.css%00",
     "/static/",
     "/static/" + "a" * 300,
     "/static/" + "a/" * 3000, "/static/vendor", "/static/banker.css/x", "/static/%ff"],
)  # fmt: skip
async def test_no_file_outside_the_folder_is_served(stood: Standing, path: str) -> None:
    assert (await stood.client.get(path)).status_code == 404


async def test_a_file_is_served_without_a_look_into_the_books(stood: Standing) -> None:
    token = await stood.token(stood.cast.min, "page")
    async with stood.pool.acquire() as connection:
        await connection.execute("begin; lock table sessions in access exclusive mode")
        headers = {"Cookie": f"banker={token}"}
        try:
            response = await stood.client.get("/static/banker.css", headers=headers, timeout=1.5)
        finally:
            await connection.execute("rollback")
    assert response.status_code == 200
