"""Statements, against sums made here from the bare rows: no figure of the house's is taken over."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

import pytest

from banker.books import cash, ledger, phase, resettlement, settlement, statement, ticket
from banker.books import statements as lists
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.settlement import Draw
from banker.books.statement import Movement, Statement, Undone
from banker.books.statements import SORTS, OfCollector
from banker.books.voiding import void as void_phase
from banker.database import Pool, reading, transaction
from banker.errors import NotFound
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, close_and_settle, placed
from tests.stated import full

CENT = Decimal("0.01")


async def read(pool: Pool, person: Person, phase_id: int = 1, **more: Any) -> Statement:
    async with reading(pool) as connection:
        return await statement.read(connection, phase_id, person.id, **more)


async def listed(pool: Pool, phase_id: int = 1, **more: Any) -> list[OfCollector]:
    async with reading(pool) as connection:
        return await lists.of_phase(connection, phase_id, 100, **more)


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_EVEN)


def won_by(number: str, drawn: str, stake: Decimal) -> Decimal:
    """What risk.md pays on a stake, written out once more."""
    if number == drawn:
        return cent(stake * 80)
    if sorted(number) == sorted(drawn):
        return cent(stake * 10)
    return cent(stake * Decimal("0.40")) if abs(int(number) - int(drawn)) == 1 else Decimal(0)


async def recounted(pool: Pool, person: Person, drawn: str | None) -> dict[str, Any]:
    """The sums of one collector in phase 1, from the rows of their tickets."""
    sums: dict[str, Any] = dict.fromkeys(
        ("total_in", "commission", "total_out", "returned"), Decimal(0)
    )
    sums |= {"ticket_count": 0, "bet_count": 0, "void_count": 0, "winning_count": 0}
    rows = await pool.fetch(
        "select * from tickets where phase_id = 1 and collector_id = $1", person.id
    )
    for row in rows:
        stakes = [Decimal(cents) / 100 for cents in row["cents"]]
        if row["voided_at"] is not None:
            sums["void_count"] += 1
            sums["returned"] += sum(stakes)
            continue
        sums["ticket_count"] += 1
        sums["bet_count"] += len(stakes)
        sums["total_in"] += sum(stakes)
        sums["commission"] += cent(sum(stakes, Decimal(0)) * row["commission_rate"] / 100)
        for number, stake in zip(row["numbers"], stakes, strict=True):
            won = Decimal(0) if drawn is None else won_by(f"{number:03}", drawn, stake)
            sums["total_out"] += won
            # A bet that wins less than half a cent has won all the same.
            wins = drawn is not None and won_by(f"{number:03}", drawn, Decimal(100)) > 0
            sums["winning_count"] += wins
    if drawn is None:
        sums["total_out"] = None
    return sums


async def moved(pool: Pool, person: Person, phase_id: int = 1) -> dict[str, Decimal]:
    """What a phase did to each purse, by reason, from the entries alone."""
    rows = await pool.fetch(
        "select transfers.reason || ' ' || accounts.kind as what, sum(entries.amount) as amount "
        "from transfers join entries on entries.transfer_id = transfers.id "
        "join accounts on accounts.id = entries.account_id "
        "where transfers.phase_id = $2 and accounts.user_id = $1 group by 1",
        person.id,
        phase_id,
    )
    return {row["what"]: row["amount"] for row in rows}


def by_reason(shown: Statement) -> dict[str, Decimal]:
    """The same of a statement."""
    reasons = {
        "stakes": "stake", "void stakes": "stake", "given back": "void", "winnings": "payout",
        "earlier winnings": "payout", "commission": "commission", "taken back": "resettlement",
        "bonus worked off": "conversion",
    }  # fmt: skip
    found: dict[str, Decimal] = {}
    for one in shown.movements:
        for purse in ("cash", "bonus", "credit"):
            if amount := getattr(one, purse):
                what = f"{reasons[one.what]} {purse}"
                found[what] = found.get(what, Decimal(0)) + amount
    return found


def sums_of(shown: Any) -> dict[str, Any]:
    return {name: getattr(shown.sums, name) for name in shown.sums.__struct_fields__}


@pytest.mark.parametrize("drawn", ["123", "231", "500"])
async def test_every_figure_equals_a_sum_made_from_the_rows(pool: Pool, drawn: str) -> None:
    cast = await full(pool)
    for person in (cast.aung, cast.khin, cast.hla):
        before = await read(pool, person)
        assert sums_of(before) == await recounted(pool, person, None)
        assert (before.sums.result, before.number, before.revision) == (None, None, None)
        assert by_reason(before) == await moved(pool, person)
        assert before.moved_in_all[3] == -before.sums.total_in
    settled = await close_and_settle(pool, cast, int(drawn))
    for person in (cast.aung, cast.khin, cast.hla):
        after = await read(pool, person)
        counted = await recounted(pool, person, drawn)
        assert sums_of(after) == counted
        result = counted["total_out"] + counted["commission"] - counted["total_in"]
        assert after.sums.result == after.moved_in_all[3] == result
        assert by_reason(after) == await moved(pool, person)
        assert sum(slip.won or 0 for slip in after.slips) == counted["total_out"]
        standing = [slip for slip in after.slips if slip.voided_at is None]
        assert sum(slip.total for slip in standing) == counted["total_in"]
        assert sum(one.commission for one in after.rates) == counted["commission"]
        assert (after.number, after.revision, after.undone) == (int(drawn), 1, ())
    async with reading(pool) as connection:
        together = await lists.together(connection, 1)
    assert together.collector_count == 3
    totals = together.sums
    for name in ("total_in", "total_out", "commission", "ticket_count", "bet_count"):
        assert getattr(totals, name) == getattr(settled, name), name
        each = [getattr(one.sums, name) for one in await listed(pool)]
        assert sum(each) == getattr(settled, name), name
    assert totals.winning_count == settled.payout_count
    assert totals.result == -settled.net_profit  # type: ignore[operator]
    assert (totals.void_count, totals.returned) == (2, Decimal("933.43"))
    await assert_books_balance(pool)


async def test_rates_stand_as_the_tickets_froze_them(pool: Pool) -> None:
    cast = await full(pool)
    shown = await read(pool, cast.aung)
    # 15 % of 650.50 ends in half a cent, and 7.25 % of 1,000.03 in more than a quarter of one.
    assert [(one.rate, one.total_in, one.commission) for one in shown.rates] == [
        (Decimal("7.25"), Decimal("1000.03"), Decimal("72.50")),
        (Decimal("15.00"), Decimal("650.50"), Decimal("97.58")),
    ]
    assert (await read(pool, cast.khin)).sums.commission == 0


async def test_stakes_come_from_three_purses_and_winnings_repay_credit_first(pool: Pool) -> None:
    cast = await full(pool)
    open_ = await read(pool, cast.hla)
    stakes = Movement("stakes", Decimal(-100), Decimal(-40), Decimal("-10.10"))
    assert open_.movements == (stakes,)
    assert (open_.owed.cash, open_.owed.credit, open_.owed.debt) == (0, Decimal("10.10"), 0)
    assert open_.owed.net == Decimal("-10.10")
    await close_and_settle(pool, cast, 123)
    settled = await read(pool, cast.hla)
    assert settled.movements == (
        stakes,
        Movement("winnings", Decimal("11989.90"), Decimal(0), Decimal("10.10")),
        Movement("commission", Decimal("18.76"), Decimal(0), Decimal(0)),
    )
    assert (settled.owed.cash, settled.owed.credit) == (Decimal("12008.66"), 0)
    assert settled.balance.credit_limit == 50
    await assert_books_balance(pool)


async def test_a_void_slip_gave_back_what_it_took_and_counts_for_nothing(pool: Pool) -> None:
    cast = await full(pool)
    shown = await read(pool, cast.khin)
    taken, given = shown.moved("void stakes"), shown.moved("given back")
    assert (taken.cash, given.cash) == (Decimal("-933.43"), Decimal("933.43"))
    assert (shown.sums.void_count, shown.sums.ticket_count) == (2, 1)
    void = [slip for slip in shown.slips if slip.voided_at is not None]
    assert [slip.won for slip in void] == [None, None]
    await close_and_settle(pool, cast, 123)
    assert [slip.won for slip in (await read(pool, cast.khin)).slips] == [None, None, 0]


async def test_a_draw_put_right_shows_what_was_taken_back_and_the_debt(pool: Pool) -> None:
    cast = await full(pool)
    await close_and_settle(pool, cast, 123)
    async with transaction(pool) as connection:
        request = asked(cast.su, "withdraw")
        await cash.withdraw(connection, request, cast.hla.id, Decimal(12_000), "paid out")
    async with transaction(pool) as connection:
        draw = Draw(888, "the gazette", cast.min.id, "misheard")
        settled = await resettlement.resettle(connection, 1, draw)
    hla = await read(pool, cast.hla)
    # Of 12,000 paid, 10.10 had repaid credit and is drawn again; 8.66 of the rest was there.
    assert hla.undone == (Undone(1, 123, Decimal("12000.00"), Decimal("11981.24")),)
    assert (hla.number, hla.revision, hla.sums.total_out) == (888, 2, 0)
    assert hla.sums.result == Decimal("-150.10") + Decimal("18.76")
    assert hla.moved("earlier winnings").total == -hla.moved("taken back").total == 12_000
    assert (hla.owed.cash, hla.owed.credit, hla.owed.debt) == (
        0, Decimal("10.10"), Decimal("11981.24"),
    )  # fmt: skip
    for person in (cast.aung, cast.khin, cast.hla):
        shown = await read(pool, person)
        assert sums_of(shown) == await recounted(pool, person, "888")
        assert by_reason(shown) == await moved(pool, person)
        assert shown.moved_in_all[3] == shown.sums.result
    async with reading(pool) as connection:
        totals = (await lists.together(connection, 1)).sums
    assert (totals.total_out, totals.winning_count) == (settled.total_out, settled.payout_count)
    assert sum(one.sums.total_out or 0 for one in await listed(pool)) == settled.total_out
    await assert_books_balance(pool)


async def test_a_bonus_that_was_worked_off_is_shown_beside_the_result(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        terms = (cast.hla.id, Decimal(40), "a welcome", Decimal(10), None)
        await cash.grant_bonus(connection, asked(cast.su, "bonus"), *terms)
    await placed(pool, cast.phase, cast.hla, "123 10")
    await close_and_settle(pool, cast, 500)
    shown = await read(pool, cast.hla)
    assert shown.moved("bonus worked off") == Movement(
        "bonus worked off", Decimal(30), Decimal(-30), Decimal(0)
    )
    assert by_reason(shown) == await moved(pool, cast.hla)
    assert shown.moved_in_all[3] == shown.sums.result == Decimal("-8.75")
    await assert_books_balance(pool)


@pytest.mark.parametrize("closes", [False, True])
async def test_of_a_void_phase_everything_went_back(pool: Pool, closes: bool) -> None:
    cast = await full(pool)
    async with transaction(pool) as connection:
        if closes:
            await settlement.close(connection, 1, cast.min.id)
        await void_phase(connection, 1, "no draw", cast.min.id)
    for person in (cast.aung, cast.khin, cast.hla):
        shown = await read(pool, person)
        assert (shown.sums.ticket_count, shown.sums.total_in, shown.sums.commission) == (0, 0, 0)
        assert (shown.sums.total_out, shown.sums.result, shown.rates) == (0, 0, ())
        assert shown.sums.returned == sum(slip.total for slip in shown.slips)
        assert shown.moved_in_all == (0, 0, 0, 0)
        assert by_reason(shown) == await moved(pool, person)
    assert [one.sums.result for one in await listed(pool)] == [0, 0, 0]
    await assert_books_balance(pool)


async def test_credit_repaid_before_the_void_comes_back_as_cash(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal(50))
    taken = await placed(pool, cast.phase, cast.hla, "123 30")
    async with transaction(pool) as connection:
        request = asked(cast.su, "repay")
        await cash.repay(connection, request, cast.hla.id, Decimal(20), "brought back")
        await ticket.void(connection, UUID(taken.id), cast.hla.id)
    shown = await read(pool, cast.hla)
    assert shown.moved("void stakes").credit == -30
    given = shown.moved("given back")
    assert (given.cash, given.credit) == (20, 10)
    assert shown.owed.net == shown.owed.cash == 20


async def test_a_statement_is_of_someone_with_a_slip_in_a_phase_that_there_is(
    pool: Pool, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "123 1")
    assert (await read(pool, cast.aung)).username == "aung"
    for person_id, phase_id in ((cast.khin.id, 1), (cast.min.id, 1), (999, 1), (cast.aung.id, 99)):
        with pytest.raises(NotFound):
            async with reading(pool) as connection:
                await statement.read(connection, phase_id, person_id)


async def test_slips_come_by_the_page_and_the_sums_are_of_all(pool: Pool, cast: Cast) -> None:
    for _ in range(5):
        await placed(pool, cast.phase, cast.aung, "123 1")
        await placed(pool, cast.phase, cast.khin, "123 1")
    seen, after = [], 0
    while True:
        shown = await read(pool, cast.aung, after=after, count=2)
        assert (shown.sums.ticket_count, shown.sums.total_in) == (5, 5)
        seen += [slip.sequence for slip in shown.slips]
        if shown.more is None:
            break
        after = shown.more
    assert seen == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("sort", SORTS)
async def test_a_list_is_in_the_order_asked_for(pool: Pool, sort: lists.Sort) -> None:
    cast = await full(pool)
    await close_and_settle(pool, cast, 123)
    keys: dict[str, Any] = {
        "name": lambda one: one.username,
        "tickets": lambda one: one.sums.ticket_count,
        "stakes": lambda one: one.sums.total_in,
        "commission": lambda one: one.sums.commission,
        "winnings": lambda one: one.sums.total_out,
        "result": lambda one: one.sums.result,
        "balance": lambda one: one.balance,
        "id": lambda one: -one.collector_id,
    }
    falling = await listed(pool, sort=sort)
    assert falling == sorted(falling, key=keys[sort], reverse=True)
    if sort != "id":
        rising = await listed(pool, sort=sort, rising=True)
        assert rising == sorted(rising, key=keys[sort])
    assert await listed(pool, sort=sort, skipped=1) == falling[1:]
    assert [one.collector_id for one in await listed(pool, after=cast.aung.id)] == [
        cast.khin.id, cast.hla.id,
    ]  # fmt: skip


async def test_a_collectors_phases_are_theirs_alone(pool: Pool) -> None:
    cast = await full(pool)
    async with transaction(pool) as connection:
        other = await phase.create(connection, cast.thida.id, Draft(name="Dec-1"))
        other = await phase.open_(connection, other.id)
    await placed(pool, other, cast.aung, "007 7")
    await close_and_settle(pool, cast, 123)
    async with reading(pool) as connection:
        newest = await lists.of_collector(connection, cast.aung.id, 10)
        older = await lists.of_collector(connection, cast.aung.id, 10, before=other.id)
        of_khin = await lists.of_collector(connection, cast.khin.id, 10)
        nobodys = await lists.of_collector(connection, cast.min.id, 10)
    assert [(one.name, one.state, one.number) for one in newest] == [
        ("Dec-1", "open", None), ("Nov-16", "settled", 123),
    ]  # fmt: skip
    assert [one.sums.total_in for one in newest] == [7, Decimal("1650.53")]
    assert newest[0].sums.result is None
    assert sums_of(newest[1]) == await recounted(pool, cast.aung, "123")
    assert older == newest[1:]
    assert ([one.phase_id for one in of_khin], nobodys) == ([1], [])


async def test_a_phase_without_a_slip_has_no_statement_and_sums_of_nothing(
    pool: Pool, cast: Cast
) -> None:
    async with reading(pool) as connection:
        together = await lists.together(connection, 1)
        assert await lists.of_phase(connection, 1, 10) == []
    assert together.collector_count == together.sums.ticket_count == together.sums.void_count == 0
    assert (together.sums.total_in, together.sums.total_out) == (0, None)
