"""A house with a bit of everything, built with the verbs of the books alone."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from banker.books import (
    approval,
    cash,
    exposure,
    four_eyes,
    ledger,
    people,
    phase,
    resettlement,
    settlement,
    ticket,
    voiding,
)
from banker.books.cash import Counted, shift
from banker.books.people import Person
from banker.books.phase import Draft, Phase
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.database import Pool, persist, transaction
from banker.rules.prize import Prizes
from tests.cast import (
    PASSWORD_HASH,
    Cast,
    asked,
    close_and_settle,
    deposit,
    gather,
    place,
    placed,
    slip,
)

Verb = Callable[..., Awaitable[Answer]]

PRIZES = Prizes(
    straight=Decimal(80), permutation=Decimal(10), near=Decimal("0.40"), near_wraps=True
)


async def build(pool: Pool) -> Cast:
    """Phase 1 is settled with 123, 2 void after its closing, 3 void while open, 4 closed, 5 open,
    6 a draft, 7 settled without a ticket, and 8 with 111 at first and then with 222.

    Users: 2 Ko, 5 Aung, 6 Khin, 7 Hla; their cash purses are 101, 104, 107 and 110, bonus and
    credit follow. In phase 1 tickets 1 and 5 are Aung's, 2 Khin's, 4 Hla's from cash, bonus and
    credit; 3 (Khin's) and 6 (Aung's) are void; 321, on ticket 2, counts for half. Transfers: 1 to 3
    deposits, 4 a bonus, 5 to 10 those stakes, 11 and 12 their voids, 13 to 15 the payouts of
    tickets 1, 2 and 4, 16 and 17 the commissions of Aung and Hla, 18 a withdrawal.
    """
    cast = await gather(pool, prizes=PRIZES)
    await _settled(pool, cast)
    async with transaction(pool) as connection:
        await cash.withdraw(
            connection,
            asked(cast.su, "withdraw", "50", key="paid-out"),
            cast.hla.id,
            Decimal("50.00"),
            "paid out",
        )
    await _void_after_closing(pool, cast)
    await _void_while_open(pool, cast)
    await _closed(pool, cast)
    await _open(pool, cast)
    async with transaction(pool) as connection:
        draft = await phase.create(connection, cast.thida.id, Draft(name="draft"))
        await exposure.set_limit(connection, draft.id, 7, Decimal(0))
    async with transaction(pool) as connection:
        empty = await phase.create(connection, cast.thida.id, Draft(name="empty"))
        await phase.open_(connection, empty.id)
        await settlement.close(connection, empty.id, cast.min.id)
        await settlement.settle(connection, empty.id, Draw(0, "the radio", cast.min.id))
    await _desk(pool, cast)
    await _drawn_again(pool, cast)
    return cast


async def _settled(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "100.00")
    await _grant(pool, cast, cast.hla, bonus="40.00", credit="50.00")
    await place(pool, cast.phase, slip(cast.aung, "123 500\n132 100\n124 50", key="first"))
    await pool.execute("update exposures set factor = 0.5 where phase_id = 1 and number = 321")
    await placed(pool, cast.phase, cast.khin, "122 0.01\n321 33.33")
    withdrawn = await placed(pool, cast.phase, cast.khin, "999 10")
    await placed(pool, cast.phase, cast.hla, "123 150")
    await placed(pool, cast.phase, cast.aung, "555 1000.03")
    undone = await placed(pool, cast.phase, cast.aung, "123 900")
    await _void(pool, withdrawn.id, cast.khin)
    await _void(pool, undone.id, cast.thida, any_time=True)
    await close_and_settle(pool, cast, 123)


async def _void_after_closing(pool: Pool, cast: Cast) -> None:
    taken = await _opened(pool, cast, "void after closing")
    early = await placed(pool, taken, cast.aung, "1t 10\n001 5")
    await placed(pool, taken, cast.khin, "777 70")
    await _void(pool, early.id, cast.aung)
    async with transaction(pool) as connection:
        await settlement.close(connection, taken.id, cast.min.id)
        await voiding.void(connection, taken.id, "the draw was called off", cast.min.id)


async def _void_while_open(pool: Pool, cast: Cast) -> None:
    taken = await _opened(pool, cast, "void while open")
    await placed(pool, taken, cast.hla, "500 5")
    async with transaction(pool) as connection:
        await voiding.void(connection, taken.id, "a mistake", cast.min.id)


async def _closed(pool: Pool, cast: Cast) -> None:
    taken = await _opened(pool, cast, "closed")
    await placed(pool, taken, cast.aung, "123 12.34")
    undone = await placed(pool, taken, cast.aung, "321 1")
    await placed(pool, taken, cast.khin, "456r 2")
    await _void(pool, undone.id, cast.aung)
    async with transaction(pool) as connection:
        await settlement.close(connection, taken.id, cast.min.id)


async def _open(pool: Pool, cast: Cast) -> None:
    taken = await _opened(pool, cast, "open")
    # 15 % of it ends in half a cent.
    await placed(pool, taken, cast.aung, "007 7\n123 1.10")
    await placed(pool, taken, cast.khin, "007 3.50")
    undone = await placed(pool, taken, cast.khin, "008 8")
    await _void(pool, undone.id, cast.khin)


async def _opened(pool: Pool, cast: Cast, name: str) -> Phase:
    async with transaction(pool) as connection:
        draft = await phase.create(connection, cast.thida.id, Draft(name=name, prizes=PRIZES))
        return await phase.open_(connection, draft.id)


async def _void(pool: Pool, ticket_id: str, actor: Person, any_time: bool = False) -> None:
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(ticket_id), actor.id, any_time)


async def _grant(pool: Pool, cast: Cast, person: Person, bonus: str, credit: str) -> None:
    """A bonus that no stakes in this house work off, and credit."""
    async with transaction(pool) as connection:
        request = asked(cast.su, "bonus", key="welcome")
        terms = (person.id, Decimal(bonus), "a welcome", Decimal(10_000), None)
        await cash.grant_bonus(connection, request, *terms)
        await ledger.approve_credit(connection, person.id, Decimal(credit))


async def _desk(pool: Pool, cast: Cast) -> None:
    """Su's first shift is closed a cent short, and the next begun. Zin, user 8, paid in 200.00, of
    which 50.00 were undone, drew 120.00, and owes as much since the rest was undone by force. Aung
    drew 40.00 of credit and repaid 15.00. Khin's withdrawal of 20.00 was approved by Thida; one of
    30.00 waits."""
    async with transaction(pool) as connection:
        zin = await people.add(connection, "zin", "collector", PASSWORD_HASH)
    async with transaction(pool) as connection:
        drawer = await shift.current(connection, cast.su.id)
        assert drawer is not None
        request = asked(cast.su, "close-shift", key="evening")
        await shift.close(connection, request, drawer.expected - Decimal("0.01"), "a cent short")

    async def move(actor: Person, verb: Verb, *what: Any) -> Answer:
        request = asked(actor, "desk", *map(str, what))
        return await persist(pool, lambda c: verb(c, request, *what, "at the desk"))

    paid_in = await move(cast.su, cash.deposit, zin.id, Decimal(200))
    original = int(msgspec.json.decode(paid_in.body, type=Counted).transfer_id)
    await move(cast.su, cash.reverse, original, Decimal(50))
    await move(cast.su, cash.withdraw, zin.id, Decimal(120))
    request = asked(cast.thida, "reverse", key="by-force")
    await persist(
        pool, lambda c: cash.reverse(c, request, original, None, "it never came", force=True)
    )
    await move(cast.su, cash.grant_credit, cast.aung.id, Decimal(100))
    await move(cast.su, cash.advance, cast.aung.id, Decimal(40))
    await move(cast.su, cash.repay, cast.aung.id, Decimal(15))
    async with transaction(pool) as connection:
        await four_eyes.set_rules(connection, cast.thida.id, Decimal(10))
    await move(cast.su, cash.withdraw, cast.khin.id, Decimal(20))
    await move(cast.su, cash.withdraw, cast.khin.id, Decimal(30))
    async with transaction(pool) as connection:
        await approval.approve(connection, 1, cast.thida.id, "admin")


async def _drawn_again(pool: Pool, cast: Cast) -> None:
    """In phase 8 ticket 1 is Aung's, whom Ko brought in, 2 Khin's, and 3 Nan's, user 9. By 111 Aung
    and Nan won, and Ko was paid 11.50. By 222 Aung alone wins, Ko has earned nothing, and Nan, who
    has staked all of it again, owes 80.00."""
    async with transaction(pool) as connection:
        nan = await people.add(connection, "nan", "collector", PASSWORD_HASH)
    await deposit(pool, cast, nan, "1.00")
    taken = await _opened(pool, cast, "drawn again")
    await placed(pool, taken, cast.aung, "111 10\n222 20\n500 1000")
    await placed(pool, taken, cast.khin, "333 30")
    await placed(pool, taken, nan, "111 1")
    async with transaction(pool) as connection:
        await settlement.close(connection, taken.id, cast.min.id)
        await settlement.settle(connection, taken.id, Draw(111, "the radio", cast.min.id))
    async with transaction(pool) as connection:
        request = asked(cast.su, "earning", key="for November")
        await cash.pay_earnings(connection, request, cast.ko.id, Decimal("11.50"), "for November")
    await placed(pool, await _phase(pool, 5), nan, "900 80")
    async with transaction(pool) as connection:
        draw = Draw(222, "the gazette", cast.min.id, "misheard")
        await resettlement.resettle(connection, taken.id, draw)


async def _phase(pool: Pool, phase_id: int) -> Phase:
    async with transaction(pool) as connection:
        return await phase.read(connection, phase_id)
