"""A slip asked for twice: its ticket holds the key, and the receipt is written from the ticket."""

import asyncio
import random
import time
from decimal import Decimal
from uuid import UUID

import asyncpg
import msgspec
import pytest

from banker.books import ledger, phase, placement, settlement, ticket
from banker.books.judgement import Slip
from banker.books.phase import Draft, Phase
from banker.books.receipt import Receipt
from banker.books.request import Answer
from banker.database import Pool, persist, transaction
from banker.errors import KeyReused, OverLimit, Refusal, Unavailable
from tests.balanced import assert_books_balance
from tests.cast import Cast, deposit, place, slip

ODD = ("0.01", "0.50", "1", "7.77", "100", "1234.56", "49999.99")


async def test_a_replay_is_the_first_answer_byte_for_byte(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    chance = random.Random(1)
    await deposit(pool, cast, cast.hla, "10.00")
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal("900000.00"))
    first: list[tuple[Slip, Answer | Refusal]] = []
    for place_ in range(30):
        numbers = chance.sample(range(1000), chance.choice((1, 2, 9, 50)))
        text = "\n".join(f"{number:03d}={chance.choice(ODD)}" for number in numbers)
        sent = slip(chance.choice((cast.aung, cast.khin, cast.hla)), text)
        if place_ == 15:
            await owner.execute("update exposures set factor = 0.37 where number % 2 = 0")
        [answer] = await place(pool, cast.phase, sent)
        first.append((sent, answer))
    taken = [answer for _, answer in first if isinstance(answer, Answer)]
    assert len(taken) > 20
    assert any(b'"balance":"-' in answer.body for answer in taken)
    assert any(b'"commission":"0.00"' in answer.body for answer in taken)
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    for sent, answer in first:
        if isinstance(answer, Answer):
            [again] = await place(pool, cast.phase, sent)
            assert again == Answer(answer.status, answer.body, replayed=True)
            receipt = msgspec.json.decode(answer.body, type=Receipt)
            assert msgspec.json.encode(receipt) == answer.body
    await assert_books_balance(pool)


async def test_a_receipt_stays_when_its_ticket_is_void(pool: Pool, cast: Cast) -> None:
    sent = slip(cast.aung, "137 500")
    [first] = await place(pool, cast.phase, sent)
    assert isinstance(first, Answer)
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(msgspec.json.decode(first.body)["id"]), cast.aung.id)
    assert await place(pool, cast.phase, sent) == [Answer(201, first.body, replayed=True)]
    await assert_books_balance(pool)


async def test_a_key_in_a_list_may_be_of_a_ticket_of_long_ago(pool: Pool, cast: Cast) -> None:
    old = slip(cast.aung, "137 500", key="old")
    [first] = await place(pool, cast.phase, old)
    assert isinstance(first, Answer)
    other = slip(cast.aung, "137 501", key="old")
    fresh = slip(cast.khin, "138 5", key="old")
    answers = await place(pool, cast.phase, old, fresh, other, old)
    assert answers[0] == answers[3] == Answer(201, first.body, replayed=True)
    assert isinstance(answers[1], Answer)
    assert not answers[1].replayed
    assert isinstance(answers[2], KeyReused)
    assert await _keys(pool) == [(1, "old"), (2, "old")]
    await assert_books_balance(pool)


async def test_a_key_belongs_to_its_collector_and_to_one_phase(pool: Pool, cast: Cast) -> None:
    other = await _opened(pool, cast)
    [first] = await place(pool, cast.phase, slip(cast.aung, "137 500", key="k"))
    sent = slip(cast.aung, "137 500", key="k", phase_id=other.id)
    assert isinstance((await place(pool, other, sent))[0], KeyReused)
    [khin] = await place(pool, other, slip(cast.khin, "137 500", key="k", phase_id=other.id))
    assert isinstance(first, Answer)
    assert isinstance(khin, Answer)
    assert not khin.replayed
    assert [row["phase_id"] for row in await pool.fetch("select phase_id from tickets")] == [1, 2]
    await assert_books_balance(pool)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same phase", "another phase"])
async def test_a_second_sender_waits_for_the_first(pool: Pool, cast: Cast, elsewhere: bool) -> None:
    second_phase = await _opened(pool, cast) if elsewhere else cast.phase
    sent = slip(cast.aung, "137 500", key="k")
    again = slip(cast.aung, "137 500", key="k", phase_id=second_phase.id)
    async with transaction(pool) as connection:
        [first] = (await placement.place(connection, cast.phase.id, [sent])).answers
        second = asyncio.create_task(place(pool, second_phase, again))
        await asyncio.sleep(0.2)
        assert not second.done()
    [answer] = await second
    assert isinstance(first, Answer)
    if elsewhere:
        assert isinstance(answer, KeyReused)
    else:
        assert answer == Answer(201, first.body, replayed=True)
    assert await _keys(pool) == [(1, "k")]
    await assert_books_balance(pool)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same phase", "another phase"])
async def test_a_second_sender_goes_first_where_the_first_is_undone(
    pool: Pool, cast: Cast, elsewhere: bool
) -> None:
    second_phase = await _opened(pool, cast) if elsewhere else cast.phase
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await placement.place(connection, cast.phase.id, [slip(cast.aung, "137 500", key="k")])
        again = slip(cast.aung, "137 500", key="k", phase_id=second_phase.id)
        second = asyncio.create_task(place(pool, second_phase, again))
        await asyncio.sleep(0.2)
        assert not second.done()
        await undone.rollback()
    [answer] = await second
    assert isinstance(answer, Answer)
    assert not answer.replayed
    await assert_books_balance(pool)


async def test_the_wait_for_a_first_sender_has_a_bound(pool: Pool, cast: Cast) -> None:
    other = await _opened(pool, cast)
    sent = slip(cast.aung, "137 500", key="k")
    for second_phase in (cast.phase, other):
        async with pool.acquire() as connection:
            first = connection.transaction()
            await first.start()
            await placement.place(connection, cast.phase.id, [sent])
            started = time.monotonic()
            with pytest.raises(Unavailable) as refused:
                await persist(pool, lambda c: placement.place(c, second_phase.id, [sent]))  # noqa: B023
            waited_s = time.monotonic() - started
            await first.rollback()
        assert placement.PATIENCE_MS / 1000 - 0.05 < waited_s < placement.PATIENCE_MS / 1000 + 2
        assert (refused.value.code, refused.value.retry_after_s) == ("unavailable", 2)
    [answer] = await place(pool, cast.phase, sent)
    assert isinstance(answer, Answer)
    await assert_books_balance(pool)


async def test_slips_of_one_collector_in_two_phases_in_any_order_do_not_deadlock(
    pool: Pool, cast: Cast
) -> None:
    other = await _opened(pool, cast)
    people = (cast.aung, cast.khin)

    def slips(to: Phase, order: int) -> list[Slip]:
        made = [
            slip(person, f"{number:03d} 1", key=f"k{to.id}-{number}", phase_id=to.id)
            for number in range(20)
            for person in people
        ]
        return made[::order]

    answers = await asyncio.gather(
        *(place(pool, to, *slips(to, order)) for to in (cast.phase, other) for order in (1, -1) * 3)
    )
    flat = [one for some in answers for one in some]
    assert all(isinstance(one, Answer) for one in flat)
    assert [one.replayed for one in flat if isinstance(one, Answer)].count(False) == 80
    await assert_books_balance(pool)


async def test_the_service_cannot_change_what_a_ticket_was_asked_for(
    pool: Pool, cast: Cast
) -> None:
    await place(pool, cast.phase, slip(cast.aung, "137 500"))
    for column in ("key", "fingerprint", "numbers", "cents", "factors", "collector_id", "leaf"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(f"update tickets set {column} = {column}")
    await pool.execute("update tickets set note = note")


async def test_the_tables_hold_what_a_ticket_may_hold(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    await place(pool, cast.phase, slip(cast.aung, "137 500\n138 5", key="a"))
    await place(pool, cast.phase, slip(cast.aung, "137 500\n138 5", key="b"))
    for change in (
        "numbers = '{137,1000}'",
        "numbers = '{-1,138}'",
        "numbers = '{137}'",
        "cents = '{0,500}'",
        "cents = '{50000,-1}'",
        "cents = '{50500}'",
        "factors = '{50}'",
        "bet_count = 3",
        "key = 'a'",
        "key = null",
        "fingerprint = null",
        "numbers = null",
        "cents = null",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await owner.execute(f"update tickets set {change} where key = 'b'")
    await owner.execute("update tickets set factors = '{50,100}' where key = 'b'")


async def test_a_refused_slip_leaves_its_key_to_the_next(pool: Pool, cast: Cast) -> None:
    assert isinstance(
        (await place(pool, cast.phase, slip(cast.aung, "137 60000", key="k")))[0], OverLimit
    )
    assert await _keys(pool) == []
    [mended] = await place(pool, cast.phase, slip(cast.aung, "137 500", key="k"))
    assert isinstance(mended, Answer)
    assert not mended.replayed


async def _opened(pool: Pool, cast: Cast) -> Phase:
    async with transaction(pool) as connection:
        draft = await phase.create(connection, cast.thida.id, Draft(name="another"))
        return await phase.open_(connection, draft.id)


async def _keys(pool: Pool) -> list[tuple[int, str]]:
    """Sequences and keys of all tickets."""
    rows = await pool.fetch("select sequence, key from tickets order by phase_id, sequence")
    return [(row["sequence"], row["key"]) for row in rows]
