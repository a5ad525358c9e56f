"""What a draw would do, told before it is entered; and nothing of it done."""

from decimal import Decimal

import pytest

from banker.books import cash, ledger, phase, rehearsal, settlement, voiding
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.rehearsal import Effect, Rehearsal
from banker.database import Pool, reading
from banker.errors import NotFound, WrongState
from banker.rules.prize import Prizes
from tests.balanced import assert_books_balance
from tests.books.correcting import balance, correct, do, held, withdraw
from tests.cast import Cast, asked, close_and_settle, deposit, gather, placed

# All that a draw could leave behind.
TABLES = (
    *("transfers", "entries", "payouts", "commissions", "draws", "compensations", "earnings"),
    *("partner_totals", "house_months", "collector_months", "number_months", "settlements"),
)


async def rehearse(pool: Pool, cast: Cast, number: int) -> Rehearsal:
    async with reading(pool) as connection:
        return await rehearsal.rehearse(connection, cast.phase.id, number)


def of(person: Person, rehearsed: Rehearsal) -> Effect:
    return next(one for one in rehearsed.effects if one.collector_id == person.id)


async def test_it_lists_payouts_totals_and_balances_of_any_number(pool: Pool) -> None:
    cast = await gather(pool, prizes=Prizes(Decimal(80), Decimal(10), Decimal("2.5"), True))
    await placed(pool, cast.phase, cast.aung, "137 500\n713 20\n999 1")
    await placed(pool, cast.phase, cast.khin, "138 0.33\n000 10")
    rehearsed = await rehearse(pool, cast, 137)
    reckoned = rehearsed.reckoning
    paid = [(one.username, one.sequence, one.number, one.amount) for one in reckoned.payouts]
    assert paid == [
        ("aung", 1, 137, Decimal("40000.00")),
        ("aung", 1, 713, Decimal("200.00")),
        ("khin", 2, 138, Decimal("0.82")),
    ]
    assert (reckoned.total_in, reckoned.total_out) == (Decimal("531.33"), Decimal("40200.82"))
    assert reckoned.commission == Decimal("78.15")
    assert reckoned.net_profit == reckoned.total_in - reckoned.total_out - reckoned.commission
    aung = of(cast.aung, rehearsed)
    assert (aung.winning_count, aung.paid, aung.commission) == (
        2,
        Decimal("40200.00"),
        Decimal("78.15"),
    )
    assert aung.before == await balance(pool, cast.aung)
    assert aung.after.cash_balance == aung.before.cash_balance + aung.paid + aung.commission
    wrapped = (await rehearse(pool, cast, 0)).reckoning.payouts
    assert [(one.number, one.amount) for one in wrapped] == [
        (999, Decimal("2.50")),
        (0, Decimal("800.00")),
    ]
    none = await rehearse(pool, cast, 555)
    assert (none.reckoning.payouts, none.reckoning.total_out) == ((), 0)
    assert [one.username for one in none.effects] == ["aung"]


async def test_it_changes_nothing_in_any_state(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    await placed(pool, cast.phase, cast.khin, "138 500")
    for state in ("open", "closed", "settled"):
        if state == "closed":
            await do(pool, lambda c: settlement.close(c, cast.phase.id, cast.min.id))
        if state == "settled":
            await close_and_settle(pool, cast, 137)
        before = await counted(pool)
        for number in (137, 138, 0, 999):
            await rehearse(pool, cast, number)
        assert await counted(pool) == before
    await assert_books_balance(pool)


async def test_a_draft_and_a_void_phase_have_no_draw(pool: Pool, cast: Cast) -> None:
    drafted = await do(pool, lambda c: phase.create(c, cast.min.id, Draft(name="later")))
    opened, cast.phase = cast.phase, drafted
    with pytest.raises(WrongState, match="draft"):
        await rehearse(pool, cast, 137)
    cast.phase = opened
    await do(pool, lambda c: voiding.void(c, opened.id, "no draw", cast.min.id))
    with pytest.raises(WrongState, match="void"):
        await rehearse(pool, cast, 137)
    async with reading(pool) as connection:
        with pytest.raises(NotFound):
            await rehearsal.rehearse(connection, 999, 137)


async def test_of_a_settled_phase_it_tells_who_would_owe(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "10.00")
    await placed(pool, cast.phase, cast.hla, "137 10")
    await placed(pool, cast.phase, cast.khin, "138 1")
    await close_and_settle(pool, cast, 137)
    await withdraw(pool, cast, cast.hla, "500.00")
    rehearsed = await rehearse(pool, cast, 138)
    assert (rehearsed.revision, rehearsed.debt) == (2, Decimal("498.75"))
    assert [one.username for one in rehearsed.effects] == ["hla", "khin"]
    hla = of(cast.hla, rehearsed)
    assert (hla.paid, hla.commission) == (0, 0)
    assert (hla.taken_back, hla.debt) == (Decimal("800.00"), Decimal("498.75"))
    await correct(pool, cast, 138)
    for person in (cast.hla, cast.khin):
        assert of(person, rehearsed).after == await balance(pool, person)
    await assert_books_balance(pool)


async def test_the_number_that_counts_already_would_change_nothing(pool: Pool, cast: Cast) -> None:
    """Though the credit that it repaid was drawn anew meanwhile."""
    await do(pool, lambda c: ledger.approve_credit(c, cast.hla.id, Decimal("100.00")))
    await placed(pool, cast.phase, cast.hla, "137 60")
    await close_and_settle(pool, cast, 137)
    request = asked(cast.su, "advance")
    await do(pool, lambda c: cash.advance(c, request, cast.hla.id, Decimal(40), "for rent"))
    rehearsed = await rehearse(pool, cast, 137)
    assert (rehearsed.revision, rehearsed.effects, rehearsed.debt) == (1, (), 0)
    assert rehearsed.reckoning.total_out == Decimal("4800.00")


async def test_it_tells_what_a_bonus_turns_into(pool: Pool, cast: Cast) -> None:
    """Also of somebody who gets nothing else by the draw."""
    request = asked(cast.su, "bonus")
    some, needed = Decimal("20.00"), Decimal("5.00")
    verb = cash.grant_bonus
    await do(pool, lambda c: verb(c, request, cast.khin.id, some, "hello", needed, None))
    await placed(pool, cast.phase, cast.khin, "137 5")
    khin = of(cast.khin, await rehearse(pool, cast, 555))
    assert (khin.paid, khin.commission) == (0, 0)
    assert khin.after.bonus_balance == khin.before.bonus_balance - 20
    assert khin.after.cash_balance == khin.before.cash_balance + 20
    await close_and_settle(pool, cast, 555)
    assert khin.after == await balance(pool, cast.khin)
    await assert_books_balance(pool)


async def test_what_comes_in_meanwhile_is_not_promised(pool: Pool, cast: Cast) -> None:
    """An open phase may be rehearsed, and goes on."""
    await placed(pool, cast.phase, cast.aung, "137 1")
    before = await rehearse(pool, cast, 137)
    await placed(pool, cast.phase, cast.aung, "137 1")
    settled = await close_and_settle(pool, cast, 137)
    assert settled.total_out == 2 * before.reckoning.total_out
    assert await held(pool, cast.aung) == of(cast.aung, before).after.cash_balance + Decimal(
        "79.15"
    )


async def counted(pool: Pool) -> dict[str, tuple[int, str]]:
    """How many rows there are, and a digest of all of them."""
    digest = "select count(*), md5(coalesce(string_agg(one::text, '|' order by one::text), ''))"
    return {
        table: tuple(await pool.fetchrow(f"{digest} from {table} as one"))
        for table in (*TABLES, "accounts", "bonuses", "phases")
    }
