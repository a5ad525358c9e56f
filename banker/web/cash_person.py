"""The person at the counter: what they hold, what they owe, and what went over it for them."""

from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request
from litestar.response import Template

from banker.books import bonus, ledger, people
from banker.books.bonus import Bonus
from banker.books.cash import history
from banker.books.cash.history import Recorded
from banker.books.people import Person
from banker.database import Connection, reading
from banker.errors import NotFound
from banker.rules.money import ZERO
from banker.rules.purse import Balance
from banker.web.cash_forms import FORMS, Typed, fresh
from banker.web.page import page
from banker.worker import Worker

LAST_TRANSFERS = 12


class AtCounter(msgspec.Struct, frozen=True):
    """A person with purses, their bonus under way, and their last transfers."""

    person: Person
    balance: Balance
    bonus: Bonus | None
    transfers: list[Recorded]

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
    return AtCounter(
        person=person,
        balance=balances[user_id],
        bonus=await bonus.current(connection, user_id),
        transfers=await history.newest(connection, LAST_TRANSFERS, user_id=user_id),
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
