"""The two lanes of a desk: one writes while the other stands at the phase's lock."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec
import pytest

from banker.books import exposure, ledger, phase, placement
from banker.books.judgement import Slip
from banker.books.news import News
from banker.books.receipt import Receipt
from banker.books.request import Answer
from banker.database import LOCK_TIMEOUT_MS, Connection, Pool, transaction
from banker.desk import LANES, SLIPS_TOGETHER, Desk
from banker.errors import KeyReused, NotFound, OverLimit, Unavailable
from banker.live.stream import Stream
from banker.rules.number import label
from tests.balanced import assert_books_balance
from tests.cast import Cast, newcomers, slip
from tests.house.conftest import eventually

TIMEOUT_S = LOCK_TIMEOUT_MS / 1000
CENT = Decimal("0.01")


class Told(Stream):
    """A stream that keeps the versions that it is told of."""

    def __init__(self) -> None:
        super().__init__("redis://nowhere", "epoch")
        self.versions: list[int] = []

    def tell(self, news: News) -> None:
        self.versions.append(news.totals.version)


class Lanes:
    """What the lanes of a desk did: each time that one was let in, and each batch by its lane."""

    def __init__(self) -> None:
        self.let_in = 0
        self.batches: list[tuple[asyncio.Task[Any] | None, int]] = []

    @property
    def at_work(self) -> int:
        """How many lanes there are now."""
        return sum(task.get_name().startswith("desk ") for task in asyncio.all_tasks())

    @property
    def used(self) -> int:
        """How many lanes took a batch."""
        return len({lane for lane, _ in self.batches})


@pytest.fixture
async def lanes(monkeypatch: pytest.MonkeyPatch) -> Lanes:
    """The lanes, watched on their way into the books."""
    seen = Lanes()
    hold, judge = placement.hold, placement.judge

    async def watched_hold(connection: Connection, phase_id: int) -> placement.Held:
        held = await hold(connection, phase_id)
        seen.let_in += 1
        return held

    async def watched_judge(
        connection: Connection, held: placement.Held, slips: Sequence[Slip], wait: bool = True
    ) -> placement.Judged:
        seen.batches.append((asyncio.current_task(), len(slips)))
        return await judge(connection, held, slips, wait)

    monkeypatch.setattr(placement, "hold", watched_hold)
    monkeypatch.setattr(placement, "judge", watched_judge)
    return seen


@pytest.fixture
async def stream() -> Told:
    """What the desk told the wall."""
    return Told()


@pytest.fixture
async def desk(pool: Pool, stream: Told, lanes: Lanes) -> AsyncIterator[Desk]:
    """A desk that must have nothing left over when all is answered."""
    desk = Desk(pool, stream)
    yield desk
    await eventually(lambda: lanes.at_work == 0, patience_s=5)
    assert (desk._queues, desk._lanes) == ({}, {})


@pytest.mark.parametrize("kind", ["equal", "uneven"])
async def test_who_comes_first_takes_the_last_room(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes, kind: str
) -> None:
    """500 slips on one number by 50 collectors, in an order that is known."""
    collectors = await newcomers(pool, cast, 50)
    chance = random.Random(500)
    stakes = [Decimal(10)] * 500
    if kind == "uneven":
        stakes = [CENT * chance.randint(1, 2_000) for _ in range(500)]
    limit = Decimal("2009.99")
    await _limit(pool, cast, 137, limit)
    sending: list[asyncio.Task[Answer]] = []
    for place, stake in enumerate(stakes):
        asked = slip(collectors[place * 7 % 50], f"137 {stake}")
        sending.append(asyncio.create_task(desk.place(cast.phase.id, asked)))
        if place % 20 == 19:
            # Not all at once: what one lane writes shall overlap with what the other waits for.
            await asyncio.sleep(0.004)
    answers = await asyncio.gather(*sending, return_exceptions=True)
    expected = _one_after_another(limit, stakes)
    assert [isinstance(answer, Answer) for answer in answers] == expected
    assert all(isinstance(answer, Answer | OverLimit) for answer in answers)
    if kind == "equal":
        assert expected == [True] * 200 + [False] * 300
    assert _sequences(answers) == list(range(1, expected.count(True) + 1))
    assert lanes.used >= LANES, lanes.batches
    assert len(lanes.batches) < 100, "they travelled together"
    await assert_books_balance(pool)


async def test_a_slip_alone_is_one_transaction(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes, stream: Told
) -> None:
    for number in range(5):
        await desk.place(cast.phase.id, slip(cast.aung, f"{label(number)} 5"))
    assert lanes.let_in == 5
    assert [size for _, size in lanes.batches] == [1] * 5
    assert stream.versions == [1, 2, 3, 4, 5]
    await assert_books_balance(pool)


async def test_a_lane_that_is_let_in_when_all_is_taken_writes_nothing(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes, stream: Told
) -> None:
    slips = [slip(cast.aung, f"{label(number)} 5") for number in range(40)]
    answers = await asyncio.gather(*(desk.place(cast.phase.id, one) for one in slips))
    await eventually(lambda: lanes.at_work == 0, patience_s=5)
    assert lanes.let_in == LANES
    assert [size for _, size in lanes.batches] == [40]
    assert stream.versions == [1]
    assert await pool.fetchval("select version from phase_totals") == 1
    assert _sequences(answers) == list(range(1, 41))
    await assert_books_balance(pool)


async def test_no_more_than_two_lanes_stand_at_a_phase(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes
) -> None:
    async with transaction(pool) as holder:
        await phase.gate_exclusive(holder, cast.phase.id)
        placing = []
        for number in range(100):
            asked = slip(cast.aung, f"{label(number)} 5")
            placing.append(asyncio.create_task(desk.place(cast.phase.id, asked)))
            await asyncio.sleep(0.002)
        assert lanes.at_work == LANES
        assert len(await _blocked(pool)) == LANES
    assert _sequences(await asyncio.gather(*placing)) == list(range(1, 101))
    await assert_books_balance(pool)


async def test_slips_of_callers_that_left_are_placed_in_their_turn(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    slips = [slip(cast.aung, f"{label(number)} 5") for number in range(60)]
    async with transaction(pool) as holder:
        await exposure.hold(holder, cast.phase.id)
        placing = [asyncio.create_task(desk.place(cast.phase.id, one)) for one in slips]
        await _until_blocked(pool, LANES)
        left = placing[::2]
        for one in left:
            one.cancel()
        assert all(
            isinstance(one, asyncio.CancelledError)
            for one in await asyncio.gather(*left, return_exceptions=True)
        )
    stayed = await asyncio.gather(*placing[1::2])
    assert _sequences(stayed) == list(range(2, 61, 2))
    asked_again = await asyncio.gather(*(desk.place(cast.phase.id, one) for one in slips))
    assert all(answer.replayed for answer in asked_again)
    assert _sequences(asked_again) == list(range(1, 61))
    await assert_books_balance(pool)


@pytest.mark.parametrize("lost", ["writing", "waiting", "both"])
async def test_a_lane_whose_postgres_is_lost_starts_again_beside_the_other(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes, lost: str
) -> None:
    """One lane has the phase and waits for a purse; the other waits for the phase."""
    async with transaction(pool) as holder:
        await ledger.lock(holder, [cast.aung.id])
        first = [slip(cast.aung, f"{label(number)} 5") for number in range(20)]
        placing = [asyncio.create_task(desk.place(cast.phase.id, one)) for one in first]
        await _until_blocked(pool, LANES)
        later = [slip(cast.khin, f"{label(number)} 5") for number in range(20)]
        placing += [asyncio.create_task(desk.place(cast.phase.id, one)) for one in later]
        [writing] = [one for one, by in await _blocked(pool) if by == holder.get_server_pid()]
        waiting = [one for one, by in await _blocked(pool) if by == writing]
        assert len(waiting) == 1
        doomed = {"writing": [writing], "waiting": waiting, "both": [writing, *waiting]}[lost]
        for backend in doomed:
            assert await pool.fetchval("select pg_terminate_backend($1)", backend)
        await _until_blocked(pool, 1, without=doomed)
    answers = await asyncio.gather(*placing)
    assert not any(answer.replayed for answer in answers)
    assert sorted(_sequences(answers)) == list(range(1, 41))
    assert await pool.fetchval("select count(*) from tickets") == 40
    await eventually(lambda: lanes.at_work == 0, patience_s=5)
    await assert_books_balance(pool)


async def test_a_repetition_is_told_so_though_its_lane_had_to_start_again(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    asked = slip(cast.aung, "137 500")
    first = await desk.place(cast.phase.id, asked)
    async with transaction(pool) as holder:
        await phase.gate_exclusive(holder, cast.phase.id)
        placing = asyncio.create_task(desk.place(cast.phase.id, asked))
        [backend] = await _until_blocked(pool, 1)
        await pool.execute("select pg_terminate_backend($1)", backend)
        await _until_blocked(pool, 1, without=[backend])
    again = await placing
    assert (again.replayed, again.body) == (True, first.body)
    await assert_books_balance(pool)


async def test_a_phase_that_there_is_not_is_an_answer_to_all(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    answers = await asyncio.gather(
        *(
            desk.place(cast.phase.id + number % 3, slip(cast.aung, f"{label(number)} 5"))
            for number in range(60)
        ),
        return_exceptions=True,
    )
    kinds = [type(answer) for answer in answers]
    assert kinds == [Answer, NotFound, NotFound] * 20
    assert _sequences(answers) == list(range(1, 21))
    await assert_books_balance(pool)


async def test_all_who_waited_at_the_gate_for_too_long_are_answered(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes
) -> None:
    count = 2 * SLIPS_TOGETHER + 88
    async with transaction(pool) as holder:
        await phase.gate_exclusive(holder, cast.phase.id)
        started = time.monotonic()
        slips = [slip(cast.aung, f"{label(number)} 5") for number in range(count)]
        answers = await asyncio.gather(
            *(desk.place(cast.phase.id, one) for one in slips), return_exceptions=True
        )
        waited_s = time.monotonic() - started
    assert {type(answer) for answer in answers} == {Unavailable}
    assert TIMEOUT_S - 0.1 < waited_s < TIMEOUT_S + 2
    assert lanes.let_in == 0
    assert await pool.fetchval("select count(*) from tickets") == 0
    again = await asyncio.gather(*(desk.place(cast.phase.id, one) for one in slips))
    assert _sequences(again) == list(range(1, count + 1))
    await assert_books_balance(pool)


async def test_who_came_late_to_a_shut_gate_is_not_sent_away_with_the_others(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    """The gate opens again before they have waited for as long as a lock is waited for."""

    async def seconds(asked: Slip) -> tuple[object, float]:
        started = time.monotonic()
        [answer] = await asyncio.gather(desk.place(cast.phase.id, asked), return_exceptions=True)
        return answer, time.monotonic() - started

    async with transaction(pool) as holder:
        await phase.gate_exclusive(holder, cast.phase.id)
        early = [asyncio.create_task(seconds(slip(cast.aung, f"{n:03d} 5"))) for n in range(30)]
        await asyncio.sleep(TIMEOUT_S * 0.75)
        late = [asyncio.create_task(seconds(slip(cast.khin, f"{n:03d} 5"))) for n in range(30)]
        for answer, waited_s in await asyncio.gather(*early):
            assert isinstance(answer, Unavailable)
            assert waited_s > TIMEOUT_S - 0.1
        await asyncio.sleep(TIMEOUT_S * 0.25)
    taken = await asyncio.gather(*late)
    assert [type(answer) for answer, _ in taken] == [Answer] * 30
    assert await pool.fetchval("select count(*) from tickets") == 30
    await assert_books_balance(pool)


async def test_a_key_that_a_ticket_holds_is_answered_by_it_whoever_asks_beside(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    """Another body under the key, first in the same batch, does not come between."""
    first = slip(cast.aung, "137 500", key="one")
    other = msgspec.structs.replace(slip(cast.aung, "137 501"), key="one")
    placed = await desk.place(cast.phase.id, first)
    answers = await asyncio.gather(
        *(desk.place(cast.phase.id, one) for one in (other, first, other, first)),
        return_exceptions=True,
    )
    assert [type(one) for one in answers] == [KeyReused, Answer, KeyReused, Answer]
    assert {one.body for one in answers if isinstance(one, Answer)} == {placed.body}
    await assert_books_balance(pool)


async def test_what_postgres_refuses_is_refused_to_those_at_fault_alone(
    pool: Pool, cast: Cast, desk: Desk
) -> None:
    slips = [slip(cast.aung, f"{label(number)} 5") for number in range(120)]
    for place in (7, 50, 119):
        slips[place] = msgspec.structs.replace(slips[place], text="137 5\0")
    sending = []
    for place, one in enumerate(slips):
        sending.append(asyncio.create_task(desk.place(cast.phase.id, one)))
        if place % 30 == 29:
            await asyncio.sleep(0.005)
    answers = await asyncio.gather(*sending, return_exceptions=True)
    for place, answer in enumerate(answers):
        refused = isinstance(answer, asyncpg.CharacterNotInRepertoireError)
        assert refused if place in (7, 50, 119) else isinstance(answer, Answer), (place, answer)
    assert sorted(_sequences(answers)) == list(range(1, 118))
    await assert_books_balance(pool)


async def test_lanes_that_are_ended_answer_all_who_wait(
    pool: Pool, cast: Cast, desk: Desk, lanes: Lanes
) -> None:
    async with transaction(pool) as holder:
        await ledger.lock(holder, [cast.aung.id])
        placing = [
            asyncio.create_task(desk.place(cast.phase.id, slip(cast.aung, f"{number:03d} 5")))
            for number in range(10)
        ]
        await _until_blocked(pool, LANES)
        placing += [
            asyncio.create_task(desk.place(cast.phase.id, slip(cast.khin, f"{number:03d} 5")))
            for number in range(10)
        ]
        await asyncio.sleep(0)
        for lane in [*desk._lanes[cast.phase.id]]:
            lane.cancel()
        answers = await asyncio.gather(*placing, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Unavailable}
    assert lanes.at_work == 0
    assert await pool.fetchval("select count(*) from tickets") == 0
    await desk.place(cast.phase.id, slip(cast.aung, "137 5"))
    await assert_books_balance(pool)


def _one_after_another(limit: Decimal, stakes: Sequence[Decimal]) -> list[bool]:
    """Which stakes on one number are taken, by hand."""
    taken = []
    for stake in stakes:
        taken.append(stake <= limit)
        limit -= stake if taken[-1] else 0
    return taken


def _sequences(answers: Sequence[object]) -> list[int]:
    """The sequences of the tickets among the answers, in order of the answers."""
    return [
        msgspec.json.decode(answer.body, type=Receipt).sequence
        for answer in answers
        if isinstance(answer, Answer)
    ]


async def _limit(pool: Pool, cast: Cast, number: int, amount: Decimal) -> None:
    async with transaction(pool) as connection:
        await exposure.set_limit(connection, cast.phase.id, number, amount)


async def _blocked(pool: Pool) -> list[tuple[int, int]]:
    """Backends that wait for a lock, each with one that it waits for."""
    rows = await pool.fetch(
        """
        select pid, unnest(pg_blocking_pids(pid)) as by
        from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
        """
    )
    return [(row["pid"], row["by"]) for row in rows]


async def _until_blocked(pool: Pool, count: int, without: Sequence[int] = ()) -> list[int]:
    """The backends that wait, as soon as there are so many beside those that were ended."""
    async with asyncio.timeout(5):
        while True:
            found = {one for one, _ in await _blocked(pool)} - {*without}
            if len(found) >= count:
                return sorted(found)
            await asyncio.sleep(0.01)
