"""The people of the tests, by name, and the few verbs that most tests begin with."""

import itertools
from decimal import Decimal
from typing import Any

import msgspec
from argon2 import PasswordHasher

from banker.books import cash, people, phase, placement, settlement
from banker.books.judgement import Slip
from banker.books.people import Person
from banker.books.phase import Draft, Phase
from banker.books.receipt import Receipt
from banker.books.request import Answer, Asked, fingerprint
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from banker.errors import Refusal
from banker.rules import notation

PASSWORD = "correct horse battery"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)

_keys = itertools.count(1)


class Cast(msgspec.Struct):
    """Thida runs the house, Min manages, Su keeps the cash, Ko is a partner who brought in Aung
    (15 % commission). Khin has no commission and Hla no money."""

    thida: Person
    min: Person
    su: Person
    ko: Person
    aung: Person
    khin: Person
    hla: Person
    phase: Phase


async def gather(pool: Pool, money: str = "1000000.00", **draft: Any) -> Cast:
    """The cast, in an open phase."""
    async with transaction(pool) as connection:

        async def join(name: str, role: str, **more: Any) -> Person:
            return await people.add(connection, name, role, PASSWORD_HASH, **more)

        thida = await join("thida", "admin")
        ko = await join("ko", "partner", commission_rate=Decimal(10), share_percentage=Decimal(50))
        cast = Cast(
            thida=thida,
            min=await join("min", "manager"),
            su=await join("su", "cashier"),
            ko=ko,
            aung=await join("aung", "collector", commission_rate=Decimal(15), partner_id=ko.id),
            khin=await join("khin", "collector"),
            hla=await join("hla", "collector", commission_rate=Decimal("12.5")),
            phase=await phase.create(connection, thida.id, Draft(name="Nov-16", **draft)),
        )
        cast.phase = await phase.open_(connection, cast.phase.id)
    for collector in (cast.aung, cast.khin):
        await deposit(pool, cast, collector, money)
    return cast


async def deposit(pool: Pool, cast: Cast, person: Person, amount: str) -> Answer:
    """Money over Su's counter."""
    async with transaction(pool) as connection:
        return await cash.deposit(
            connection,
            asked(cast.su, "deposit", amount),
            person.id,
            Decimal(amount),
            "for the test",
        )


async def newcomers(pool: Pool, cast: Cast, count: int, money: str = "1000000.00") -> list[Person]:
    """More collectors, each with money."""
    joined = []
    for number in range(count):
        async with transaction(pool) as connection:
            person = await people.add(
                connection,
                f"collector {number}",
                "collector",
                PASSWORD_HASH,
                commission_rate=Decimal(number % 20),
            )
        await deposit(pool, cast, person, money)
        joined.append(person)
    return joined


def slip(person: Person, text: str, key: str | None = None, phase_id: int = 1) -> Slip:
    """A slip that can be read, under a key of its own unless one is given."""
    read = notation.parse(text)
    assert not read.problems, read.problems
    return Slip(
        collector_id=person.id,
        username=person.username,
        key=key or f"key-{next(_keys)}",
        fingerprint=fingerprint(str(phase_id), text, ""),
        stakes=read.stakes,
        text=text,
    )


async def place(pool: Pool, phase: Phase, *slips: Slip) -> list[Answer | Refusal]:
    """The slips in one transaction; an answer each."""
    async with transaction(pool) as connection:
        return (await placement.place(connection, phase.id, slips)).answers


async def placed(pool: Pool, phase: Phase, person: Person, text: str) -> Receipt:
    """A slip that must be accepted."""
    [answer] = await place(pool, phase, slip(person, text))
    assert isinstance(answer, Answer), answer
    return msgspec.json.decode(answer.body, type=Receipt)


async def close_and_settle(pool: Pool, cast: Cast, number: int) -> settlement.Settlement:
    """The rest of a phase."""
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    async with transaction(pool) as connection:
        return await settlement.settle(
            connection, cast.phase.id, Draw(number, "the radio", cast.min.id)
        )


def asked(person: Person, operation: str, *what: str, key: str | None = None) -> Asked:
    """A request under a key of its own unless one is given."""
    return Asked(person.id, operation, key or f"key-{next(_keys)}", fingerprint(*what))
