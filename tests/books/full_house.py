"""A house with a bit of everything, built with the verbs of the books alone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from banker.books import (
    approval,
    bonus,
    cash,
    exposure,
    four_eyes,
    ledger,
    mending,
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
    6 a draft, 7 settled without a ticket, 8 with 111 at first and then with 222, and 9 and 10 with
    999, which nobody had.

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
    await _bonuses(pool, cast)
    await _mended(pool, cast)
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


async def _bonuses(pool: Pool, cast: Cast) -> None:
    """Mya's bonus of 50.00, of which 5.00 were undone, was worked off in phases 9 and 10 and gave
    25.00; her next, of 8.00, was undone. Phyo's, of 30.00, expired with 20.00 in the purse before
    phase 10 was settled, in which he had staked 10.00. They are users 10 and 11, their bonus purses
    120 and 123."""
    async with transaction(pool) as connection:
        mya = await people.add(connection, "mya", "collector", PASSWORD_HASH)
        phyo = await people.add(connection, "phyo", "collector", PASSWORD_HASH)

    async def grant(person: Person, amount: int, needed: int, lives_s: float | None = None) -> int:
        ends_at = None if lives_s is None else datetime.now(UTC) + timedelta(seconds=lives_s)
        request = asked(cast.su, "bonus", key=f"{amount} for {person.username}")
        terms = (person.id, Decimal(amount), "a gift", Decimal(needed), ends_at)
        answer = await persist(pool, lambda c: cash.grant_bonus(c, request, *terms))
        return int(msgspec.json.decode(answer.body, type=Counted).transfer_id)

    async def undo(transfer_id: int, amount: int) -> None:
        request = asked(cast.su, "reverse", key=f"{amount} of a bonus")
        part = Decimal(amount)
        await persist(pool, lambda c: cash.reverse(c, request, transfer_id, part, "too much"))

    await deposit(pool, cast, mya, "50.00")
    granted = await grant(mya, 50, 60)
    await grant(phyo, 30, 1_000, lives_s=1.0)
    await undo(granted, 5)
    first, second = [await _opened(pool, cast, f"worked off {place}") for place in (1, 2)]
    await placed(pool, first, mya, "600 30")
    await placed(pool, second, phyo, "601 10")
    await placed(pool, second, mya, "600 40")
    await _settle(pool, cast, first)
    expired: list[int] = []
    while not expired:
        await asyncio.sleep(0.02)
        expired = await persist(pool, bonus.expire)
    assert expired == [phyo.id]
    await _settle(pool, cast, second)
    await undo(await grant(mya, 8, 10), 8)


async def _mended(pool: Pool, cast: Cast) -> None:
    """Khin's cash had 3.00 more than its entries, which were left to her, and then 4.00 less, which
    she was given."""
    khin = 107
    for moved, keep in ((3, "balance"), (-4, "entries")):
        await pool.execute("update accounts set balance = balance + $1 where id = $2", moved, khin)
        async with transaction(pool) as connection:
            await mending.mend(connection, khin, keep, cast.thida.id, "counted anew")


async def _settle(pool: Pool, cast: Cast, taken: Phase) -> None:
    async with transaction(pool) as connection:
        await settlement.close(connection, taken.id, cast.min.id)
        await settlement.settle(connection, taken.id, Draw(999, "the radio", cast.min.id))


async def _phase(pool: Pool, phase_id: int) -> Phase:
    async with transaction(pool) as connection:
        return await phase.read(connection, phase_id)
