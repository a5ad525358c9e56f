"""A house that lives at random, in the books and beside them in the model of `house_model`."""

import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec

from banker.books import (
    cash,
    people,
    phase,
    placement,
    resettlement,
    settlement,
    ticket,
    voiding,
)
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.receipt import Receipt
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.database import Connection, Pool, transaction
from banker.errors import InsufficientFunds, WrongState
from banker.rules.prize import Prizes
from tests.books import draw_model
from tests.books.house_model import Books, Collector, Partner
from tests.cast import PASSWORD_HASH, Cast, asked, slip

COLLECTORS, PARTNERS = 5, 2
# Winners with all kinds of neighbours and orders.
WINNERS = (0, 1, 9, 10, 99, 100, 111, 120, 137, 555, 899, 989, 998, 999)
PRIZES = ("0", "0.33", "1.25", "5", "10", "77.5", "80", "90.01")
RATES = ("0", "2.5", "7.77", "10", "12.5", "15", "33.33", "99.99", "100")
FACTORS = ("0", "0.01", "0.25", "0.33", "0.5", "1", "1")
AMOUNTS = ("0.01", "1.00", "3.33", "5.00", "20.00", "33.33", "100.00", "250.00")

KINDS = (*("deposit",) * 3, *("empty",) * 3, "advance", "repay", "credit", "credit", "bonus")

Verb = Callable[[Connection], Awaitable[Any]]


class RandomHouse:
    """People who come and go at the desk between and during the phases. `taking` are those that
    take slips, with a number that somebody has in each; `settled` those that were, the newest
    last."""

    def __init__(self, pool: Pool, cast: Cast, seed: int) -> None:
        self.pool = pool
        self.cast = cast
        self.chance = random.Random(seed)
        self.model = Books({}, {})
        self.taking: list[tuple[draw_model.Phase, int]] = []
        self.settled: list[draw_model.Phase] = []
        self.people: dict[int, Person] = {}
        self._ticket_ids: dict[tuple[int, int], str] = {}

    async def move_in(self) -> None:
        """Partners, and collectors of whom some were brought in by one of them."""
        for place_ in range(PARTNERS):
            share, rate = self._rate(), self._rate()
            person = await self._join(
                f"partner {place_}", "partner", commission_rate=rate, share_percentage=share
            )
            self.model.partners[person.id] = Partner(share, rate)
        for place_ in range(COLLECTORS):
            rate, brought_by = self._rate(), self._partner()
            person = await self._join(
                f"random {place_}", "collector", commission_rate=rate, partner_id=brought_by
            )
            self.people[person.id] = person
            self.model.collectors[person.id] = Collector(rate, partner=brought_by)

    async def open(self) -> None:
        """A phase that takes slips; others may be open beside it."""
        played = await self._open()
        winner = self.chance.choice((*WINNERS, self.chance.randrange(1000)))
        self.taking.append((played, winner))
        for _ in range(self.chance.randint(1, 3)):
            await self.live()
            await self._place(played, winner)

    async def close(self) -> tuple[draw_model.Phase, int] | None:
        """The end of one of the phases that take slips, and a number that somebody may have; None
        where it was called off."""
        played, winner = self.taking.pop(self.chance.randrange(len(self.taking)))
        await self._place(played, winner)
        for one in list(played.standing):
            if self.chance.random() < 0.15:
                ticket_id = UUID(self._ticket_ids[played.id, one.sequence])
                await self._do(lambda c, at=ticket_id: ticket.void(c, at, self.cast.thida.id, True))
                self.model.void([one])
        if self.chance.random() < 0.05:
            await self._do(lambda c: voiding.void(c, played.id, "no draw", self.cast.min.id))
            self.model.void(played.standing)
            return None
        closed = await self._do(lambda c: settlement.close(c, played.id, self.cast.min.id))
        played.month = f"{closed.closed_at:%Y-%m}"
        await self.live()
        return played, winner

    async def settle(self, closed: draw_model.Phase, number: int) -> None:
        """Enter a draw."""
        draw = Draw(number, "the radio", self.cast.min.id)
        await self._do(lambda c: settlement.settle(c, closed.id, draw))
        self.model.settle(closed, number)
        self.settled.append(closed)

    async def correct(self, wrong: draw_model.Phase, number: int) -> None:
        """Enter another draw, or the same once more, which is none."""
        draw = Draw(number, "the gazette", self.cast.min.id, "misheard")
        await self._do(lambda c: resettlement.resettle(c, wrong.id, draw))
        self.model.resettle(wrong, number)

    def misheard(self, wrong: draw_model.Phase) -> int:
        """A number that a phase may have been meant to be settled with."""
        staked = {number for one in wrong.tickets for number in one.bets}
        return self.chance.choice((*WINNERS, *sorted(staked), wrong.draws[-1].number))

    async def _open(self) -> draw_model.Phase:
        straight, permutation, near = (Decimal(self.chance.choice(PRIZES)) for _ in range(3))
        prizes = (straight, permutation, near, self.chance.random() < 0.5)
        rate = self._rate() if self.chance.random() < 0.2 else None
        draft = Draft(name="random", prizes=Prizes(*prizes), commission_rate=rate)
        async with transaction(self.pool) as connection:
            drafted = await phase.create(connection, self.cast.min.id, draft)
            opened = await phase.open_(connection, drafted.id)
        return draw_model.Phase(opened.id, prizes, rate)

    async def _place(self, played: draw_model.Phase, winner: int) -> None:
        """A few slips at once, at the factors of now."""
        numbers = self._numbers(winner)
        factors = {number: Decimal(self.chance.choice(FACTORS)) for number in numbers}
        await self.pool.execute(_FACTORS, played.id, list(factors), list(factors.values()))
        slips, is_taken = [], []
        for _ in range(self.chance.randint(2, 5)):
            owner = self.chance.choice(list(self.people))
            some = self.chance.sample(numbers, self.chance.randint(1, min(4, len(numbers))))
            stakes = {number: self._stake() for number in sorted(some)}
            text = "\n".join(f"{number:03d}={amount}" for number, amount in stakes.items())
            slips.append(slip(self.people[owner], text, phase_id=played.id))
            bets = {number: (amount, factors[number]) for number, amount in stakes.items()}
            is_taken.append(self.model.place(played, owner, bets))
        judged = await self._do(lambda c: placement.place(c, played.id, slips))
        assert [isinstance(one, Answer) for one in judged.answers] == is_taken, judged.answers
        for one in judged.answers:
            if isinstance(one, Answer):
                told = msgspec.json.decode(one.body, type=Receipt)
                assert told.commission == played.tickets[told.sequence - 1].commission
                self._ticket_ids[played.id, told.sequence] = told.id

    async def live(self) -> None:
        """Somebody comes to the desk, and somebody's terms change."""
        who = self.chance.choice(list(self.people))
        one, amount = self.model.collectors[who], Decimal(self.chance.choice(AMOUNTS))
        kind = self.chance.choice(KINDS)
        if kind == "empty":
            kind, amount = "withdraw", max(one.cash, amount)
        if kind == "credit":
            one.grant_credit(amount)
            request = asked(self.cast.su, kind)
            await self._do(lambda c: cash.grant_credit(c, request, who, amount, "why"))
        elif kind == "bonus":
            needed = Decimal(self.chance.choice(AMOUNTS))
            await self._desk(
                one.grant_bonus(amount, needed),
                lambda c: cash.grant_bonus(
                    c, asked(self.cast.su, kind), who, amount, "why", needed, None
                ),
            )
        else:
            move = getattr(cash, kind)
            await self._desk(
                getattr(one, kind)(amount),
                lambda c: move(c, asked(self.cast.su, kind), who, amount, "why"),
            )
        if self.chance.random() < 0.3:
            await self._change_terms(who)
        if self.chance.random() < 0.3:
            await self._pay_partner()

    async def _change_terms(self, who: int) -> None:
        one = self.model.collectors[who]
        one.rate, one.partner = self._rate(), self._partner()
        more = {"commission_rate": one.rate, "partner_id": one.partner}
        await self._do(lambda c: people.amend(c, who, self.cast.thida.id, **more))
        partner_id = self.chance.choice(list(self.model.partners))
        partner = self.model.partners[partner_id]
        partner.share, partner.rate = self._rate(), self._rate()
        terms = {"share_percentage": partner.share, "commission_rate": partner.rate}
        await self._do(lambda c: people.amend(c, partner_id, self.cast.thida.id, **terms))

    async def _pay_partner(self) -> None:
        partner_id = self.chance.choice(list(self.model.partners))
        amount = self.model.pay_partner(partner_id)
        request = asked(self.cast.su, "earning", str(partner_id))
        await self._desk(
            amount is not None,
            lambda c: cash.pay_earnings(
                c, request, partner_id, Decimal(1) if amount is None else amount, "why"
            ),
        )

    async def _desk(self, is_done: bool, verb: Verb) -> None:
        try:
            answer = await self._do(verb)
        except (InsufficientFunds, WrongState) as refusal:
            answer = refusal
        assert isinstance(answer, Answer) == is_done, answer

    async def _do(self, verb: Verb) -> Any:
        async with transaction(self.pool) as connection:
            return await verb(connection)

    async def _join(self, name: str, role: str, **more: Any) -> Person:
        person: Person = await self._do(lambda c: people.add(c, name, role, PASSWORD_HASH, **more))
        return person

    def _numbers(self, winner: int) -> list[int]:
        """The winner, all that may win with it, and some that do not."""
        orders = {int("".join(digits)) for digits in permutations(f"{winner:03d}")}
        near = {(winner + 1) % 1000, (winner - 1) % 1000}
        return sorted(orders | near | set(self.chance.sample(range(1000), 3)))

    def _stake(self) -> Decimal:
        return (
            Decimal(self.chance.choice((1, 5, 150, 333, 1000, self.chance.randint(1, 2500)))) / 100
        )

    def _rate(self) -> Decimal:
        return Decimal(self.chance.choice(RATES))

    def _partner(self) -> int | None:
        return self.chance.choice((None, *self.model.partners))


_FACTORS = """
update exposures
set factor = changed.factor
from unnest($2::smallint[], $3::numeric[]) as changed (number, factor)
where exposures.phase_id = $1
    and exposures.number = changed.number
"""
