"""The cash desk under many hands: keys that are sent again and again, reversals that race, and all
ways that money moves over a few hot accounts.

`BANKER_RACE_OPERATIONS` asks for more than the 8,000 mixed operations of every suite.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec

from banker.books import cash, placement, ticket
from banker.books.cash import Counted
from banker.books.people import Person
from banker.books.receipt import Receipt
from banker.books.request import Answer, Asked
from banker.database import Connection, Pool, persist, transaction
from banker.errors import Refusal, WrongState
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, deposit, newcomers, slip
from tests.house.conftest import Doors, at_once

OPERATIONS = int(os.environ.get("BANKER_RACE_OPERATIONS", "8000"))
WORKERS = 16
KEYS, CLIENTS = 200, 50

Verb = Callable[[Connection], Awaitable[Any]]


async def test_200_keys_sent_by_50_clients_are_200_effects(pool: Pool, cast: Cast) -> None:
    """Deposits, withdrawals and reversals; each client sends every key, in an order of its own."""
    originals = [await _paid_in(pool, cast, cast.khin) for _ in range(KEYS // 4)]
    before = await pool.fetchval("select count(*) from transfers")
    orders = [_order(cast, number, originals) for number in range(KEYS)]
    bodies: dict[int, set[bytes]] = {number: set() for number in range(KEYS)}
    firsts: Counter[int] = Counter()

    async def client(seed: int) -> None:
        for number in random.Random(seed).sample(range(KEYS), KEYS):
            answer = await persist(pool, orders[number])
            bodies[number].add(answer.body)
            firsts[number] += not answer.replayed

    await at_once(client(seed) for seed in range(CLIENTS))
    assert all(len(told) == 1 for told in bodies.values())
    assert set(firsts.values()) == {1}
    assert await pool.fetchval("select count(*) from transfers") == before + KEYS
    await assert_books_balance(pool)


async def test_500_transfers_reversed_twice_at_once_are_500_reversals(
    pool: Pool, cast: Cast
) -> None:
    people = await newcomers(pool, cast, 10, "1.00")
    originals = [await _paid_in(pool, cast, people[at % 10]) for at in range(500)]
    calm = asyncio.Semaphore(18)

    async def reverse(original: int) -> bool:
        request = asked(cast.su, "reverse", str(original))
        async with calm:
            try:
                await persist(pool, lambda c: cash.reverse(c, request, original, None, "twice"))
            except WrongState:
                return False
            return True

    done = await at_once(reverse(original) for original in originals for _ in range(2))
    assert Counter(done) == {True: 500, False: 500}
    assert await pool.fetchval("select count(*) from transfers where reason = 'reversal'") == 500
    await assert_books_balance(pool)


async def test_one_key_of_the_desk_at_two_workers_is_one_transfer(
    pool: Pool, cast: Cast, doors: Doors
) -> None:
    body = {"user_id": str(cast.hla.id), "amount": "10.00", "reason": "at the counter"}
    await doors.sign_in("su")
    answers = await at_once(
        doors.ask("su", "POST", "/api/cash/deposits", body, key="one") for _ in range(40)
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await doors.cash("su", cast.hla.id) == Decimal("10.00")
    await assert_books_balance(pool)


async def test_16_workers_move_money_over_10_hot_accounts(pool: Pool, cast: Cast) -> None:
    people = await newcomers(pool, cast, 10, "500.00")
    for person in people[::2]:
        request = asked(cast.su, "credit-limit", str(person.id))
        await _do(pool, lambda c, r=request, p=person: cash.grant_credit(c, r, p.id, _BIG, "x"))  # type: ignore[misc]
    told: Counter[str] = Counter()

    async def worker(seed: int) -> None:
        hand = _Hand(pool, cast, people, random.Random(seed))
        for _ in range(OPERATIONS // WORKERS):
            told[await hand.move()] += 1

    await at_once(worker(seed) for seed in range(WORKERS))
    assert sum(told.values()) == OPERATIONS // WORKERS * WORKERS
    # Whatever was not done was refused for a reason that a person can be told.
    assert set(told) <= {"done", "InsufficientFunds", "WrongState", "Unavailable"}, told
    # Who waited for a lock in vain was told to ask again: on a machine that is busy otherwise.
    assert told["Unavailable"] <= OPERATIONS / 100
    assert told["done"] > OPERATIONS / 3
    below = "select count(*) from accounts where user_id is not null and balance < floor"
    assert await pool.fetchval(below) == 0
    await assert_books_balance(pool)


_BIG = Decimal(1_000)


class _Hand:
    """One of those who move money at random, and undo what they did."""

    def __init__(self, pool: Pool, cast: Cast, people: list[Person], dice: random.Random) -> None:
        self._pool = pool
        self._cast = cast
        self._people = people
        self._dice = dice
        self._moved: list[int] = []
        self._tickets: list[tuple[Any, int]] = []

    async def move(self) -> str:
        """One movement; what became of it."""
        verbs = (self._count, self._count, self._count, self._stake, self._stake)
        try:
            await self._dice.choice((*verbs, self._void, self._reverse))()
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    async def _count(self) -> None:
        name = self._dice.choice(("deposit", "withdraw", "advance", "repay"))
        verb, person = getattr(cash, name), self._dice.choice(self._people)
        amount = Decimal(self._dice.randint(1, 9_000)) / 100
        request = asked(self._cast.su, name, str(amount))
        answer = await persist(
            self._pool, lambda c: verb(c, request, person.id, amount, "by chance")
        )
        told = msgspec.json.decode(answer.body, type=Counted)
        self._moved.append(int(told.transfer_id))

    async def _stake(self) -> None:
        person = self._dice.choice(self._people)
        sent = slip(person, f"{self._dice.randint(0, 999):03d} {self._dice.randint(1, 50)}")
        phase_id = self._cast.phase.id
        judged = await persist(self._pool, lambda c: placement.place(c, phase_id, [sent]))
        [answer] = judged.answers
        if not isinstance(answer, Answer):
            raise answer
        receipt = msgspec.json.decode(answer.body, type=Receipt)
        self._tickets.append((receipt.id, person.id))

    async def _void(self) -> None:
        if self._tickets:
            ticket_id, person_id = self._tickets.pop()
            await persist(self._pool, lambda c: ticket.void(c, ticket_id, person_id))

    async def _reverse(self) -> None:
        if self._moved:
            original = self._moved.pop()
            part = self._dice.choice((None, Decimal("0.01")))
            request = asked(self._cast.su, "reverse", str(original))
            await persist(
                self._pool, lambda c: cash.reverse(c, request, original, part, "by chance")
            )


async def _do(pool: Pool, verb: Verb) -> Any:
    async with transaction(pool) as connection:
        return await verb(connection)


async def _paid_in(pool: Pool, cast: Cast, person: Person) -> int:
    answer = await deposit(pool, cast, person, "3.00")
    return int(msgspec.json.decode(answer.body, type=Counted).transfer_id)


def _order(
    cast: Cast, number: int, originals: list[int]
) -> Callable[[Connection], Awaitable[Answer]]:
    """A deposit, a withdrawal or a reversal, under a key of its own."""
    request = Asked(cast.su.id, f"order-{number % 4}", f"key-of-{number}", bytes(32))
    amount = Decimal(number + 1) / 100
    if number % 4 == 0:
        original = originals[number // 4]
        return lambda c: cash.reverse(c, request, original, None, "a mistake")
    verb = cash.withdraw if number % 4 == 1 else cash.deposit
    return lambda c: verb(c, request, cast.aung.id, amount, "at the counter")
