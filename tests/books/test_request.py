import asyncio
import time
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from banker.books import cash, placement, request
from banker.books.request import Answer, Asked, fingerprint, read_key
from banker.database import LOCK_TIMEOUT_MS, Connection, Pool, persist, transaction
from banker.errors import InFlight, InsufficientFunds, KeyMissing, KeyReused, OverLimit, Refusal
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, place, slip


async def once(pool: Pool, one: Asked, answer: object = "done") -> Answer:
    async def act() -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with transaction(pool) as connection:
        return await request.once(connection, one, act)


async def bound(pool: Pool) -> int:
    async with pool.acquire() as connection:
        return await connection.fetchval("select count(*) from requests where status is not null")


@pytest.mark.parametrize("key", ["k", "!", "~" * 255, "0b5f-…".replace("…", ".")])
def test_a_key_is_up_to_255_visible_characters(key: str) -> None:
    assert read_key(key) == key
    for wrong in (None, "", key + " ", key + "\n", " " + key, key + "é", "x" * 256, key + "\0"):
        with pytest.raises(KeyMissing):
            read_key(wrong)


def test_no_two_requests_have_one_fingerprint() -> None:
    asked = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), ("a", "b", "c")]
    assert len({fingerprint(*parts) for parts in asked}) == len(asked)
    assert fingerprint("é") == fingerprint("é".encode())
    assert len(fingerprint("\ud800")) == 32


async def test_the_first_answer_is_the_answer(pool: Pool, cast: Cast) -> None:
    one = asked(cast.su, "deposit", "5")
    first = await once(pool, one, {"amount": Decimal("5.00")})
    again = await once(pool, one, AssertionError("acted twice"))
    assert (first.status, first.body, first.replayed) == (201, b'{"amount":"5.00"}', False)
    assert again == Answer(201, first.body, replayed=True)


async def test_a_key_belongs_to_an_actor_an_operation_and_a_request(pool: Pool, cast: Cast) -> None:
    await once(pool, asked(cast.su, "deposit", "5", key="k"))
    with pytest.raises(KeyReused):
        await once(pool, asked(cast.su, "deposit", "6", key="k"))
    assert not (await once(pool, asked(cast.su, "withdraw", "5", key="k"))).replayed
    assert not (await once(pool, asked(cast.thida, "deposit", "5", key="k"))).replayed
    assert not (await once(pool, asked(cast.su, "deposit", "5", key="K"))).replayed
    assert (await once(pool, asked(cast.su, "deposit", "5", key="k"))).replayed


async def test_a_refused_request_binds_nothing(pool: Pool, cast: Cast) -> None:
    before = await bound(pool)
    with pytest.raises(InsufficientFunds):
        await once(
            pool, asked(cast.su, "withdraw", key="k"), InsufficientFunds(needed="1", available="0")
        )
    assert await bound(pool) == before
    assert not (await once(pool, asked(cast.su, "withdraw", "mended", key="k"))).replayed


async def test_a_second_request_waits_for_the_first_and_replays(pool: Pool, cast: Cast) -> None:
    one = asked(cast.su, "deposit", "5")
    async with transaction(pool) as connection:
        first = await request.once(connection, one, _nothing)
        second = asyncio.create_task(once(pool, one, AssertionError("acted twice")))
        await asyncio.sleep(0.2)
        assert not second.done()
    assert await second == Answer(201, first.body, replayed=True)


async def test_a_second_request_goes_first_where_the_first_is_undone(
    pool: Pool, cast: Cast
) -> None:
    one = asked(cast.su, "deposit", "5")
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await request.once(connection, one, _nothing)
        second = asyncio.create_task(once(pool, one))
        await asyncio.sleep(0.2)
        assert not second.done()
        await undone.rollback()
    assert not (await second).replayed


async def test_the_wait_for_a_first_attempt_has_a_bound(pool: Pool, cast: Cast) -> None:
    one = asked(cast.su, "deposit", "5")
    async with transaction(pool) as connection:
        await request.once(connection, one, _nothing)
        started = time.monotonic()
        with pytest.raises(InFlight) as refused:
            await persist(pool, lambda c: request.once(c, one, _nothing))
        waited_s = time.monotonic() - started
    assert LOCK_TIMEOUT_MS / 1000 - 0.1 < waited_s < LOCK_TIMEOUT_MS / 1000 + 2
    assert refused.value.retry_after_s
    assert (await once(pool, one)).replayed


async def test_an_answer_that_was_lost_at_the_commit_is_looked_up(pool: Pool, cast: Cast) -> None:
    attempts = 0

    async def deposit_and_lose_the_answer(connection: Connection) -> Answer:
        nonlocal attempts
        attempts += 1
        answer = await cash.deposit(connection, one, cast.hla.id, Decimal(5), "once")
        if attempts == 1:
            await connection.execute("commit")
            raise ConnectionResetError
        return answer

    one = asked(cast.su, "deposit", "5")
    answer = await persist(pool, deposit_and_lose_the_answer)
    assert (attempts, answer.replayed) == (2, True)
    assert msgspec.json.decode(answer.body)["cash_balance"] == "5.00"
    await assert_books_balance(pool)


async def test_keys_in_another_order_do_not_deadlock(pool: Pool, cast: Cast) -> None:
    slips = [slip(cast.aung, f"{number:03d} 1", key=f"k{number}") for number in range(40)]
    both = await asyncio.gather(
        *(
            place(pool, cast.phase, *order)
            for order in (slips, slips[::-1], slips[20:] + slips[:20])
        )
    )
    fresh = [one for answers in both for one in answers if not one.replayed]  # type: ignore[union-attr]
    assert len(fresh) == 40
    assert all(isinstance(one, Answer) for answers in both for one in answers)
    await assert_books_balance(pool)


@pytest.mark.parametrize(
    ("first", "kinds"),
    [("123 5", (Answer, KeyReused)), ("123 60000", (OverLimit, InFlight))],
)
async def test_a_key_with_two_bodies_in_one_list_is_one_ticket_or_asked_again(
    pool: Pool, cast: Cast, first: str, kinds: tuple[type[Answer | Refusal], ...]
) -> None:
    slips = [slip(cast.aung, first, key="k"), slip(cast.aung, "123 6", key="k")]
    answers = await place(pool, cast.phase, *slips)
    assert tuple(type(one) for one in answers) == kinds
    [again] = await place(pool, cast.phase, slips[1])
    assert isinstance(again, Answer if kinds[0] is OverLimit else KeyReused)
    await assert_books_balance(pool)


async def test_refused_slips_beside_accepted_ones_free_their_keys(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        judged = await placement.place(
            connection,
            cast.phase.id,
            [slip(cast.aung, "123 60000", key="over"), slip(cast.aung, "123 5", key="fits")],
        )
    assert [type(one) for one in judged.answers] == [OverLimit, Answer]
    async with pool.acquire() as connection:
        rows = await connection.fetch("select key from tickets")
        assert await connection.fetchval("select count(*) from requests where key = 'over'") == 0
    assert [row["key"] for row in rows] == ["fits"]
    [mended] = await place(pool, cast.phase, slip(cast.aung, "123 6", key="over"))
    assert isinstance(mended, Answer)
    await assert_books_balance(pool)


async def test_the_service_cannot_give_a_bound_key_to_another_request(
    pool: Pool, cast: Cast
) -> None:
    await once(pool, asked(cast.su, "deposit", "5"))
    async with pool.acquire() as connection:
        for column in ("actor_id", "operation", "key", "fingerprint"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"update requests set {column} = {column}")
        await connection.execute("update requests set status = status, body = body")


async def _nothing() -> str:
    return "done"
