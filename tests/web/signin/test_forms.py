"""Every form of the house carries a token, and must be readable."""

import re
from urllib.parse import unquote

import pytest
from litestar.middleware.csrf import generate_csrf_token

from tests.cast import PASSWORD
from tests.web.signin.knocking import cookie_of, is_in
from tests.web.standing import Standing
from tests.web.test_access import PLAUSIBLE, ROUTES


async def _forms(stood: Standing) -> list[tuple[str, str]]:
    """Every address of the application's pages that takes a form."""
    places = {**PLAUSIBLE, "user_id": "7", "person_id": "7"}
    return [
        (method, re.sub(r"\{(\w+)\}", lambda found: places[found[1]], path))
        for method, path, _ in ROUTES
        if method not in ("GET", "HEAD") and not path.startswith("/api/")
    ]


@pytest.mark.parametrize("sent", ["nothing", "another token", "no cookie", "half a token"])
async def test_a_form_without_its_token_is_refused(stood: Standing, sent: str) -> None:
    csrf = (await stood.csrf())["x-csrftoken"]
    session = {
        name: await stood.token(getattr(stood.cast, name), "page") for name in ("thida", "aung")
    }
    other = (await stood.client.get("/signin")).cookies["csrf"]
    cookie, token = {
        "nothing": (f"csrf={csrf}", ""),
        "another token": (f"csrf={csrf}", other),
        "no cookie": ("", csrf),
        "half a token": (f"csrf={csrf}", csrf[:64]),
    }[sent]
    for method, path in await _forms(stood):
        person = "aung" if path.startswith("/collect") else "thida"
        headers = {"Cookie": f"{cookie}; banker={session[person]}"}
        form = {"_csrf_token": token} if token else {}
        response = await stood.client.request(method, path, data=form, headers=headers)
        assert response.status_code == 403, path
    assert await is_in(stood, session["thida"])


@pytest.mark.parametrize("way", ["header", "field"])
async def test_a_form_with_its_token_is_taken(stood: Standing, way: str) -> None:
    headers = await stood.csrf()
    token = headers.pop("x-csrftoken")
    form = {"username": "min", "password": PASSWORD}
    if way == "header":
        headers["x-csrftoken"] = token
    else:
        form["_csrf_token"] = token
    assert (await stood.client.post("/signin", data=form, headers=headers)).status_code == 303


async def test_a_token_that_the_house_did_not_make_is_refused(stood: Standing) -> None:
    forged = "a" * 128
    response = await stood.client.post(
        "/signin",
        data={"username": "min", "password": PASSWORD, "_csrf_token": forged},
        headers={"Cookie": f"csrf={forged}"},
    )
    assert response.status_code == 403


FOREIGN = {
    "signed by another secret": generate_csrf_token("a secret of another house"),
    "too short": "a" * 64,
    "72 bytes of no ASCII": "\xff" * 72,
    "no ASCII when it is unquoted": "%C3%A9" * 72,
    "nothing": "",
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_cookie_that_is_not_the_houses_is_replaced(stood: Standing, foreign: str) -> None:
    """By the next page, with which its browser can sign in."""
    cookie = f"csrf={foreign}".encode("latin-1")
    shown = await stood.client.get("/signin", headers={"Cookie": cookie})
    assert shown.status_code == 200
    token, flags = cookie_of(shown, "csrf")
    assert "httponly" in flags
    assert f'name="_csrf_token" value="{token}"' in shown.text
    form = {"username": "min", "password": PASSWORD, "_csrf_token": token}
    taken = await stood.client.post("/signin", data=form, headers={"Cookie": f"csrf={token}"})
    assert (taken.status_code, taken.headers["location"]) == (303, "/phases")


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
async def test_a_form_with_a_token_that_is_not_the_houses_is_refused_in_words(
    stood: Standing, foreign: str
) -> None:
    form = {"username": "min", "password": PASSWORD, "_csrf_token": unquote(foreign)}
    cookie = f"csrf={foreign}".encode("latin-1")
    response = await stood.client.post("/signin", data=form, headers={"Cookie": cookie})
    assert response.status_code == 403
    assert "reload it and send the form again" in response.text


@pytest.mark.parametrize("way", ["header", "field"])
async def test_a_token_of_no_ascii_beside_a_good_cookie_is_refused(
    stood: Standing, way: str
) -> None:
    headers = {"Cookie": (await stood.csrf())["Cookie"].encode()}
    form = {"username": "min", "password": PASSWORD}
    if way == "header":
        headers["x-csrftoken"] = b"\xff" * 128
    else:
        form["_csrf_token"] = "\xff" * 128
    response = await stood.client.post("/signin", data=form, headers=headers)
    assert response.status_code == 403


async def test_the_houses_own_cookie_is_kept(stood: Standing) -> None:
    headers = await stood.csrf()
    shown = await stood.client.get("/signin", headers=headers)
    assert "set-cookie" not in shown.headers
    assert headers["x-csrftoken"] in shown.text


async def test_under_https_too_a_foreign_cookie_is_replaced(behind_https: Standing) -> None:
    foreign = f"__Host-csrf={FOREIGN['signed by another secret']}"
    shown = await behind_https.client.get("/signin", headers={"Cookie": foreign})
    token, flags = cookie_of(shown, "__Host-csrf")
    assert {"secure", "httponly", "path=/"} <= flags
    assert token in shown.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"username=%ff%fe&password=%ff", "application/x-www-form-urlencoded"),
        (b"username=%ED%A0%80&password=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"username=mi%00n&password=%00", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"username=a&username=b", "application/x-www-form-urlencoded"),
        (b"", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b'{"username":7}', "application/json"),
        (b"--x\r\nmin", "multipart/form-data; boundary=x"),
        (b"--x\r\nmin", "multipart/form-data"),
        (b"min", "text/plain"),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused(
    proxied: Standing, body: bytes, kind: str
) -> None:
    headers = {**await proxied.csrf(), "Content-Type": kind, "X-Forwarded-For": "203.0.113.99"}
    response = await proxied.client.post("/signin", content=body, headers=headers)
    assert 400 <= response.status_code < 500
    assert "banker=" not in response.headers.get("set-cookie", "")
