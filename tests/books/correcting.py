"""Putting a draw right, and looking at what that did to people's money."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from banker.books import cash, ledger, phase, resettlement
from banker.books.people import Person
from banker.books.phase import Draft, Phase
from banker.books.request import Answer
from banker.books.resettlement import Compensation, resettle
from banker.books.settlement import Draw, Settlement
from banker.database import Connection, Pool, persist, reading, transaction
from banker.rules.purse import Balance
from tests.cast import Cast, asked


async def correct(pool: Pool, cast: Cast, number: int, reason: str = "misheard") -> Settlement:
    """Put right what the cast's phase was settled with."""
    draw = Draw(number, "the gazette", cast.min.id, reason)
    return await persist(pool, lambda c: resettle(c, cast.phase.id, draw))


async def balance(pool: Pool, person: Person) -> Balance:
    async with reading(pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id]


async def held(pool: Pool, person: Person) -> Decimal:
    return (await balance(pool, person)).cash_balance


async def withdraw(pool: Pool, cast: Cast, person: Person, amount: str | Decimal) -> Answer:
    request = asked(cast.su, "withdrawal", str(amount))
    wanted = Decimal(amount)
    return await do(pool, lambda c: cash.withdraw(c, request, person.id, wanted, "home"))  # type: ignore[no-any-return]


async def do(pool: Pool, verb: Callable[[Connection], Awaitable[Any]]) -> Any:
    async with transaction(pool) as connection:
        return await verb(connection)


async def given_back(pool: Pool, cast: Cast, revision: int) -> list[Compensation]:
    async with reading(pool) as connection:
        return await resettlement.compensations(connection, cast.phase.id, revision)


async def opened(pool: Pool, cast: Cast) -> Phase:
    drafted = await do(pool, lambda c: phase.create(c, cast.min.id, Draft(name="another")))
    return await do(pool, lambda c: phase.open_(c, drafted.id))  # type: ignore[no-any-return]
