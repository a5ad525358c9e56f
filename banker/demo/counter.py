"""What the sample house's cashier did this morning, so that the desk has something to show."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import msgspec

from banker.books import cash, four_eyes
from banker.books.cash import Counted, shift
from banker.books.people import Person
from banker.books.request import Answer, Asked, fingerprint
from banker.database import Connection

FOUR_EYES_ABOVE = Decimal(3_000_000)
FLOAT = Decimal(2_000_000)

Verb = Callable[..., Awaitable[Answer]]


async def open_drawer(connection: Connection, cashier: Person) -> None:
    """A shift with a counted drawer, in a house that wants four eyes for large sums."""
    await four_eyes.write_rules(connection, FOUR_EYES_ABOVE)
    await shift.open_(connection, _asked(cashier, "open-shift"), FLOAT)


async def do_business(connection: Connection, cashier: Person, collectors: list[Person]) -> None:
    """A bonus, credit drawn and partly repaid, a deposit undone in part, and a withdrawal that
    waits for a second person."""
    aung, _, hla, soe, _, river, *_ = collectors

    async def do(verb: Verb, *what: object) -> Answer:
        return await verb(connection, _asked(cashier, *map(str, what)), *what)

    welcome = "welcome, from the house"
    await do(cash.grant_bonus, aung.id, Decimal(50_000), welcome, Decimal(500_000), None)
    await do(cash.advance, hla.id, Decimal(120_000), "advance for the evening")
    await do(cash.repay, hla.id, Decimal(45_000), "paid back at noon")
    paid_in = await do(cash.deposit, soe.id, Decimal(250_000), "market money")
    original = int(msgspec.json.decode(paid_in.body, type=Counted).transfer_id)
    await do(cash.reverse, original, Decimal(50_000), "miscounted: five notes too many")
    await do(cash.withdraw, river.id, Decimal(3_500_000), "for a motorbike")


def _asked(cashier: Person, *what: str) -> Asked:
    return Asked(cashier.id, "sample", "sample " + " ".join(what)[:200], fingerprint(*what))
