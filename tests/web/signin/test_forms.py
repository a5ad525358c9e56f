"""Every form of the house carries a token, and must be readable."""

import re

import pytest

from tests.cast import PASSWORD
from tests.web.signin.knocking import is_in
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
