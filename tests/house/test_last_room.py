"""64 collectors want the last room of one number: it is never sold twice, nor kept back."""

import random
from collections.abc import Sequence
from decimal import Decimal

from banker.books import exposure
from banker.books.judgement import Slip
from banker.books.phase import Phase
from banker.books.request import Answer
from banker.database import Pool, reading, transaction
from banker.desk import Desk
from banker.embedded import House
from banker.errors import OverLimit, Refusal
from banker.live.stream import Stream
from banker.rules.money import to_cents
from banker.rules.number import label
from tests.balanced import assert_books_balance
from tests.cast import Cast, newcomers, place, slip
from tests.house.conftest import Doors, at_once

ROUNDS = 100
ROUNDS_OVER_HTTP = 6
COLLECTORS = 64
LIMIT = Decimal("1234.57")
CENT = Decimal("0.01")


async def test_no_limit_is_passed_and_no_room_is_left_that_was_asked_for(
    pool: Pool, cast: Cast, house: House
) -> None:
    collectors = await newcomers(pool, cast, COLLECTORS)
    # In every other round each slip has a transaction of its own, as many at once as there are
    # connections; in the others four workers' desks let slips travel together.
    desks = [Desk(pool, Stream(house.redis_url, "unheard")) for _ in range(4)]
    chance = random.Random(64)
    for number in range(ROUNDS):
        limit = LIMIT + number * CENT
        await _limit(pool, cast.phase, number, limit)
        stakes = _stakes(chance, number, limit)
        slips = [
            slip(collector, f"{label(number)} {stake}")
            for collector, stake in zip(collectors, stakes, strict=True)
        ]
        if number % 2 == 0:
            answers = await at_once(_place_alone(pool, cast.phase, one) for one in slips)
        else:
            answers = await at_once(
                _place(desks[place % 4], cast.phase, one) for place, one in enumerate(slips)
            )
        room = _left(limit, stakes, [_was_taken(one) for one in answers])
        over = slip(collectors[0], f"{label(number)} {room + CENT}")
        assert not _was_taken(await _place(desks[0], cast.phase, over))
        if room:
            last = slip(collectors[1], f"{label(number)} {room}")
            assert _was_taken(await _place(desks[1], cast.phase, last))
        async with reading(pool) as connection:
            staked = await exposure.read(connection, cast.phase.id)
        assert staked[number].staked_cents == to_cents(limit)
    await assert_books_balance(pool)


async def test_equal_stakes_fill_a_limit_to_the_cent(pool: Pool, cast: Cast) -> None:
    collectors = await newcomers(pool, cast, COLLECTORS)
    await _limit(pool, cast.phase, 7, 31 * Decimal("39.83"))
    answers = await at_once(
        _place_alone(pool, cast.phase, slip(one, "007 39.83")) for one in collectors
    )
    assert [_was_taken(answer) for answer in answers].count(True) == 31
    cent_more = await _place_alone(pool, cast.phase, slip(collectors[0], "007 0.01"))
    assert isinstance(cent_more, OverLimit)
    await assert_books_balance(pool)


async def test_the_last_room_of_the_whole_phase_is_sold_once(pool: Pool, cast: Cast) -> None:
    collectors = await newcomers(pool, cast, COLLECTORS)
    async with transaction(pool) as connection:
        await connection.execute("update phases set total_limit = 999.99")
    stakes = [Decimal("31.31") + place * CENT for place in range(COLLECTORS)]
    answers = await at_once(
        _place_alone(pool, cast.phase, slip(collector, f"{label(place)} {stake}"))
        for place, (collector, stake) in enumerate(zip(collectors, stakes, strict=True))
    )
    room = _left(Decimal("999.99"), stakes, [_was_taken(one) for one in answers])
    over = await _place_alone(pool, cast.phase, slip(collectors[0], f"999 {room + CENT}"))
    assert isinstance(over, OverLimit)
    assert _was_taken(await _place_alone(pool, cast.phase, slip(collectors[0], f"999 {room}")))
    await assert_books_balance(pool)


async def test_the_last_room_is_sold_once_over_http(
    pool: Pool, cast: Cast, doors: Doors, crowd: list[str]
) -> None:
    await doors.sign_in(*crowd)
    chance = random.Random(137)
    path = f"/api/phases/{cast.phase.id}/tickets"
    for number in range(ROUNDS_OVER_HTTP):
        limit = LIMIT + number * CENT
        await _limit(pool, cast.phase, number, limit)
        stakes = _stakes(chance, number, limit)
        answers = await at_once(
            doors.ask(name, "POST", path, {"text": f"{label(number)} {stake}"}, f"race-{number}")
            for name, stake in zip(crowd, stakes, strict=True)
        )
        assert {answer.status_code for answer in answers} == {201, 409}
        room = _left(limit, stakes, [answer.status_code == 201 for answer in answers])
        for answer, stake in zip(answers, stakes, strict=True):
            if answer.status_code == 409:
                assert answer.json()["code"] == "over-limit"
                [offender] = answer.json()["numbers"]
                assert (offender["number"], offender["bound_by"]) == (label(number), "number-limit")
                assert Decimal(offender["asked"]) == stake > Decimal(offender["room"])
        over = {"text": f"{label(number)} {room + CENT}"}
        refused = await doors.ask(crowd[0], "POST", path, over, key=f"over-{number}")
        assert refused.json()["numbers"][0]["room"] == f"{room:.2f}"
        if room:
            last = {"text": f"{label(number)} {room}"}
            taken = await doors.ask(crowd[0], "POST", path, last, key=f"last-{number}")
            assert taken.status_code == 201
        risk = await doors.read("min", f"/api/phases/{cast.phase.id}/risk")
        full = risk["numbers"][number]
        assert (full["total_bet"], full["limit"], full["room"]) == (f"{limit}", f"{limit}", "0.00")
    await assert_books_balance(pool)


def _stakes(chance: random.Random, number: int, limit: Decimal) -> list[Decimal]:
    """Odd amounts that come to about twice the limit; in every third round a few large ones among
    many small ones, so that a small one still fits where a large one was refused."""
    if number % 3 == 0:
        return [CENT * chance.randint(100, 8_000) for _ in range(COLLECTORS)]
    if number % 3 == 1:
        return [Decimal("37.13")] * COLLECTORS
    large = [(limit / 2).quantize(CENT) + CENT] * 4
    small = [CENT * chance.randint(1, 2_500) for _ in range(COLLECTORS - len(large))]
    return chance.sample(large + small, COLLECTORS)


def _left(limit: Decimal, stakes: Sequence[Decimal], taken: Sequence[bool]) -> Decimal:
    """The room after the race: never below nothing, and less than any stake that was refused."""
    room = limit - sum(stake for stake, was in zip(stakes, taken, strict=True) if was)
    assert room >= 0
    assert all(stake > room for stake, was in zip(stakes, taken, strict=True) if not was)
    return room


async def _place_alone(pool: Pool, phase: Phase, asked: Slip) -> Answer | Refusal:
    """The slip in a transaction of its own."""
    [answer] = await place(pool, phase, asked)
    return answer


async def _place(desk: Desk, asked: Phase, one: Slip) -> Answer | Refusal:
    try:
        return await desk.place(asked.id, one)
    except OverLimit as refusal:
        return refusal


def _was_taken(answer: Answer | Refusal) -> bool:
    """The only refusal that there may be is of the limit."""
    assert isinstance(answer, Answer | OverLimit), answer
    return isinstance(answer, Answer)


async def _limit(pool: Pool, limited: Phase, number: int, amount: Decimal) -> None:
    async with transaction(pool) as connection:
        await exposure.set_limit(connection, limited.id, number, amount)
