"""The draws that the sample house has behind it: phases that were settled, one of them twice."""

import random
from decimal import Decimal

from banker.books import cash, exposure, phase, placement, resettlement, settlement
from banker.books.commission import hold_waiting
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.request import Asked, fingerprint
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from banker.demo.slips import draft_slip
from banker.rules.prize import Prizes

DRAWS = 10
SLIPS = 60
HIT = 4
MISHEARD = 7
PAID_AFTER = 8
PRIZES = Prizes(straight=Decimal(680))


async def live_through(
    pool: Pool, manager: Person, cashier: Person, partner: Person, collectors: list[Person]
) -> None:
    """Some draws one after another; the partner is paid before the last of them."""
    chance = random.Random(DRAWS)  # noqa: S311 - sample data
    for number in range(1, DRAWS + 1):
        await _draw(pool, manager, collectors, chance, number)
        if number == PAID_AFTER:
            await _pay(pool, cashier, partner)


async def _draw(
    pool: Pool, manager: Person, collectors: list[Person], chance: random.Random, number: int
) -> None:
    async with transaction(pool) as connection:
        draft = await phase.create(
            connection, manager.id, Draft(name=f"Draw {number}", prizes=PRIZES)
        )
        await phase.open_(connection, draft.id)
        slips = [draft_slip(chance, draft.id, collectors, place) for place in range(SLIPS)]
        await placement.place(connection, draft.id, slips)
        await settlement.close(connection, draft.id, manager.id)
        staked = [one.staked_cents for one in await exposure.read(connection, draft.id)]
        popular = sorted(range(1000), key=lambda one: -staked[one])
        # One of them hits what many play.
        drawn = popular[chance.randrange(25, 50) if number == HIT else chance.randrange(250, 1000)]
        await settlement.settle(connection, draft.id, Draw(drawn, "the broadcast", manager.id))
    if number == MISHEARD:
        async with transaction(pool) as connection:
            right = Draw(popular[200], "the gazette", manager.id, "misheard in the broadcast")
            await resettlement.resettle(connection, draft.id, right)


async def _pay(pool: Pool, cashier: Person, partner: Person) -> None:
    async with transaction(pool) as connection:
        waiting = await hold_waiting(connection, partner.id)
        if waiting > 0:
            asked = Asked(cashier.id, "earning", "sample earning", fingerprint(str(waiting)))
            await cash.pay_earnings(connection, asked, partner.id, waiting, "for eight draws")
