"""The way back: a transfer of the desk undone, wholly or in parts that never exceed it."""

from decimal import Decimal
from typing import Any

from banker.books import bonus, four_eyes, request
from banker.books.cash import counted
from banker.books.cash.counted import Approval, Counted, DeskTransfer
from banker.books.four_eyes import Waiting
from banker.books.ledger import House, Journal
from banker.books.request import Answer, Asked
from banker.database import Connection, queries
from banker.errors import InsufficientFunds, NotFound, WrongState
from banker.rules import purse
from banker.rules.money import ZERO, money

_cash = queries("cash")

# The purse from which a movement inward is taken back.
_PURSES: dict[str, purse.Kind] = {"deposit": "cash", "repayment": "credit", "bonus": "bonus"}


async def reverse(
    connection: Connection,
    asked: Asked,
    transfer_id: int,
    amount: Decimal | None,
    reason: str,
    force: bool = False,
) -> Answer:
    """Undo a transfer by another that names it; without an amount all that is left of it.

    With `force` what the person no longer holds becomes a debt. Above the amount that the house
    wants four eyes for it waits (202). Raises `NotFound`, `WrongState` where less is left,
    `InsufficientFunds` where the money is gone.
    """

    async def act() -> Counted | Waiting:
        original = await _hold(connection, transfer_id)
        undone = _part(original, amount)
        # With what was undone of it before: parts are no way past the second person.
        if not await four_eyes.is_above(connection, original["undone"] + undone):
            return await undo(connection, asked.actor_id, transfer_id, undone, reason, force)
        if original["house_id"] == House.BONUSES:
            await bonus.hold(connection, transfer_id)
        journal = await counted.lock(connection, original["user_id"])
        _legs(journal, original, undone, force)
        what = {
            "transfer_id": transfer_id,
            "user_id": original["user_id"],
            "amount": money(undone),
            "force": force,
            "key": asked.key,
        }
        return await four_eyes.wait(connection, "reversal", asked.actor_id, what, reason)

    return await request.once(connection, asked, act)


async def undo(
    connection: Connection,
    actor_id: int,
    transfer_id: int,
    amount: Decimal,
    reason: str,
    force: bool = False,
    approval_id: Approval = None,
) -> Counted:
    """A reversal that waits for nobody, or no more; refused as `reverse` is."""
    original = await _hold(connection, transfer_id)
    _part(original, amount)
    house = House(original["house_id"])
    if house == House.BONUSES:
        await bonus.hold(connection, transfer_id)
    shift_id = await counted.hold_drawer(connection, actor_id, house)
    journal = await counted.lock(connection, original["user_id"])
    legs, is_debt = _legs(journal, original, amount, force)
    told = await counted.count(
        connection,
        journal,
        DeskTransfer(
            reason="reversal",
            actor_id=actor_id,
            user_id=original["user_id"],
            legs=legs,
            house=house,
            note=reason,
            reverses_id=transfer_id,
            forced=is_debt,
            approval_id=approval_id,
        ),
        shift_id,
    )
    await _cash.count_undone(connection, transfer_id=transfer_id, amount=amount)
    if house == House.BONUSES and original["undone"] + amount == original["amount"]:
        await bonus.end(connection, transfer_id, "reversed")
    return told


async def _hold(connection: Connection, transfer_id: int) -> Any:
    """The transfer's row, locked: what is left of it stays so until commit. Raises `NotFound`."""
    original = await _cash.hold_desk_transfer(connection, transfer_id=transfer_id)
    if original is None:
        raise NotFound(what="desk transfer")
    return original


def _part(original: Any, amount: Decimal | None) -> Decimal:
    """How much is to be undone. Raises `WrongState` for more than is left, or a reversal."""
    if original["reverses_id"] is not None:
        raise WrongState("A reversal is not reversed; count the money again as it should be.")
    if original["reason"] == "earning":
        raise WrongState("What a partner earned is put right by settling the phase anew.")
    left: Decimal = original["amount"] - original["undone"]
    if left == 0:
        raise WrongState("This transfer is undone already.", left=money(left))
    if amount is not None and amount > left:
        raise WrongState(f"No more than {money(left)} of it is left to undo.", left=money(left))
    return left if amount is None else amount


def _legs(
    journal: Journal, original: Any, amount: Decimal, force: bool
) -> tuple[purse.Entries, bool]:
    """What the reversal takes from the purses or gives to them, and whether it leaves a debt.
    Raises `InsufficientFunds`."""
    user_id, reason = original["user_id"], original["reason"]
    if reason == "withdrawal":
        return ((journal.cash_account(user_id), amount),), False
    if reason == "advance":
        # What is drawn no more was repaid meanwhile: that part belongs to the person.
        return purse.pay(journal.purses(user_id), amount), False
    account = journal.account(user_id, _PURSES[reason])
    held = max(account.balance + account.granted, ZERO)
    if held >= amount:
        return ((account.account_id, -amount),), False
    if not force:
        raise InsufficientFunds(needed=money(amount), available=money(held))
    if reason != "bonus":
        return ((account.account_id, -amount),), True
    # Nobody can hand in a bonus: what was staked of it is owed in cash.
    cash = journal.account(user_id, "cash")
    legs = ((account.account_id, -held), (cash.account_id, held - amount))
    return tuple(leg for leg in legs if leg[1]), cash.balance + held < amount
