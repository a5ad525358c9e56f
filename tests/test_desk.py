"""The desk on a bad line: whatever is lost on the way to Postgres, a slip is one ticket or none."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest

from banker.books import exposure, ledger, phase, placement
from banker.books.news import News
from banker.books.receipt import Receipt
from banker.books.request import Answer
from banker.database import LOCK_TIMEOUT_MS, Pool, connect_pool, persist, transaction
from banker.desk import Desk
from banker.embedded import House
from banker.errors import (
    Crowded,
    InFlight,
    InsufficientFunds,
    KeyReused,
    OverLimit,
    Unavailable,
)
from banker.live.stream import Stream
from tests.balanced import assert_books_balance
from tests.cast import Cast, newcomers, slip
from tests.house.bad_line import BadLine


class Told(Stream):
    """A stream that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__("redis://nowhere", "epoch")
        self.news: list[int] = []
        self.changes: list[int] = []

    def tell(self, news: News) -> None:
        self.news.append(news.totals.version)

    def tell_change(self, phase_id: int) -> None:
        self.changes.append(phase_id)


@pytest.fixture
async def line(house: House) -> AsyncIterator[BadLine]:
    """The line between the desk and Postgres; the test itself has another."""
    async with BadLine(house.database_url) as line:
        yield line


@pytest.fixture
async def stream() -> Told:
    """What the desk told the wall."""
    return Told()


@pytest.fixture
async def desk(line: BadLine, stream: Told) -> AsyncIterator[Desk]:
    """A desk at the end of the line."""
    async with await connect_pool(line.url, least=1, most=8) as pool:
        yield Desk(pool, stream)


async def test_a_commit_whose_answer_is_lost_is_looked_up_by_its_key(
    pool: Pool, cast: Cast, line: BadLine, desk: Desk, stream: Told
) -> None:
    line.losses.append("the answer to a commit")
    answer = await desk.place(cast.phase.id, slip(cast.aung, "137 500", key="lost"))
    assert not line.losses
    # It was the first attempt that counted: to the caller it is no repetition.
    assert (answer.status, answer.replayed) == (201, False)
    assert (stream.news, stream.changes) == ([], [cast.phase.id])
    assert await _tickets(pool) == [_id(answer)]
    again = await desk.place(cast.phase.id, slip(cast.aung, "137 500", key="lost"))
    assert (again.replayed, again.body) == (True, answer.body)
    await assert_books_balance(pool)


async def test_a_commit_that_never_reached_postgres_is_made_again(
    pool: Pool, cast: Cast, line: BadLine, desk: Desk, stream: Told
) -> None:
    line.losses.extend(["the order to commit"] * 3)
    answer = await desk.place(cast.phase.id, slip(cast.aung, "137 500"))
    assert not line.losses
    assert (answer.status, answer.replayed) == (201, False)
    assert (len(stream.news), stream.changes) == (1, [])
    assert await _tickets(pool) == [_id(answer)]
    await assert_books_balance(pool)


async def test_every_second_commit_is_lost_and_every_slip_is_one_ticket(
    pool: Pool, cast: Cast, line: BadLine, desk: Desk
) -> None:
    collectors = await newcomers(pool, cast, 8)
    chance = random.Random(8)
    line.losses.extend(
        chance.choice(("the order to commit", "the answer to a commit")) for _ in range(24)
    )
    answers = await asyncio.gather(
        *(
            desk.place(cast.phase.id, slip(one, f"{n:03d} 5"))
            for n in range(6)
            for one in collectors
        )
    )
    assert not line.losses
    assert sorted(await _tickets(pool)) == sorted(_id(answer) for answer in answers)
    assert len({_id(answer) for answer in answers}) == 48
    await assert_books_balance(pool)


async def test_a_backend_that_is_ended_under_a_slip_costs_a_moment(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    async with transaction(pool) as holder:
        await phase.gate_exclusive(holder, cast.phase.id)
        placing = asyncio.create_task(desk.place(cast.phase.id, slip(cast.aung, "137 500")))
        for _ in range(3):
            await pool.execute("select pg_terminate_backend($1)", await _waiting_backend(pool))
    answer = await placing
    assert await _tickets(pool) == [_id(answer)]
    await assert_books_balance(pool)


async def test_a_slip_waits_for_a_line_that_is_down_for_a_moment(
    pool: Pool, cast: Cast, line: BadLine, desk: Desk
) -> None:
    await line.cut()
    placing = asyncio.create_task(desk.place(cast.phase.id, slip(cast.aung, "137 500")))
    await asyncio.sleep(0.7)
    assert not placing.done()
    await line.mend()
    answer = await placing
    assert await _tickets(pool) == [_id(answer)]
    await assert_books_balance(pool)


async def test_a_line_that_stays_down_is_an_answer_and_no_ticket(
    pool: Pool, cast: Cast, line: BadLine
) -> None:
    async with await connect_pool(line.url, least=1, most=2) as cut_off:
        await line.cut()
        with pytest.raises(Unavailable):
            await persist(cut_off, lambda connection: exposure.hold(connection, 1), patience_s=0.5)
    assert await _tickets(pool) == []


async def test_the_slip_of_a_caller_that_leaves_is_neither_lost_nor_doubled(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    asked = slip(cast.aung, "137 500", key="left")
    async with transaction(pool) as holder:
        await exposure.hold(holder, cast.phase.id)
        placing = asyncio.create_task(desk.place(cast.phase.id, asked))
        await _waiting_backend(pool)
        placing.cancel()
        await asyncio.gather(placing, return_exceptions=True)
    answer = await desk.place(cast.phase.id, asked)
    assert (answer.replayed, await _tickets(pool)) == (True, [_id(answer)])
    await assert_books_balance(pool)


async def test_slips_that_arrive_together_travel_together(
    pool: Pool, cast: Cast, desk: Desk, stream: Told
) -> None:
    collectors = await newcomers(pool, cast, 8)
    slips = [slip(one, f"{n:03d} 5") for n in range(10) for one in collectors]
    answers = await asyncio.gather(*(desk.place(cast.phase.id, one) for one in slips))
    assert stream.news == [1], "one transaction, one commit, one message"
    sequences = [msgspec.json.decode(answer.body, type=Receipt).sequence for answer in answers]
    assert sequences == list(range(1, 81)), "in order of arrival"
    await assert_books_balance(pool)


async def test_each_slip_that_travels_with_others_is_judged_on_its_own(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    slips = [
        slip(cast.aung, "137 500"),
        slip(cast.hla, "137 500"),
        slip(cast.khin, "444 50001"),
        slip(cast.khin, "444 500"),
    ]
    answers = await asyncio.gather(
        *(desk.place(cast.phase.id, one) for one in slips), return_exceptions=True
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [Answer, InsufficientFunds, OverLimit, Answer]
    await assert_books_balance(pool)


async def test_what_postgres_refuses_for_one_slip_s_sake_is_refused_to_that_one(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    bad = msgspec.structs.replace(slip(cast.aung, "137 500"), text="137 500\0")
    slips = [slip(cast.aung, "998 5"), slip(cast.aung, "138 500"), bad, slip(cast.khin, "139 500")]
    answers = await asyncio.gather(
        *(desk.place(cast.phase.id, one) for one in slips), return_exceptions=True
    )
    assert [isinstance(answer, Answer) for answer in answers] == [True, True, False, True]
    assert isinstance(answers[2], asyncpg.CharacterNotInRepertoireError)
    await assert_books_balance(pool)


async def test_the_same_key_twice_in_a_queue_is_one_ticket(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    asked = slip(cast.aung, "137 500", key="twice")
    slips = [slip(cast.khin, "998 5"), asked, asked, asked]
    answers = await asyncio.gather(*(desk.place(cast.phase.id, one) for one in slips))
    assert len({answer.body for answer in answers}) == 2
    assert [answer.replayed for answer in answers] == [False, False, True, True]
    assert len(await _tickets(pool)) == 2
    await assert_books_balance(pool)


async def test_a_full_queue_is_an_answer(
    pool: Pool, cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banker.desk.MOST_WAITING", 5)
    slips = [slip(cast.aung, f"{n:03d} 5") for n in range(8)]
    answers = await asyncio.gather(
        *(desk.place(cast.phase.id, one) for one in slips), return_exceptions=True
    )
    crowded = [answer for answer in answers if isinstance(answer, Crowded)]
    assert len(crowded) == 3
    assert crowded[0].retry_after_s == 1
    assert len(await _tickets(pool)) == 5
    await assert_books_balance(pool)


async def test_a_caller_that_leaves_at_any_moment_and_asks_again_has_one_ticket(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    chance = random.Random(40)
    await desk.place(cast.phase.id, slip(cast.aung, "998 500"))
    started = time.monotonic()
    await desk.place(cast.phase.id, slip(cast.aung, "999 500"))
    longest_s = 2 * (time.monotonic() - started)
    for number in range(40):
        asked = slip(cast.aung, f"{number:03d} 500")
        placing = asyncio.create_task(desk.place(cast.phase.id, asked))
        await asyncio.sleep(chance.uniform(0, longest_s))
        placing.cancel()
        await asyncio.gather(placing, return_exceptions=True)
        await desk.place(cast.phase.id, asked)
    assert len(await _tickets(pool)) == 42
    await assert_books_balance(pool)


@pytest.mark.parametrize("ends", ["well", "undone"])
async def test_a_slip_whose_first_attempt_does_not_end_is_to_be_sent_again(
    pool: Pool, cast: Cast, desk: Desk, ends: str
) -> None:
    asked = slip(cast.aung, "137 500")
    async with pool.acquire() as holder:
        first = holder.transaction()
        await first.start()
        await placement.place(holder, cast.phase.id, [asked])
        started = time.monotonic()
        with pytest.raises(Unavailable) as refused:
            await desk.place(cast.phase.id, asked)
        waited_s = time.monotonic() - started
        await (first.commit() if ends == "well" else first.rollback())
    assert LOCK_TIMEOUT_MS / 1000 - 0.1 < waited_s < LOCK_TIMEOUT_MS / 1000 + 2
    assert refused.value.retry_after_s == 2
    answer = await desk.place(cast.phase.id, asked)
    assert (answer.status, answer.replayed) == (201, ends == "well")
    assert await _tickets(pool) == [_id(answer)]
    await assert_books_balance(pool)


async def test_a_collector_whose_purse_is_held_keeps_nobody_waiting_for_longer(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    async with transaction(pool) as holder:
        await ledger.lock(holder, [cast.aung.id])
        answers = await asyncio.gather(
            desk.place(cast.phase.id, slip(cast.aung, "137 500", key="held")),
            desk.place(cast.phase.id, slip(cast.khin, "138 500", key="free")),
            return_exceptions=True,
        )
    assert isinstance(answers[0], Unavailable)
    assert isinstance(answers[1], Answer)
    again = await desk.place(cast.phase.id, slip(cast.aung, "137 500", key="held"))
    assert (again.status, again.replayed) == (201, False)
    khin = await desk.place(cast.phase.id, slip(cast.khin, "138 500", key="free"))
    assert khin.replayed
    assert len(await _tickets(pool)) == 2
    await assert_books_balance(pool)


@pytest.mark.alone
async def test_a_held_purse_costs_the_other_collectors_a_moment_once(
    pool: Pool, cast: Cast, stream: Told
) -> None:
    """Two desks, as two workers have them, and one collector's purse that a long verb holds."""
    desks = [Desk(pool, stream) for _ in range(2)]
    others = await newcomers(pool, cast, 8)
    waits: list[float] = []
    is_over = asyncio.Event()

    async def keep_sending(place: int) -> None:
        while not is_over.is_set():
            started = time.monotonic()
            answer = await desks[place % 2].place(cast.phase.id, slip(others[place], "137 1"))
            assert answer.status == 201
            waits.append(time.monotonic() - started)

    sending = [asyncio.create_task(keep_sending(place)) for place in range(8)]
    async with transaction(pool) as holder:
        await ledger.lock(holder, [cast.aung.id])
        held = asyncio.create_task(desks[0].place(cast.phase.id, slip(cast.aung, "138 5")))
        await asyncio.sleep(1.5)
        assert not held.done()
    assert (await held).status == 201
    is_over.set()
    await asyncio.gather(*sending)
    assert max(waits) < 1.0
    assert len(waits) > 50
    assert len(await _tickets(pool)) == len(waits) + 1
    await assert_books_balance(pool)


@pytest.mark.alone
async def test_a_repetition_does_not_wait_for_a_purse_that_stays_held(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    asked = slip(cast.aung, "137 500")
    first = await desk.place(cast.phase.id, asked)
    async with transaction(pool) as holder:
        await ledger.lock(holder, [cast.aung.id])
        started = time.monotonic()
        again = await desk.place(cast.phase.id, asked)
        assert time.monotonic() - started < 1.0
    assert (again.replayed, again.body) == (True, first.body)


async def test_two_bodies_under_one_key_in_a_queue_are_one_ticket_or_asked_again(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    slips = [
        slip(cast.khin, "998 5"),
        slip(cast.aung, "137 500", key="taken"),
        slip(cast.aung, "137 501", key="taken"),
        slip(cast.aung, "138 60000", key="refused"),
        slip(cast.aung, "138 500", key="refused"),
    ]
    answers = await asyncio.gather(
        *(desk.place(cast.phase.id, one) for one in slips), return_exceptions=True
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [Answer, Answer, KeyReused, OverLimit, InFlight]
    assert (await desk.place(cast.phase.id, slips[4])).replayed is False
    assert len(await _tickets(pool)) == 3
    await assert_books_balance(pool)


async def _tickets(pool: Pool) -> list[str]:
    return [str(row["id"]) for row in await pool.fetch("select id from tickets")]


def _id(answer: Answer) -> str:
    return msgspec.json.decode(answer.body, type=Receipt).id


async def _waiting_backend(pool: Pool) -> int:
    """The backend of the desk that waits for a lock; waits until there is one."""
    async with asyncio.timeout(5):
        while True:
            # Not inside a transaction, which would see the same backends again and again.
            waiting = await pool.fetchval(
                """
                select pid
                from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """
            )
            if waiting is not None:
                return int(waiting)
            await asyncio.sleep(0.01)
