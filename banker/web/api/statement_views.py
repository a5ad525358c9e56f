"""Statements as the API shows them."""

from datetime import datetime
from decimal import Decimal

import msgspec

from banker.books.statement import Movement, Slip, Statement
from banker.books.statements import OfCollector
from banker.rules.money import rate
from banker.rules.number import label
from banker.rules.purse import Balance
from banker.web.api.listing import Listing, sealed


class SummedView(msgspec.Struct, frozen=True):
    """What a phase was to one collector. `total_out` and `result`, which is winnings and commission
    less stakes, are null before the draw; `returned` are the stakes of void slips. The balances are
    those of now."""

    collector_id: str
    collector: str
    ticket_count: int
    bet_count: int
    void_count: int
    total_in: Decimal
    returned: Decimal
    commission: Decimal
    winning_count: int
    total_out: Decimal | None
    result: Decimal | None
    cash_balance: Decimal
    bonus_balance: Decimal
    credit_balance: Decimal


class RateView(msgspec.Struct, frozen=True):
    """The stakes that earn at one rate, and the commission on them."""

    rate: str
    total_in: Decimal
    commission: Decimal


class UndoneView(msgspec.Struct, frozen=True):
    """What a wrong draw had paid and was taken back; of it, `debt` was not there any more."""

    number: str
    amount: Decimal
    debt: Decimal


class OwedView(msgspec.Struct, frozen=True):
    """What stands open now, of all phases and the desk: the house owes `cash`, the collector the
    `credit` that is drawn and the `debt`. `net` is above 0 where the house owes it."""

    cash: Decimal
    credit: Decimal
    debt: Decimal
    net: Decimal


class SlipView(msgspec.Struct, frozen=True):
    """A ticket; `won` is null before the draw, and where it is void."""

    id: str
    sequence: int
    placed_at: datetime
    count: int
    total: Decimal
    commission_rate: str
    commission: Decimal
    won: Decimal | None
    voided_at: datetime | None


class StatementView(msgspec.Struct, frozen=True):
    """All that a phase was to one collector at one moment. The sums are of all `tickets`, which
    come by the page."""

    phase_id: str
    phase: str
    state: str
    number: str | None
    revision: int | None
    at: datetime
    collector_id: str
    collector: str
    ticket_count: int
    bet_count: int
    void_count: int
    total_in: Decimal
    returned: Decimal
    commission: Decimal
    winning_count: int
    total_out: Decimal | None
    result: Decimal | None
    rates: list[RateView]
    movements: list[Movement]
    taken_back: list[UndoneView]
    balance: Balance
    owed: OwedView
    tickets: Listing[SlipView]


def of_summed(one: OfCollector) -> SummedView:
    """One row of the statements of a phase."""
    return SummedView(
        collector_id=str(one.collector_id),
        collector=one.username,
        **msgspec.structs.asdict(one.sums),
        result=one.sums.result,
        cash_balance=one.cash,
        bonus_balance=one.bonus,
        credit_balance=one.credit,
    )


def of_statement(statement: Statement) -> StatementView:
    """A statement as callers see it."""
    owed = statement.owed
    return StatementView(
        phase_id=str(statement.phase.id),
        phase=statement.phase.name,
        state=statement.phase.state,
        number=None if statement.number is None else label(statement.number),
        revision=statement.revision,
        at=statement.phase.now,
        collector_id=str(statement.collector_id),
        collector=statement.username,
        **msgspec.structs.asdict(statement.sums),
        result=statement.sums.result,
        rates=[RateView(rate(one.rate), one.total_in, one.commission) for one in statement.rates],
        movements=list(statement.movements),
        taken_back=[
            UndoneView(label(one.number), one.amount, one.debt) for one in statement.undone
        ],
        balance=statement.balance,
        owed=OwedView(owed.cash, owed.credit, owed.debt, owed.net),
        tickets=Listing(
            [_of_slip(slip) for slip in statement.slips],
            None if statement.more is None else sealed(statement.more),
        ),
    )


def _of_slip(slip: Slip) -> SlipView:
    return SlipView(
        id=slip.id,
        sequence=slip.sequence,
        placed_at=slip.placed_at,
        count=slip.bet_count,
        total=slip.total,
        commission_rate=rate(slip.commission_rate),
        commission=slip.commission,
        won=slip.won,
        voided_at=slip.voided_at,
    )
