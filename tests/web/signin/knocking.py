"""Ways to knock at the door."""

import httpx

from banker.books import people
from banker.books.people import Person
from banker.database import transaction
from tests.cast import PASSWORD, PASSWORD_HASH
from tests.web.standing import Standing


async def newcomer(stood: Standing, name: str, role: str = "manager") -> Person:
    async with transaction(stood.pool) as connection:
        return await people.add(connection, name, role, PASSWORD_HASH)


async def sign_in(
    stood: Standing, name: str, password: str = PASSWORD, cookie: str = ""
) -> httpx.Response:
    headers = await stood.csrf()
    headers["Cookie"] += f"; banker={cookie}" if cookie else ""
    form = {"username": name, "password": password}
    return await stood.client.post("/signin", data=form, headers=headers)


def cookie_of(response: httpx.Response, name: str = "banker") -> tuple[str, set[str]]:
    """The value of a cookie that is set, and its flags."""
    [line] = [
        value
        for header, value in response.headers.multi_items()
        if header.lower() == "set-cookie" and value.startswith(f"{name}=")
    ]
    value, *flags = line.split("; ")
    return value.removeprefix(f"{name}="), {flag.lower() for flag in flags}


async def is_in(stood: Standing, cookie: str) -> bool:
    response = await stood.client.get("/account", headers={"Cookie": f"banker={cookie}"})
    assert response.status_code in (200, 303)
    return response.status_code == 200


async def token_opens(stood: Standing, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return (await stood.client.get("/api/phases", headers=headers)).status_code == 200


async def attempt(
    client: httpx.AsyncClient, name: str, password: str = "wrong", forwarded: str = ""
) -> httpx.Response:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    body = {"username": name, "password": password}
    return await client.post("/api/tokens", json=body, headers=headers)
