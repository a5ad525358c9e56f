"""Full phases that are all alike, and what their draws must leave behind."""

import itertools
from decimal import Decimal
from typing import Any

import msgspec

from banker.books import people, phase, placement, settlement
from banker.books.people import Person
from banker.books.phase import Draft
from banker.books.settlement import FIRST
from banker.database import Pool, persist, transaction
from banker.rules.prize import Prizes
from tests.books import draw_model
from tests.books.model import Parts
from tests.cast import PASSWORD_HASH, Cast, deposit, slip

PRIZES = (Decimal(80), Decimal(10), Decimal("2.5"), False)
BETS = {137: "1.00", 138: "0.33", 173: "2.00", 444: "500.00"}
RATES = ("0", "7.77", "12.5", "15")
COLLECTORS, PARTNERS, TICKETS = 24, 2, 600
# One beside the other: what the first paid is taken back by the second.
DRAWN, MEANT = 137, 138


class Left(msgspec.Struct, frozen=True):
    """What all draws of a house have left behind, counted and summed."""

    draws: int = 0
    payouts: int = 0
    paid: Decimal = Decimal(0)
    paid_tickets: int = 0
    commissions: int = 0
    commission: Decimal = Decimal(0)
    commission_transfers: int = 0
    earnings: int = 0
    earned: Decimal = Decimal(0)
    compensations: int = 0
    taken_back: Decimal = Decimal(0)
    compensation_transfers: int = 0
    phase_count: int = 0
    winning_count: int = 0
    total_out: Decimal = Decimal(0)
    collectors_out: Decimal = Decimal(0)
    numbers_out: Decimal = Decimal(0)
    held: Decimal = Decimal(0)

    def __add__(self, more: "Left") -> "Left":
        return Left(*map(sum, zip(_values(self), _values(more), strict=True)))


class Crowd:
    """Collectors with plenty of money, brought in by partners, who place the same slips in every
    phase."""

    def __init__(self, pool: Pool, cast: Cast) -> None:
        self._pool = pool
        self._cast = cast
        self._people: list[Person] = []
        self._terms: dict[int, draw_model.Terms] = {}

    async def gather(self) -> None:
        """Everybody, once."""
        share, rate = Decimal(60), Decimal("12.5")
        terms: dict[str, Any] = {"share_percentage": share, "commission_rate": rate}
        for place in range(PARTNERS):
            async with transaction(self._pool) as connection:
                name = f"partner {place}"
                one = await people.add(connection, name, "partner", PASSWORD_HASH, **terms)
                self._terms[one.id] = (share, rate)
        brought_by = itertools.cycle((*self._terms, None))
        for place, rate in zip(range(COLLECTORS), itertools.cycle(map(Decimal, RATES))):
            async with transaction(self._pool) as connection:
                terms = {"commission_rate": rate, "partner_id": next(brought_by)}
                name = f"collector {place}"
                one = await people.add(connection, name, "collector", PASSWORD_HASH, **terms)
            await deposit(self._pool, self._cast, one, "100000000.00")
            self._people.append(one)

    async def full_phase(self) -> int:
        """A closed phase of `TICKETS` tickets."""
        async with transaction(self._pool) as connection:
            draft = Draft("full", Decimal(10**9), prizes=Prizes(*PRIZES))
            drafted = await phase.create(connection, self._cast.min.id, draft)
            await phase.open_(connection, drafted.id)
        text = "\n".join(f"{number:03d}={amount}" for number, amount in BETS.items())
        owners = itertools.islice(itertools.cycle(self._people), TICKETS)
        slips = [slip(one, text, phase_id=drafted.id) for one in owners]
        async with transaction(self._pool) as connection:
            assert (await placement.place(connection, drafted.id, slips)).news is not None
        async with transaction(self._pool) as connection:
            await settlement.close(connection, drafted.id, self._cast.min.id)
        return drafted.id

    def adds(self, revision: int) -> Left:
        """What the first draw of a phase adds, or the one that puts it right."""
        return self._settled() if revision == FIRST else self._settled_anew()

    def _settled(self) -> Left:
        draw = self._draw(DRAWN)
        return Left(
            draws=1,
            payouts=len(draw.payouts),
            paid=draw.total_out,
            paid_tickets=TICKETS,
            commissions=sum(rate != "0" for rate in RATES) * COLLECTORS // len(RATES),
            commission=draw.commission,
            commission_transfers=sum(rate != "0" for rate in RATES) * COLLECTORS // len(RATES),
            earnings=PARTNERS,
            earned=_earned(draw),
            phase_count=1,
            winning_count=len(draw.payouts),
            total_out=draw.total_out,
            collectors_out=draw.total_out,
            numbers_out=draw.total_out,
            held=draw.total_out + draw.commission,
        )

    def _settled_anew(self) -> Left:
        wrong, right = self._draw(DRAWN), self._draw(MEANT)
        less = right.total_out - wrong.total_out
        return Left(
            draws=1,
            payouts=len(right.payouts),
            paid=right.total_out,
            paid_tickets=TICKETS,
            earnings=PARTNERS,
            earned=_earned(right) - _earned(wrong),
            compensations=COLLECTORS,
            taken_back=wrong.total_out,
            compensation_transfers=COLLECTORS,
            winning_count=len(right.payouts) - len(wrong.payouts),
            total_out=less,
            collectors_out=less,
            numbers_out=less,
            held=less,
        )

    def _draw(self, number: int) -> draw_model.Draw:
        tickets = [
            draw_model.Ticket(
                sequence=place + 1,
                owner=one.id,
                bets={bet: (Decimal(amount), Decimal(1)) for bet, amount in BETS.items()},
                partner=one.partner_id,
                commission=draw_model.percent(
                    sum(map(Decimal, BETS.values())), one.commission_rate
                ),
                drawn=Parts(Decimal(0), Decimal(0), Decimal(0)),
                with_bonus=None,
            )
            for place, one in zip(range(TICKETS), itertools.cycle(self._people))
        ]
        full = draw_model.Phase(0, PRIZES, tickets=tickets)
        return draw_model.reckon(full, number, self._terms, {})


async def left(pool: Pool) -> Left:
    """What is there at this moment."""
    return Left(*await persist(pool, lambda connection: connection.fetchrow(_LEFT)))


def _earned(draw: draw_model.Draw) -> Decimal:
    return sum((one.earned for one in draw.earnings.values()), Decimal(0))


def _values(one: Left) -> tuple[Any, ...]:
    return msgspec.structs.astuple(one)


_LEFT = """
select
    (select count(*) from draws),
    paid.count,
    paid.sum,
    transferred.payouts,
    due.count,
    due.sum,
    transferred.commissions,
    (select count(*) from earnings),
    (select coalesce(sum(earned), 0) from partner_totals),
    taken.count,
    taken.sum,
    transferred.resettlements,
    months.phase_count,
    months.winning_count,
    months.total_out,
    (select coalesce(sum(total_out), 0) from collector_months),
    (select coalesce(sum(total_out), 0) from number_months),
    (select sum(balance) from accounts where user_id is not null)
from (select count(*), coalesce(sum(amount), 0) as sum from payouts) as paid
cross join (select count(*), coalesce(sum(amount), 0) as sum from commissions) as due
cross join (select count(*), coalesce(sum(amount), 0) as sum from compensations) as taken
cross join (
    select
        count(*) filter (where reason = 'payout') as payouts,
        count(*) filter (where reason = 'commission') as commissions,
        count(*) filter (where reason = 'resettlement') as resettlements
    from transfers
) as transferred
cross join (
    select
        coalesce(sum(phase_count), 0) as phase_count,
        coalesce(sum(winning_count), 0) as winning_count,
        coalesce(sum(total_out), 0) as total_out
    from house_months
) as months
"""
