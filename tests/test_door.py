"""The door of a worker: who holds the tokens that many requests show at once."""

import asyncio

import pytest

from banker.books import people, session
from banker.books.people import Person
from banker.books.session import Shown, shown
from banker.database import Pool, connect_pool, transaction
from banker.door import MOST_WAITING, Door
from banker.embedded import House
from banker.errors import Crowded, Unavailable
from tests.cast import Cast


async def _token(pool: Pool, person: Person) -> str:
    async with transaction(pool) as connection:
        return (await session.open_(connection, person.id, "api", "192.0.2.7")).token


async def test_many_at_once_are_each_told_apart(pool: Pool, cast: Cast) -> None:
    door = Door(pool)
    holders = [cast.aung, cast.khin, cast.min]
    tokens = [await _token(pool, person) for person in holders]
    asked: list[Shown] = []
    for place in range(300):
        token = tokens[place % 3] + ("x" if place % 7 == 0 else "")
        asked.append(shown(token, "page" if place % 5 == 0 else "api"))
    found = await asyncio.gather(*(door.find(one) for one in asked))
    for place, one in enumerate(found):
        if place % 7 == 0 or place % 5 == 0:
            assert one is None
        else:
            assert one is not None
            assert (one.id, one.role) == (holders[place % 3].id, holders[place % 3].role)


async def test_those_who_come_together_are_looked_up_together(pool: Pool, cast: Cast) -> None:
    asked = 0
    together = session.holders

    async def counted(connection: object, tokens: object) -> object:
        nonlocal asked
        asked += 1
        return await together(connection, tokens)  # type: ignore[arg-type]

    token = shown(await _token(pool, cast.aung), "api")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "holders", counted)
        door = Door(pool)
        await asyncio.gather(*(door.find(token) for _ in range(200)))
    assert asked <= 2


async def test_who_was_put_out_a_moment_ago_is_out(pool: Pool, cast: Cast) -> None:
    """Even where others kept the door busy when they were."""
    door = Door(pool)
    token = await _token(pool, cast.aung)
    is_over = asyncio.Event()

    async def keep_busy() -> None:
        while not is_over.is_set():
            await door.find(shown(token, "api"))

    busy = [asyncio.create_task(keep_busy()) for _ in range(8)]
    try:
        await asyncio.sleep(0.05)
        assert await door.find(shown(token, "api")) is not None
        async with transaction(pool) as connection:
            await people.amend(connection, cast.aung.id, cast.thida.id, disabled=True)
        assert await door.find(shown(token, "api")) is None
    finally:
        is_over.set()
        await asyncio.gather(*busy)


async def test_a_caller_that_leaves_takes_nobody_along(pool: Pool, cast: Cast) -> None:
    door = Door(pool)
    token = shown(await _token(pool, cast.aung), "api")
    leaving = asyncio.create_task(door.find(token))
    staying = asyncio.create_task(door.find(token))
    await asyncio.sleep(0)
    leaving.cancel()
    found = await staying
    assert found is not None
    assert await door.find(token) == found


async def test_a_door_without_books_says_so_and_opens_again(house: House, cast: Cast) -> None:
    pool = await connect_pool(house.database_url, least=1, most=1)
    door = Door(pool)
    token = shown(await _token(pool, cast.aung), "api")
    async with pool.acquire() as connection:
        backend = connection.get_server_pid()
        terminate = "select pg_terminate_backend($1)"
        other = await connect_pool(house.database_url, least=1, most=1)
        await other.execute(terminate, backend)
        await other.close()
    answers = await asyncio.gather(*(door.find(token) for _ in range(20)), return_exceptions=True)
    assert all(isinstance(one, Unavailable) or one is not None for one in answers)
    assert await door.find(token) is not None
    pool.terminate()


async def test_too_many_at_a_shut_door_are_sent_away(pool: Pool, cast: Cast) -> None:
    token = shown(await _token(pool, cast.aung), "api")
    door = Door(pool)
    held = [await pool.acquire() for _ in range(20)]
    first = asyncio.create_task(door.find(token))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(door.find(token)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        await door.find(token)
    for connection in held:
        await pool.release(connection)
    assert all(one is not None for one in await asyncio.gather(first, *waiting))


async def test_a_look_that_never_ends_is_given_up(pool: Pool, cast: Cast) -> None:
    token = shown(await _token(pool, cast.aung), "api")
    door = Door(pool)

    async def stuck(*_: object) -> None:
        await asyncio.sleep(60)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("banker.door.PATIENCE_S", 0.2)
        patched.setattr(session, "holders", stuck)
        answers = await asyncio.gather(
            *(door.find(token) for _ in range(10)), return_exceptions=True
        )
    assert all(isinstance(one, Unavailable) for one in answers)
    assert await door.find(token) is not None
