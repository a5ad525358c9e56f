"""A phase with something of everything that a statement can say."""

from decimal import Decimal
from uuid import UUID

from banker.books import cash, ledger, people, ticket
from banker.database import Pool, transaction
from banker.rules.prize import Prizes
from tests.cast import Cast, asked, deposit, gather, placed

PRIZES = Prizes(straight=Decimal(80), permutation=Decimal(10), near=Decimal("0.40"))


async def full(pool: Pool) -> Cast:
    """Aung wins by 123 and by an order of it, on rates of 15 and 7.25 %; Khin loses, and two slips
    of theirs are void; Hla stakes cash, bonus and credit on one slip and wins with it."""
    cast = await gather(pool, prizes=PRIZES)
    await deposit(pool, cast, cast.hla, "100.00")
    async with transaction(pool) as connection:
        terms = (cast.hla.id, Decimal(40), "a welcome", Decimal(10_000), None)
        await cash.grant_bonus(connection, asked(cast.su, "bonus"), *terms)
        await ledger.approve_credit(connection, cast.hla.id, Decimal(50))
    await placed(pool, cast.phase, cast.aung, "123 500\n132 100\n124 50.50")
    undone = [
        await placed(pool, cast.phase, cast.khin, "123 900"),
        await placed(pool, cast.phase, cast.khin, "321 33.33\n122 0.10"),
    ]
    await placed(pool, cast.phase, cast.khin, "555 10.10")
    await placed(pool, cast.phase, cast.hla, "123 150\n777 0.10")
    async with transaction(pool) as connection:
        await people.amend(connection, cast.aung.id, cast.thida.id, commission_rate=Decimal("7.25"))
    await placed(pool, cast.phase, cast.aung, "888 1000.02\n122 0.01")
    for receipt in undone:
        async with transaction(pool) as connection:
            await ticket.void(connection, UUID(receipt.id), cast.khin.id)
    return cast
