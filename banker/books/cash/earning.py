"""What a partner has earned, paid into their cash."""

from decimal import Decimal

from banker.books import commission, request
from banker.books.cash import counted
from banker.books.cash.counted import Counted, DeskTransfer
from banker.books.ledger import House
from banker.books.request import Answer, Asked
from banker.database import Connection
from banker.errors import WrongState
from banker.rules.money import money


async def pay_earnings(
    connection: Connection, asked: Asked, partner_id: int, amount: Decimal, reason: str
) -> Answer:
    """All that waits to be paid to a partner, in one transfer. `amount` is what whoever pays has
    seen; where it is not what waits any more nothing is paid. Raises `NotFound`, `WrongState`."""

    async def act() -> Counted:
        waiting = await commission.hold_waiting(connection, partner_id)
        journal = await counted.lock(connection, partner_id)
        _check(waiting, amount)
        told = await counted.count(
            connection,
            journal,
            DeskTransfer(
                reason="earning",
                actor_id=asked.actor_id,
                user_id=partner_id,
                legs=((journal.cash_account(partner_id), waiting),),
                house=House.PARTNERS,
                note=reason,
            ),
            None,
        )
        await commission.mark_paid(connection, partner_id, int(told.transfer_id), waiting)
        return told

    return await request.once(connection, asked, act)


def _check(waiting: Decimal, amount: Decimal) -> None:
    if waiting < 0:
        raise WrongState(
            f"{money(-waiting)} more was paid than the last draws left; it is taken off what is "
            "earned next.",
            pending=money(waiting),
        )
    if waiting == 0:
        raise WrongState("Nothing waits to be paid.", pending=money(waiting))
    if waiting != amount:
        raise WrongState(
            f"What waits to be paid is {money(waiting)} by now.", pending=money(waiting)
        )
