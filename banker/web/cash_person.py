"""The person at the counter: what they hold, what they owe, and what went over it for them."""

from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request
from litestar.response import Template

from banker.books import bonus, earning_history, ledger, people
from banker.books.bonus import Bonus
from banker.books.cash import history
from banker.books.cash.history import Recorded
from banker.books.people import Person
from banker.database import Connection, reading
from banker.errors import NotFound
from banker.rules.money import ZERO
from banker.rules.purse import Balance
from banker.web.cash_forms import EARNING, FORMS, Typed, fresh
from banker.web.page import page
from banker.worker import Worker

LAST_TRANSFERS = 12


class AtCounter(msgspec.Struct, frozen=True):
    """A person with purses, their bonus under way, and their last transfers; what waits to be paid
    to a partner, below zero where more was paid than was earned, and None for anybody else."""

    person: Person
    balance: Balance
    bonus: Bonus | None
    transfers: list[Recorded]
    waiting: Decimal | None

    @property
    def overpaid(self) -> Decimal:
        """What a partner was paid beyond what they have earned."""
        return max(-(self.waiting or ZERO), ZERO)

    @property
    def granted(self) -> Decimal:
        """The credit that may be drawn in all."""
        return self.balance.credit_limit if self.balance.credit_approved else ZERO

    @property
    def drawn(self) -> Decimal:
        """What is drawn of the credit, never below 0."""
        return max(-self.balance.credit_balance, ZERO)

    @property
    def debt(self) -> Decimal:
        """What was forced on the cash, to be paid in before anything is drawn."""
        return max(-self.balance.cash_balance, ZERO)

    @property
    def credit_debt(self) -> Decimal:
        """What is drawn beyond the limit."""
        return max(self.drawn - self.granted, ZERO)

    @property
    def credit_left(self) -> Decimal:
        """What can still be paid out as credit; nothing while something else is owed."""
        return ZERO if self.debt else max(self.granted - self.drawn, ZERO)

    @property
    def worked_percent(self) -> int:
        """How much of the bonus is worked off, 0 to 100."""
        if self.bonus is None:
            return 0
        return min(100, int(100 * self.bonus.worked_off / self.bonus.requirement))


async def find(connection: Connection, user_id: int) -> AtCounter:
    """The person with this number. Raises `NotFound` for one without purses."""
    person = await people.read(connection, user_id)
    balances = await ledger.balances(connection, [user_id])
    if user_id not in balances:
        raise NotFound(what="account holder")
    waiting = None
    if person.role == "partner":
        waiting = (await earning_history.totals(connection, user_id)).pending
    return AtCounter(
        person=person,
        balance=balances[user_id],
        bonus=await bonus.current(connection, user_id),
        transfers=await history.newest(connection, LAST_TRANSFERS, user_id=user_id),
        waiting=waiting,
    )


def forms(
    typed: dict[str, Typed] | None = None,
    errors: dict[str, dict[str, str]] | None = None,
    waiting: str | None = None,
) -> dict[str, Any]:
    """The forms for a template: as they were typed, what went against them, and the number of the
    approval that waits since the last was sent."""
    return {
        "forms": FORMS,
        "earning": EARNING,
        "typed": fresh() | (typed or {}),
        "errors": errors or {},
        "waiting": waiting,
    }


async def counter(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    user_id: int,
    status: int = 200,
    **told: Any,
) -> Template:
    """The person and the forms, read anew, to stand in the place of what was there; `told` as for
    `forms`."""
    async with reading(worker.pool) as connection:
        chosen = await find(connection, user_id)
    return page("cash_counter.html", request, status=status, at=chosen, **forms(**told))
