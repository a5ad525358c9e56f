"""Every way that money moves, in random order, beside a plain-Python model of it.

`BANKER_MACHINE_RUNS` asks for more runs than the 200 of every suite.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from banker.books import cash, ledger, people, phase, resettlement, settlement, ticket
from banker.books.cash import Counted
from banker.books.people import Person
from banker.books.receipt import Receipt
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.database import Connection, Pool, connect_pool, transaction
from banker.embedded import House
from banker.errors import InsufficientFunds, WrongState
from banker.rules.prize import Prizes
from tests.balanced import assert_books_balance
from tests.books import model
from tests.cast import PASSWORD_HASH, Cast, asked, gather, place, slip
from tests.databases import create, drop, own_name

RUNS = int(os.environ.get("BANKER_MACHINE_RUNS", "200"))
STEPS = 18
PRIZE = Decimal(5)
NUMBERS = st.sampled_from((7, 137))
AMOUNTS = st.sampled_from(["0.01", "7.77", "10.00", "33.33", "50.00", "100.00", "250.00"]).map(
    Decimal
)
PARTS = st.sampled_from(["0.01", "5.00", "10.00", "100.00", None])
WHO = st.sampled_from((0, 1))
MOVEMENTS = ("deposit", "withdraw", "advance", "repay")

Verb = Callable[[Connection], Awaitable[Any]]


@dataclass
class Past:
    """A settled phase, and the draw of it that counts."""

    phase_id: int
    number: int
    draw_count: int = 1


class Money(RuleBasedStateMachine):
    """Two collectors and their purses, in the books and in the model."""

    loop: asyncio.Runner
    pool: Pool
    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.models = [model.Person(Decimal("12.5")), model.Person(Decimal(0))]
        self.people: list[Person] = [self._run(self._join(one.rate)) for one in self.models]
        self.phase = self._run(self._open())
        self.transfers: list[list[int]] = [[], []]
        self.tickets: list[list[str]] = [[], []]
        self.settled: list[Past] = []

    @rule(who=WHO, amount=AMOUNTS, kind=st.sampled_from(MOVEMENTS))
    def move(self, who: int, amount: Decimal, kind: str) -> None:
        verb = getattr(cash, kind)
        expected = getattr(self.models[who], kind)(amount)
        request = asked(self.cast.su, kind, str(amount))
        self._desk(who, expected, lambda c: verb(c, request, self.people[who].id, amount, "why"))

    @rule(who=WHO, limit=AMOUNTS | st.just(Decimal(0)))
    def grant_credit(self, who: int, limit: Decimal) -> None:
        self.models[who].grant_credit(limit)
        request = asked(self.cast.su, "credit-limit", str(limit))
        self._do(lambda c: cash.grant_credit(c, request, self.people[who].id, limit, "why"))

    @rule(who=WHO, amount=AMOUNTS, requirement=AMOUNTS)
    def grant_bonus(self, who: int, amount: Decimal, requirement: Decimal) -> None:
        expected = self.models[who].grant_bonus(amount, requirement)
        request, person = asked(self.cast.su, "bonus", str(amount)), self.people[who]
        self._desk(
            who,
            expected,
            lambda c: cash.grant_bonus(c, request, person.id, amount, "why", requirement, None),
        )

    @rule(who=WHO, number=NUMBERS, amount=AMOUNTS)
    def stake(self, who: int, number: int, amount: Decimal) -> None:
        expected = self.models[who].stake(number, amount)
        sent = slip(self.people[who], f"{number:03d} {amount}", phase_id=self.phase.id)
        [answer] = self._run(place(self.pool, self.phase, sent))
        assert isinstance(answer, Answer) == expected, answer
        if isinstance(answer, Answer):
            self.tickets[who].append(msgspec.json.decode(answer.body, type=Receipt).id)
        else:
            assert isinstance(answer, InsufficientFunds)

    @precondition(lambda self: any(self.tickets))
    @rule(who=WHO, data=st.data())
    def void(self, who: int, data: st.DataObject) -> None:
        standing = [at for at, one in enumerate(self.models[who].tickets) if not one.is_void]
        if not standing:
            return
        at = data.draw(st.sampled_from(standing))
        self.models[who].void(self.models[who].tickets[at])
        ticket_id, person = self.tickets[who][at], self.people[who]
        self._do(lambda c: ticket.void(c, ticket_id, person.id))  # type: ignore[arg-type]

    @precondition(lambda self: any(self.transfers))
    @rule(who=WHO, part=PARTS, force=st.booleans(), data=st.data())
    def reverse(self, who: int, part: str | None, force: bool, data: st.DataObject) -> None:
        if not self.transfers[who]:
            return
        at = data.draw(st.integers(0, len(self.transfers[who]) - 1))
        moved = self.models[who].moved[at]
        left = moved.amount - moved.undone
        amount = left if part is None else Decimal(part)
        expected = amount > 0 and self.models[who].reverse(moved, amount, force)
        request = asked(self.cast.su, "reverse", str(amount))
        asked_for = None if part is None else amount
        transfer_id = self.transfers[who][at]
        told = self._try(lambda c: cash.reverse(c, request, transfer_id, asked_for, "why", force))
        assert isinstance(told, Answer) == expected, (told, moved)

    @rule(number=NUMBERS)
    def settle(self, number: int) -> None:
        self._do(lambda c: settlement.close(c, self.phase.id, self.cast.min.id))
        draw = Draw(number, "the radio", self.cast.min.id)
        self._do(lambda c: settlement.settle(c, self.phase.id, draw))
        for one in self.models:
            one.settle(number, PRIZE)
        self.settled.append(Past(self.phase.id, number))
        self.phase = self._run(self._open())
        self.tickets = [[], []]

    @precondition(lambda self: self.settled)
    @rule(number=NUMBERS, data=st.data())
    def resettle(self, number: int, data: st.DataObject) -> None:
        at = data.draw(st.integers(0, len(self.settled) - 1))
        past = self.settled[at]
        draw = Draw(number, "the gazette", self.cast.min.id, "misheard")
        settled = self._do(lambda c: resettlement.resettle(c, past.phase_id, draw))
        assert settled.revision == past.draw_count + (number != past.number)
        if number == past.number:
            return
        debts = [one.resettle(one.past[at], number, PRIZE) for one in self.models]
        entered = self._do(lambda c: settlement.draws(c, past.phase_id))
        assert entered[0].debt == sum(debts)
        past.number, past.draw_count = number, past.draw_count + 1

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        ids = [person.id for person in self.people]
        held = self._do(lambda c: ledger.balances(c, ids))
        for person, one in zip(self.people, self.models, strict=True):
            balance = held[person.id]
            assert (balance.cash_balance, balance.bonus_balance) == (one.cash, one.bonus)
            assert balance.credit_balance == -one.drawn
            assert balance.available == one.available
            assert balance.credit_limit == one.limit
        wrong = self._do(lambda c: c.fetchval(_UNEQUAL, ids))
        assert wrong == 0

    def _desk(self, who: int, expected: bool, verb: Verb) -> None:
        told = self._try(verb)
        assert isinstance(told, Answer) == expected, told
        if isinstance(told, Answer):
            counted = msgspec.json.decode(told.body, type=Counted)
            assert counted.available == self.models[who].available
            self.transfers[who].append(int(counted.transfer_id))

    def _try(self, verb: Verb) -> Any:
        try:
            return self._do(verb)
        except (InsufficientFunds, WrongState) as refusal:
            return refusal

    def _do(self, verb: Verb) -> Any:
        async def do() -> Any:
            async with transaction(self.pool) as connection:
                return await verb(connection)

        return self._run(do())

    def _run(self, work: Any) -> Any:
        return self.loop.run(work)

    async def _join(self, rate: Decimal) -> Person:
        async with transaction(self.pool) as connection:
            number = await connection.fetchval("select count(*) from users")
            return await people.add(
                connection, f"m{number}", "collector", PASSWORD_HASH, commission_rate=rate
            )

    async def _open(self) -> phase.Phase:
        async with transaction(self.pool) as connection:
            draft = phase.Draft(name="machine", prizes=Prizes(straight=PRIZE))
            drafted = await phase.create(connection, self.cast.thida.id, draft)
            return await phase.open_(connection, drafted.id)


# Purses of some people that are not the sum of their entries, or below their floors.
_UNEQUAL = """
select count(*)
from accounts
where user_id = any($1)
    and (
        balance < floor
        or balance <> (
            select coalesce(sum(amount), 0) from entries where entries.account_id = accounts.id
        )
    )
"""


def test_money_moves_as_the_model_says(servers: House, template: str) -> None:
    name = own_name("machine")
    with asyncio.Runner() as loop:
        house = loop.run(create(servers, name, template))
        pool = loop.run(connect_pool(house.database_url))
        Money.loop, Money.pool = loop, pool
        Money.cast = loop.run(gather(pool))
        try:
            run_state_machine_as_test(  # type: ignore[no-untyped-call]
                Money,
                settings=settings(
                    max_examples=RUNS,
                    stateful_step_count=STEPS,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
            loop.run(assert_books_balance(pool))
        finally:
            pool.terminate()
            loop.run(drop(servers, name))
