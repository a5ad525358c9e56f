"""What draws leave behind in the books, against the model of a house and a rehearsal's promise."""

from dataclasses import astuple
from decimal import Decimal

from banker.books import ledger
from banker.books.rehearsal import Rehearsal
from banker.database import Connection, Pool, reading
from tests.books import draw_model
from tests.books.random_house import RandomHouse


async def compare(
    pool: Pool, house: RandomHouse, played: draw_model.Phase, promised: Rehearsal, is_new: bool
) -> None:
    """What a draw leaves behind, against the model and against what its rehearsal promised: nothing
    where the draw is not new."""
    async with reading(pool) as connection:
        await compare_balances(connection, house, promised)
        await compare_settlement(connection, played)
        await compare_payments(connection, played)
        await compare_partners(connection, house, played)
        await compare_statistics(connection, house)
    draw = played.draws[-1]
    assert promised.revision == len(played.draws)
    assert promised.debt == (draw.debt if is_new else 0)
    reckoned = promised.reckoning
    assert (reckoned.total_in, reckoned.total_out) == (draw.total_in, draw.total_out)
    assert (reckoned.commission, reckoned.net_profit) == (draw.commission, draw.net_profit)
    assert {
        (one.sequence, one.number): (one.multiplier, one.amount) for one in reckoned.payouts
    } == draw.payouts


async def compare_balances(connection: Connection, house: RandomHouse, promised: Rehearsal) -> None:
    people = {**house.model.collectors}
    held = await ledger.balances(connection, [*people, *house.model.partners])
    for person_id, one in people.items():
        now = held[person_id]
        assert (now.cash_balance, now.bonus_balance, -now.credit_balance, now.available) == (
            one.cash,
            one.bonus,
            one.drawn,
            one.available,
        )
    for partner_id, partner in house.model.partners.items():
        assert held[partner_id].cash_balance == partner.cash
    for effect in promised.effects:
        assert effect.after == held[effect.collector_id]


async def compare_settlement(connection: Connection, played: draw_model.Phase) -> None:
    """The ledger row, and the history of the draws."""
    settled = await connection.fetchrow(_SETTLEMENT, played.id)
    draw, standing = played.draws[-1], played.standing
    partner_earnings = sum(one.earned for one in draw.earnings.values())
    assert tuple(settled) == (
        len(played.draws),
        draw.number,
        draw.total_in,
        draw.total_out,
        draw.commission,
        draw.net_profit,
        len(standing),
        sum(len(one.bets) for one in standing),
        len(draw.payouts),
        partner_earnings,
    )
    entered = await connection.fetch(_DRAWS, played.id)
    assert [tuple(row) for row in entered] == [
        (
            one.number,
            f"{played.month}-01",
            one.total_in,
            one.total_out,
            one.commission,
            one.net_profit,
            len(one.payouts),
            sum(each.earned for each in one.earnings.values()),
            one.debt,
        )
        for one in played.draws
    ]


async def compare_payments(connection: Connection, played: draw_model.Phase) -> None:
    """What each draw paid bet by bet, what was taken back of it, and the commissions."""
    paid = await connection.fetch(_PAYOUTS, played.id)
    assert [tuple(row) for row in paid] == [
        (revision, sequence, number, *won)
        for revision, draw in enumerate(played.draws, 1)
        for (sequence, number), won in sorted(draw.payouts.items())
    ]
    taken_back = await connection.fetch(_COMPENSATIONS, played.id)
    assert [tuple(row) for row in taken_back] == [
        (revision, collector, *taken)
        for revision, draw in enumerate(played.draws[1:], 1)
        for collector, taken in sorted(draw.taken_back.items())
    ]
    due: dict[int, Decimal] = {}
    for one in played.standing:
        due[one.owner] = due.get(one.owner, Decimal(0)) + one.commission
    commissions = await connection.fetch(_COMMISSIONS, played.id)
    assert {row["collector_id"]: row["amount"] for row in commissions} == {
        collector: amount for collector, amount in due.items() if amount > 0
    }


async def compare_partners(
    connection: Connection, house: RandomHouse, played: draw_model.Phase
) -> None:
    """Earnings of every draw, their state, and the partners' totals."""
    rows = await connection.fetch(_EARNINGS, played.id)
    assert [tuple(row) for row in rows] == [
        (revision, partner, *astuple(earning))
        for revision, draw in enumerate(played.draws, 1)
        for partner, earning in sorted(draw.earnings.items())
    ]
    waiting = await connection.fetch(_WAITING)
    assert {(row["partner_id"], row["phase_id"]): row["amount"] for row in waiting} == {
        (partner_id, phase_id): amount
        for partner_id, one in house.model.partners.items()
        for phase_id, amount in one.waiting.items()
        if amount != 0
    }
    totals = await connection.fetch("select partner_id, earned, paid, pending from partner_totals")
    assert {row["partner_id"]: tuple(row)[1:] for row in totals} == {
        partner_id: (earned, paid, earned - paid)
        for partner_id, one in house.model.partners.items()
        if one.earned
        for earned, paid in [(sum(one.earned.values()), sum(one.paid.values()))]
    }


async def compare_statistics(connection: Connection, house: RandomHouse) -> None:
    """The months of the house and of its collectors."""
    months = {row["month"]: list(row)[1:] for row in await connection.fetch(_HOUSE)}
    assert months == house.model.house
    collectors = await connection.fetch(_COLLECTORS)
    assert {tuple(row)[:2]: list(row)[2:] for row in collectors} == house.model.by_collector


async def compare_numbers(pool: Pool, house: RandomHouse) -> None:
    """The months of the numbers. One that only a draw put right had drawn is kept, with nothing in
    it."""
    model = house.model
    numbers = {tuple(row)[:2]: list(row)[2:] for row in await pool.fetch(_NUMBERS)}
    assert numbers == {key: model.by_number[key] for key in numbers}
    assert not any(any(kept) for key, kept in model.by_number.items() if key not in numbers)


async def compare_house_accounts(pool: Pool, house: RandomHouse) -> None:
    """The other side of it all: what settled phases took and gave."""
    draws = [played.draws[-1] for played in house.settled]
    rows = {row["kind"]: row["balance"] for row in await pool.fetch(_HOUSE_ACCOUNTS)}
    assert rows["stakes"] == sum(one.total_in for one in draws)
    assert rows["payouts"] == -sum(one.total_out for one in draws)
    assert rows["commission"] == -sum(one.commission for one in draws)
    partners = house.model.partners.values()
    assert rows["partners"] == -sum(one.cash for one in partners)


_SETTLEMENT = """
select revision, number, total_in, total_out, commission, net_profit, ticket_count, bet_count,
    payout_count, partner_earnings
from settlements
where phase_id = $1
"""
_DRAWS = """
select number, month::text, total_in, total_out, commission, net_profit, payout_count,
    partner_earnings, debt
from draws
where phase_id = $1
order by revision
"""
_PAYOUTS = """
select revision, sequence, number, multiplier, amount
from payouts
where phase_id = $1
order by revision, sequence, number
"""
_COMPENSATIONS = """
select revision, collector_id, amount, debt
from compensations
where phase_id = $1
order by revision, collector_id
"""
_COMMISSIONS = "select collector_id, amount from commissions where phase_id = $1"
_EARNINGS = """
select revision, partner_id, collector_count, ticket_count, stakes, payouts, profit,
    share_percentage, shared_stakes, shared_payouts, shared_profit, commission_rate, earned, amount
from earnings
where phase_id = $1
order by revision, partner_id
"""
_WAITING = "select partner_id, phase_id, amount from earnings where status = 'pending'"
_HOUSE = """
select to_char(month, 'YYYY-MM') as month, phase_count, ticket_count, bet_count, winning_count,
    total_in, total_out, commission, partner_earnings
from house_months
"""
_COLLECTORS = """
select to_char(month, 'YYYY-MM') as month, collector_id, phase_count, ticket_count, bet_count,
    winning_count, total_in, total_out, commission
from collector_months
"""
_NUMBERS = """
select to_char(month, 'YYYY-MM') as month, number, draw_count, winning_count, total_in, total_out
from number_months
"""
_HOUSE_ACCOUNTS = """
select accounts.kind, coalesce(sum(entries.amount), 0) as balance
from accounts
left join entries on entries.account_id = accounts.id
where accounts.user_id is null
group by accounts.kind
"""
