"""What a sign-in gives, for how long, and what is kept of it."""

from tests.cast import PASSWORD
from tests.web.signin.knocking import attempt, cookie_of, is_in, newcomer, sign_in, token_opens
from tests.web.standing import Standing


async def test_a_sign_in_leads_to_where_the_role_begins(stood: Standing) -> None:
    for name, home in (("min", "/phases"), ("su", "/cash"), ("aung", "/collect")):
        response = await sign_in(stood, name)
        assert (response.status_code, response.headers["location"]) == (303, home)


async def test_every_sign_in_has_a_token_of_its_own(stood: Standing) -> None:
    tokens = {cookie_of(await sign_in(stood, "min"))[0] for _ in range(3)}
    assert len(tokens) == 3
    assert all(len(token) >= 43 for token in tokens)


async def test_a_cookie_that_was_planted_is_not_taken_over(stood: Standing) -> None:
    planted = "a" * 43
    token, _ = cookie_of(await sign_in(stood, "min", cookie=planted))
    assert token != planted
    assert not await is_in(stood, planted)


async def test_signing_in_again_ends_the_old_session(stood: Standing) -> None:
    old, _ = cookie_of(await sign_in(stood, "min"))
    new, _ = cookie_of(await sign_in(stood, "min", cookie=old))
    assert (await is_in(stood, old), await is_in(stood, new)) == (False, True)


async def test_a_failed_sign_in_leaves_the_old_session(stood: Standing) -> None:
    old, _ = cookie_of(await sign_in(stood, "min"))
    assert (await sign_in(stood, "min", "wrong", cookie=old)).status_code == 401
    assert await is_in(stood, old)


async def test_signing_out_ends_the_session_in_the_books(stood: Standing) -> None:
    cookie, _ = cookie_of(await sign_in(stood, "min"))
    headers = await stood.csrf()
    headers["Cookie"] += f"; banker={cookie}"
    response = await stood.client.post("/signout", headers=headers)
    assert (response.status_code, response.headers["location"]) == (303, "/signin")
    assert cookie_of(response)[0] in ("", '""')
    assert not await is_in(stood, cookie)


async def test_no_token_and_no_password_stands_in_any_table(stood: Standing) -> None:
    cookie, _ = cookie_of(await sign_in(stood, "min"))
    token = (await attempt(stood.client, "min", PASSWORD)).json()["token"]
    tables = await stood.pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    for row in tables:
        for secret in (cookie, token, PASSWORD):
            found = await stood.pool.fetchval(
                f"select count(*) from {row['tablename']} t where strpos(t::text, $1) > 0", secret
            )
            assert found == 0, row["tablename"]


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    stood: Standing,
) -> None:
    _, flags = cookie_of(await sign_in(stood, "min"))
    assert {"httponly", "samesite=lax", "path=/"} <= flags
    assert "secure" not in flags
    assert not any(flag.startswith("domain") for flag in flags)


async def test_under_https_the_cookies_are_held_to_this_host(behind_https: Standing) -> None:
    client = behind_https.client
    csrf, flags = cookie_of(await client.get("/signin"), "__Host-csrf")
    assert {"secure", "httponly", "path=/"} <= flags
    response = await client.post(
        "/signin",
        data={"username": "min", "password": PASSWORD},
        headers={"Cookie": f"__Host-csrf={csrf}", "x-csrftoken": csrf},
    )
    token, flags = cookie_of(response, "__Host-banker")
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)
    for name, status in (("__Host-banker", 200), ("banker", 303)):
        page = await client.get("/account", headers={"Cookie": f"{name}={token}"})
        assert page.status_code == status


async def test_a_session_that_is_over_opens_nothing(stood: Standing) -> None:
    cookie = await stood.token(stood.cast.min, "page")
    assert await is_in(stood, cookie)
    await stood.pool.execute(
        "update sessions set expires_at = clock_timestamp() where kind = 'page' and user_id = $1",
        stood.cast.min.id,
    )
    assert not await is_in(stood, cookie)


async def test_a_disabled_person_is_out_at_once_and_stays_out(stood: Standing) -> None:
    person = await newcomer(stood, "leaver")
    cookie, token = await stood.token(person, "page"), await stood.token(person)
    await stood.ask("thida", "PATCH", f"/api/users/{person.id}", {"disabled": True})
    assert not await is_in(stood, cookie)
    assert not await token_opens(stood, token)
    refused = await attempt(stood.client, "leaver", PASSWORD)
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong-sign-in")


async def test_whoever_is_enabled_again_signs_in_anew(stood: Standing) -> None:
    person = await newcomer(stood, "returner")
    token = await stood.token(person)
    for disabled in (True, False):
        body = {"disabled": disabled}
        await stood.ask("thida", "PATCH", f"/api/users/{person.id}", body)
    assert not await token_opens(stood, token)
    assert (await attempt(stood.client, "returner", PASSWORD)).status_code == 201


async def test_a_new_password_ends_all_sessions_and_the_old_password(stood: Standing) -> None:
    person = await newcomer(stood, "changer")
    cookie, token = await stood.token(person, "page"), await stood.token(person)
    new = "another battery staple"
    await stood.ask("thida", "PATCH", f"/api/users/{person.id}", {"password": new})
    assert not await is_in(stood, cookie)
    assert not await token_opens(stood, token)
    assert (await attempt(stood.client, "changer", PASSWORD)).status_code == 401
    assert (await attempt(stood.client, "changer", new)).status_code == 201


async def test_signing_out_everywhere_ends_all_sessions_of_that_person(stood: Standing) -> None:
    person = await newcomer(stood, "scattered")
    tokens = [await stood.token(person) for _ in range(3)]
    other = await stood.token(stood.cast.min)
    await stood.ask("thida", "PATCH", f"/api/users/{person.id}", {"sign_out": True})
    assert [await token_opens(stood, token) for token in tokens] == [False] * 3
    assert await token_opens(stood, other)
