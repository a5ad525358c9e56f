import asyncio
import unicodedata

import asyncpg
import pytest

from banker.books import people, session
from banker.books.session import FAILURES_A_PAIR, FAILURES_AN_ADDRESS, WAIT_S, Opened, SignedIn
from banker.database import Pool, transaction
from banker.errors import TooManyFailures, WrongSignIn
from tests.cast import PASSWORD_HASH, Cast

ADDRESS = "192.0.2.7"


async def sign_in(pool: Pool, person_id: int, password_hash: str | None = None) -> Opened:
    async with transaction(pool) as connection:
        return await session.open_(connection, person_id, "api", ADDRESS, password_hash)


async def holder(pool: Pool, opened: Opened) -> SignedIn | None:
    async with transaction(pool) as connection:
        return await session.holder(connection, opened.token, "api")


async def count(pool: Pool, name: str, address: str = ADDRESS) -> int:
    async with transaction(pool) as connection:
        return await session.count_attempt(connection, name, address)


async def forget(pool: Pool, name: str) -> None:
    async with transaction(pool) as connection:
        await session.forget_attempts(connection, name, ADDRESS)


async def test_a_token_opens_one_kind_of_door_to_its_holder(pool: Pool, cast: Cast) -> None:
    opened = await sign_in(pool, cast.aung.id)
    assert await holder(pool, opened) == SignedIn(cast.aung.id, "aung", "collector")
    async with transaction(pool) as connection:
        assert await session.holder(connection, opened.token, "page") is None
        assert await session.holder(connection, opened.token + "x", "api") is None
        await session.end(connection, opened.token)
        await session.end(connection, opened.token)
    assert await holder(pool, opened) is None


async def test_a_session_that_is_over_opens_nothing_and_is_cleared_away(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    over = await sign_in(pool, cast.aung.id)
    await owner.execute("update sessions set expires_at = clock_timestamp() - interval '1 second'")
    assert await holder(pool, over) is None
    opened = await sign_in(pool, cast.khin.id)
    assert await owner.fetchval("select count(*) from sessions") == 1
    assert await holder(pool, opened) is not None


async def test_a_password_changed_while_it_is_checked_opens_no_session(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        found = await session.credentials(connection, "aung")
        assert found is not None
    opened = await sign_in(pool, found.id, found.password_hash)
    async with transaction(pool) as connection:
        await people.set_password(connection, cast.aung.id, "another")
    assert await holder(pool, opened) is None
    with pytest.raises(WrongSignIn):
        await sign_in(pool, found.id, found.password_hash)
    await sign_in(pool, found.id, "another")


async def test_a_sign_in_waits_for_a_password_that_is_being_changed(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await people.set_password(connection, cast.aung.id, "another")
        by_the_old_one = asyncio.create_task(sign_in(pool, cast.aung.id, PASSWORD_HASH))
        await asyncio.sleep(0.2)
        assert not by_the_old_one.done()
    with pytest.raises(WrongSignIn):
        await by_the_old_one
    assert await sign_in(pool, cast.aung.id, "another")


async def test_a_new_password_ends_a_session_that_is_being_opened(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        opened = await session.open_(connection, cast.aung.id, "api", ADDRESS, PASSWORD_HASH)
        changing = asyncio.create_task(_set_password(pool, cast))
        await asyncio.sleep(0.2)
        assert not changing.done()
    await changing
    assert await holder(pool, opened) is None


async def test_whoever_is_disabled_while_the_password_is_checked_has_no_session_for_later(
    pool: Pool, cast: Cast
) -> None:
    for disabled in (True, False):
        async with transaction(pool) as connection:
            await people.amend(connection, cast.aung.id, cast.thida.id, disabled=disabled)
        if disabled:
            with pytest.raises(WrongSignIn):
                await sign_in(pool, cast.aung.id, PASSWORD_HASH)
    assert await sign_in(pool, cast.aung.id, PASSWORD_HASH)


async def test_a_name_is_found_in_any_case_and_composition(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await people.add(connection, "José", "cashier", PASSWORD_HASH)
        for typed in ("José", "josé", unicodedata.normalize("NFD", "JOSÉ"), " José "):
            found = await session.credentials(connection, typed)
            assert found is not None
            assert (found.username, found.disabled) == ("José", False)
        assert await session.credentials(connection, "Jose") is None
    assert await count(pool, unicodedata.normalize("NFD", "José")) == 1
    assert await count(pool, "JOSÉ") == 2


async def test_a_name_may_fail_ten_times_from_one_address(pool: Pool) -> None:
    assert [await count(pool, "aung") for _ in range(FAILURES_A_PAIR)] == list(range(1, 11))
    with pytest.raises(TooManyFailures) as refused:
        await count(pool, "Aung")
    assert 0 < refused.value.retry_after_s <= WAIT_S
    assert await count(pool, "aung", "192.0.2.8") == 1
    assert await count(pool, "khin") == 1


async def test_an_address_may_fail_a_hundred_times_whatever_the_names(pool: Pool) -> None:
    for number in range(FAILURES_AN_ADDRESS):
        await count(pool, f"name {number}")
    with pytest.raises(TooManyFailures):
        await count(pool, "aung")
    assert await count(pool, "aung", "192.0.2.8") == 1


async def test_failures_are_counted_within_a_quarter_of_an_hour_and_not_for_ever(
    pool: Pool, owner: asyncpg.Connection
) -> None:
    for number in range(60):
        await owner.execute("update sign_in_failures set last_at = last_at - interval '5 minutes'")
        for name in ("a", "b"):
            await count(pool, f"{name} {number}")
    assert await owner.fetchval("select failures from sign_in_failures where username = ''") <= 8


async def test_a_wait_ends(pool: Pool, owner: asyncpg.Connection) -> None:
    for _ in range(FAILURES_A_PAIR):
        await count(pool, "aung")
    await owner.execute("update sign_in_failures set last_at = last_at - interval '901 seconds'")
    assert await count(pool, "aung") == 1


async def test_a_good_sign_in_was_no_failure(pool: Pool, owner: asyncpg.Connection) -> None:
    await count(pool, "khin")
    for _ in range(2 * FAILURES_AN_ADDRESS):
        await count(pool, "aung")
        await forget(pool, "AUNG")
    rows = await owner.fetch("select username, failures from sign_in_failures order by username")
    assert [tuple(row) for row in rows] == [("", 1), ("khin", 1)]


async def test_an_empty_name_counts_once(pool: Pool) -> None:
    assert [await count(pool, "") for _ in range(12)] == list(range(1, 13))


async def test_attempts_that_are_counted_and_forgotten_at_once_do_not_deadlock(
    pool: Pool,
) -> None:
    async def attempt() -> None:
        await count(pool, "aung")
        await forget(pool, "aung")

    for _ in range(20):
        await asyncio.gather(*(attempt() for _ in range(8)))


async def test_failures_that_count_no_more_are_cleared_away(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    for number in range(20):
        await count(pool, f"name {number}")
    await owner.execute("update sign_in_failures set last_at = last_at - interval '901 seconds'")
    await count(pool, "khin", "192.0.2.8")
    await sign_in(pool, cast.khin.id)
    names = await owner.fetch("select username from sign_in_failures order by username")
    assert [row["username"] for row in names] == ["", "khin"]


async def _set_password(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await people.set_password(connection, cast.aung.id, "another")
