"""Failed sign-ins are counted by name and address, so that nobody locks another out."""

from unittest import mock

import httpx
import pytest

from banker import passwords
from banker.web import signin
from tests.cast import PASSWORD
from tests.databases import Clones
from tests.serving import serving
from tests.web.signin.knocking import attempt, newcomer
from tests.web.standing import Standing, standing

SOMEBODY, SOMEBODY_ELSE = "203.0.113.7", "203.0.113.8"


async def test_the_eleventh_failure_has_to_wait_whichever_worker_counts(clones: Clones) -> None:
    async with (
        standing(clones) as stood,
        serving(stood.house) as second,
        httpx.AsyncClient(base_url=second) as other,
    ):
        for failure in range(10):
            client = (stood.client, other)[failure % 2]
            assert (await attempt(client, "min")).status_code == 401
        for client in (stood.client, other):
            refused = await attempt(client, "min", PASSWORD)
            assert (refused.status_code, refused.json()["code"]) == (429, "too-many-failures")
            assert 1 <= int(refused.headers["retry-after"]) <= 900
        assert (await attempt(other, "su", PASSWORD)).status_code == 201


async def test_on_the_page_too_the_eleventh_failure_has_to_wait(proxied: Standing) -> None:
    headers = {**await proxied.csrf(), "X-Forwarded-For": "203.0.113.20"}
    form = {"username": "ko", "password": "wrong"}
    for _ in range(10):
        response = await proxied.client.post("/signin", data=form, headers=headers)
        assert response.status_code == 401
    response = await proxied.client.post("/signin", data=form, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (
        429, "text/html; charset=utf-8",
    )  # fmt: skip
    assert int(response.headers["retry-after"]) > 0


async def test_nobody_locks_another_out(proxied: Standing) -> None:
    for _ in range(10):
        await attempt(proxied.client, "min", forwarded=SOMEBODY)
    assert (await attempt(proxied.client, "min", PASSWORD, SOMEBODY)).status_code == 429
    assert (await attempt(proxied.client, "min", PASSWORD, SOMEBODY_ELSE)).status_code == 201


async def test_names_are_counted_in_any_case(proxied: Standing) -> None:
    for name in ("su", "SU", "Su", " su", "su ") * 2:
        assert (await attempt(proxied.client, name, forwarded="203.0.113.30")).status_code == 401
    assert (await attempt(proxied.client, "sU", forwarded="203.0.113.30")).status_code == 429


async def test_a_good_sign_in_forgets_the_failures(proxied: Standing) -> None:
    for _ in range(2):
        for _ in range(9):
            await attempt(proxied.client, "aung", forwarded="203.0.113.40")
        good = await attempt(proxied.client, "aung", PASSWORD, "203.0.113.40")
        assert good.status_code == 201


async def test_failures_are_slower_from_the_fourth_on(proxied: Standing) -> None:
    waits = mock.Mock(sleep=mock.AsyncMock())
    with mock.patch.object(signin, "asyncio", waits), mock.patch.object(signin, "SLOWEST_S", 2.0):
        for _ in range(8):
            await attempt(proxied.client, "khin", forwarded="203.0.113.50")
    assert [call.args[0] for call in waits.sleep.await_args_list] == [0.25, 0.5, 1.0, 2.0, 2.0]


async def test_a_forged_address_is_believed_from_nobody_but_a_proxy(stood: Standing) -> None:
    await newcomer(stood, "guessed")
    for failure in range(10):
        await attempt(stood.client, "guessed", forwarded=f"198.51.100.{failure}")
    refused = await attempt(stood.client, "guessed", PASSWORD, "198.51.100.99")
    assert refused.status_code == 429


async def test_behind_a_proxy_the_nearest_address_counts(proxied: Standing) -> None:
    for failure in range(10):
        forged = f"198.51.100.{failure}, 203.0.113.60"
        await attempt(proxied.client, "thida", forwarded=forged)
    refused = await attempt(proxied.client, "thida", PASSWORD, "198.51.100.99, 203.0.113.60")
    assert refused.status_code == 429


async def test_a_forged_line_before_the_proxys_own_is_not_believed(proxied: Standing) -> None:
    async def knock(forged: str, password: str = "wrong") -> int:
        lines = [("X-Forwarded-For", forged), ("X-Forwarded-For", "203.0.113.70")]
        body = {"username": "thida", "password": password}
        return (await proxied.client.post("/api/tokens", json=body, headers=lines)).status_code

    assert [await knock(f"198.51.100.{failure}") for failure in range(10)] == [401] * 10
    assert await knock("198.51.100.99", PASSWORD) == 429


async def test_garbage_in_the_forwarded_line_counts_for_the_proxy(proxied: Standing) -> None:
    await newcomer(proxied, "garbled")
    for _ in range(10):
        await attempt(proxied.client, "garbled", forwarded="not an address")
    refused = await attempt(proxied.client, "garbled", PASSWORD, "also, no; address")
    assert refused.status_code == 429


async def test_an_unknown_name_costs_a_look_at_a_password_too(stood: Standing) -> None:
    with mock.patch.object(passwords, "_verified", wraps=passwords._verified) as verified:
        assert (await attempt(stood.client, "nobody at all")).status_code == 401
        assert verified.call_count == 1


async def test_a_disabled_person_costs_a_look_at_a_password_too(stood: Standing) -> None:
    person = await newcomer(stood, "barred")
    await stood.ask("thida", "PATCH", f"/api/users/{person.id}", {"disabled": True})
    with mock.patch.object(passwords, "_verified", wraps=passwords._verified) as verified:
        known = await attempt(stood.client, "barred", PASSWORD)
        unknown = await attempt(stood.client, "nobody here", PASSWORD)
        assert verified.call_count == 2
    assert known.json() == unknown.json()


@pytest.mark.parametrize("length", [200, 201, 100_000])
async def test_a_password_is_looked_at_to_its_last_letter(stood: Standing, length: int) -> None:
    name = f"long {length}"
    person = await newcomer(stood, name)
    await stood.ask("thida", "PATCH", f"/api/users/{person.id}", {"password": "x" * 200})
    expected = 201 if length == 200 else 401
    assert (await attempt(stood.client, name, "x" * length)).status_code == expected
