"""How much credit a person may draw."""

from decimal import Decimal

import msgspec

from banker.books import four_eyes, ledger, request
from banker.books.cash import counted
from banker.books.four_eyes import Waiting
from banker.books.request import Answer, Asked
from banker.database import Connection
from banker.rules.money import money
from banker.rules.purse import Balance


class Granted(msgspec.Struct, frozen=True):
    """The answer: whose limit, and the person's balances under it."""

    user_id: str
    cash_balance: Decimal
    bonus_balance: Decimal
    credit_balance: Decimal
    credit_limit: Decimal
    credit_approved: bool
    total_balance: Decimal
    available: Decimal


async def grant_credit(
    connection: Connection, asked: Asked, user_id: int, credit_limit: Decimal, reason: str
) -> Answer:
    """Let a person draw credit up to a limit; 0 ends it. What is drawn beyond a lower limit stays a
    debt. Where the house wants four eyes a higher limit waits (202). Raises `NotFound`."""

    async def act() -> Granted | Waiting:
        journal = await counted.lock(connection, user_id)
        now = journal.account(user_id, "credit").granted
        if credit_limit > now and await four_eyes.are_on(connection):
            return await four_eyes.wait(
                connection,
                "credit-limit",
                asked.actor_id,
                {"user_id": user_id, "credit_limit": money(credit_limit), "key": asked.key},
                reason,
            )
        return await set_limit(connection, user_id, credit_limit, reason)

    return await request.once(connection, asked, act)


async def set_limit(
    connection: Connection, user_id: int, credit_limit: Decimal, reason: str
) -> Granted:
    """The limit as it shall stand, waiting for nobody; the trail names who and why."""
    await counted.lock(connection, user_id)
    await ledger.approve_credit(connection, user_id, credit_limit)
    await connection.execute(
        "select note_event('granted credit', $1, null, jsonb_build_object("
        "'credit_limit', $2::text, 'reason', $3::text))",
        f"user {user_id}",
        money(credit_limit),
        reason,
    )
    return _granted(user_id, (await ledger.balances(connection, [user_id]))[user_id])


def _granted(user_id: int, balance: Balance) -> Granted:
    return Granted(user_id=str(user_id), **msgspec.structs.asdict(balance))
