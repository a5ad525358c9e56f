"""Phases that were played to their end at moments of a test's choice, and their recount."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg

from banker.books import phase, resettlement, settlement, ticket, voiding
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from banker.rules.prize import Prizes
from tests.books.recount import Round, Slip
from tests.cast import Cast, placed

PRIZES = Prizes(Decimal("80"), Decimal("3.33"), Decimal("2.5"))
# Few enough to be drawn and staked on again and again; 137 has other orders and neighbours here.
LATER = timedelta(hours=1)
NUMBERS = (0, 7, 136, 137, 138, 173, 317, 500, 713, 731, 999)


class Past:
    """Plays phases, and remembers what it did."""

    def __init__(self, pool: Pool, owner: asyncpg.Connection, cast: Cast) -> None:
        self.pool, self.owner, self.cast = pool, owner, cast
        self.rounds: list[Round] = []
        # Phases are settled at once, and a connection does one thing at a time.
        self._hand = asyncio.Lock()

    async def place(
        self, month: str, closed_at: datetime, slips: Sequence[tuple[Person, dict[int, str]]]
    ) -> Round:
        """A phase that took slips and was closed at a moment to come, in that month of the
        house's."""
        async with transaction(self.pool) as connection:
            draft = Draft(name=f"of {closed_at:%m-%d}", prizes=PRIZES)
            opened = await phase.create(connection, self.cast.min.id, draft)
            opened = await phase.open_(connection, opened.id)
        played = Round(
            opened.id, month, closed_at, PRIZES.straight, PRIZES.permutation, PRIZES.near
        )
        for person, bets in slips:
            text = "\n".join(f"{number:03d} {amount}" for number, amount in bets.items())
            receipt = await placed(self.pool, opened, person, text)
            played.slips.append(
                Slip(
                    person.id,
                    person.commission_rate,
                    person.id == self.cast.aung.id,
                    {number: Decimal(amount) for number, amount in bets.items()},
                )
            )
            if not len(played.slips) % 5:
                await self.void_ticket(receipt.id, played)
        async with transaction(self.pool) as connection:
            await settlement.close(connection, opened.id, self.cast.min.id)
        await self._move(played, "closed_at", ("phases", "settlements"))
        self.rounds.append(played)
        return played

    async def void_ticket(self, ticket_id: str, played: Round) -> None:
        """The last ticket of a phase goes back."""
        async with transaction(self.pool) as connection:
            await ticket.void(connection, UUID(ticket_id), self.cast.thida.id, any_time=True)
        played.slips[-1].is_void = True

    async def settle(self, played: Round, number: int) -> None:
        """The first draw, or one in its place."""
        verb = resettlement.resettle if played.numbers else settlement.settle
        reason = "misheard" if played.numbers else None
        draw = Draw(number, "the radio", self.cast.min.id, reason)
        async with transaction(self.pool) as connection:
            await verb(connection, played.phase_id, draw)
        await self._move(played, "settled_at", ("phases", "settlements"))
        if [number] != played.numbers[-1:]:
            played.numbers.append(number)

    async def call_off(self, played: Round, reason: str) -> None:
        """The whole phase goes back."""
        standing = [place for place, slip in enumerate(played.slips, 1) if not slip.is_void]
        async with transaction(self.pool) as connection:
            await voiding.void(connection, played.phase_id, reason, self.cast.min.id)
        await self._move(played, "voided_at", ("phases",))
        async with self._hand:
            await self.owner.execute(
                "alter table tickets disable trigger tickets_are_voided_in_time"
            )
            await self.owner.execute(
                "update tickets set voided_at = $3 where phase_id = $1 and sequence = any($2)",
                played.phase_id,
                standing,
                played.closed_at + LATER,
            )

    async def _move(self, played: Round, moment: str, tables: Sequence[str]) -> None:
        """As if it had been at another time; only its owner can do so to a database. The verifier
        asks that what followed the closing is later."""
        at = played.closed_at + (timedelta(0) if moment == "closed_at" else LATER)
        async with self._hand:
            for table in tables:
                key = "id" if table == "phases" else "phase_id"
                await self.owner.execute(
                    f"update {table} set {moment} = $2 where {key} = $1", played.phase_id, at
                )


def some_slips(
    chance: random.Random, people: Sequence[Person], count: int
) -> list[tuple[Person, dict[int, str]]]:
    """Slips of one to six numbers, with cents that commission and prizes have to round."""
    return [
        (
            chance.choice(people),
            {
                number: f"{chance.randrange(1, 9999) / 100:.2f}"
                for number in chance.sample(NUMBERS, chance.randint(1, 6))
            },
        )
        for _ in range(count)
    ]
