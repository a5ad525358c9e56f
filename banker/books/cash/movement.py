"""Money over the counter, and bonuses."""

from datetime import datetime
from decimal import Decimal

from banker.books import bonus, four_eyes, request
from banker.books.cash import counted
from banker.books.cash.counted import Approval, Counted, DeskTransfer, Reason
from banker.books.four_eyes import Waiting
from banker.books.ledger import House, Journal
from banker.books.request import Answer, Asked
from banker.database import Connection
from banker.errors import InsufficientFunds, WrongState
from banker.rules.money import ZERO, money
from banker.rules.purse import Kind, owes

# Which purse each movement goes through, which way, and against which house account.
_WAYS: dict[Reason, tuple[Kind, int, House]] = {
    "deposit": ("cash", 1, House.DESK),
    "withdrawal": ("cash", -1, House.DESK),
    "advance": ("credit", -1, House.DESK),
    "repayment": ("credit", 1, House.DESK),
    "bonus": ("bonus", 1, House.BONUSES),
}


async def deposit(
    connection: Connection, asked: Asked, user_id: int, amount: Decimal, reason: str
) -> Answer:
    """Money handed in, put into the person's cash. Raises `NotFound` for someone without purses."""
    return await _once(connection, asked, "deposit", user_id, amount, reason)


async def withdraw(
    connection: Connection, asked: Asked, user_id: int, amount: Decimal, reason: str
) -> Answer:
    """Money handed out, from the person's cash alone; above the amount that the house wants four
    eyes for it waits (202). Raises `NotFound`, `InsufficientFunds`."""

    async def act() -> Counted | Waiting:
        if await four_eyes.is_above(connection, amount):
            _check("withdrawal", await counted.lock(connection, user_id), user_id, amount)
            return await four_eyes.wait(
                connection,
                "withdrawal",
                asked.actor_id,
                {"user_id": user_id, "amount": money(amount), "key": asked.key},
                reason,
            )
        return await pay_out(connection, asked.actor_id, user_id, amount, reason)

    return await request.once(connection, asked, act)


async def pay_out(
    connection: Connection,
    actor_id: int,
    user_id: int,
    amount: Decimal,
    reason: str,
    approval_id: Approval = None,
) -> Counted:
    """A withdrawal that waits for nobody, or no more."""
    return await _move(connection, "withdrawal", actor_id, user_id, amount, reason, approval_id)


async def advance(
    connection: Connection, asked: Asked, user_id: int, amount: Decimal, reason: str
) -> Answer:
    """Credit drawn in cash over the counter, within the approved limit. Raises `NotFound`,
    `InsufficientFunds`."""
    return await _once(connection, asked, "advance", user_id, amount, reason)


async def repay(
    connection: Connection, asked: Asked, user_id: int, amount: Decimal, reason: str
) -> Answer:
    """Money handed in for credit that is drawn, and no more than that. Raises `NotFound`,
    `WrongState`."""
    return await _once(connection, asked, "repayment", user_id, amount, reason)


async def grant_bonus(
    connection: Connection,
    asked: Asked,
    user_id: int,
    amount: Decimal,
    reason: str,
    requirement: Decimal,
    expires_at: datetime | None,
) -> Answer:
    """A bonus that turns into cash when stakes of `requirement` have worked it off, or is taken
    back at `expires_at`. Raises `NotFound`, `WrongState` where one is under way already,
    `Malformed`."""

    async def act() -> Counted:
        await bonus.check(connection, user_id, expires_at)
        told = await _move(connection, "bonus", asked.actor_id, user_id, amount, reason)
        terms = bonus.Terms(amount, requirement, expires_at)
        await bonus.begin(connection, int(told.transfer_id), user_id, terms)
        return told

    return await request.once(connection, asked, act)


async def _once(
    connection: Connection, asked: Asked, kind: Reason, user_id: int, amount: Decimal, reason: str
) -> Answer:
    async def act() -> Counted:
        return await _move(connection, kind, asked.actor_id, user_id, amount, reason)

    return await request.once(connection, asked, act)


async def _move(
    connection: Connection,
    kind: Reason,
    actor_id: int,
    user_id: int,
    amount: Decimal,
    reason: str,
    approval_id: Approval = None,
) -> Counted:
    purse, direction, house = _WAYS[kind]
    shift_id = await counted.hold_drawer(connection, actor_id, house)
    journal = await counted.lock(connection, user_id)
    _check(kind, journal, user_id, amount)
    account = journal.account(user_id, purse)
    transfer = DeskTransfer(
        reason=kind,
        actor_id=actor_id,
        user_id=user_id,
        legs=((account.account_id, direction * amount),),
        house=house,
        note=reason,
        approval_id=approval_id,
    )
    return await counted.count(connection, journal, transfer, shift_id)


def _check(kind: Reason, journal: Journal, user_id: int, amount: Decimal) -> None:
    """Whether the purse bears it. Raises `InsufficientFunds`, `WrongState`."""
    account = journal.account(user_id, "credit" if kind in ("advance", "repayment") else "cash")
    if kind == "withdrawal":
        _check_held(amount, ZERO if owes(journal.purses(user_id)) else account.balance)
    elif kind == "advance":
        _check_held(
            amount, min(account.balance - account.floor, journal.balance(user_id).available)
        )
    elif kind == "repayment" and amount > -account.balance:
        raise WrongState(
            f"The credit drawn is {money(-account.balance)}; no more than that can be repaid.",
            drawn=money(-account.balance),
        )


def _check_held(amount: Decimal, held: Decimal) -> None:
    if held < amount:
        raise InsufficientFunds(needed=money(amount), available=money(max(held, ZERO)))
