"""Mending a drift: a purse whose balance is not what its entries come to.

Nobody knows by looking which of the two is right, so that a person says which to keep. Either way
the entries lead to the balance again, by transfers that say who did it and why; nothing is taken
back. The trail has the figures of each, and verifying asks for them.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import asyncpg
import msgspec

from banker.books import ledger
from banker.books.ledger import House, Transfer
from banker.books.verify import Finding
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules.money import ZERO, money

_mending = queries("mending")
_account = re.compile(r"account ([1-9][0-9]{0,8}) ")

# The check that finds what can be mended here.
CHECK = "balances"

Keep = Literal["balance", "entries"]


class Drift(msgspec.Struct, frozen=True):
    """A purse that holds `balance` while its entries come to `entries`."""

    account_id: int
    user_id: int
    kind: str
    balance: Decimal
    entries: Decimal

    @property
    def amount(self) -> Decimal:
        """What no entry accounts for; below zero where money is missing from the purse."""
        return self.balance - self.entries


async def offers(connection: Connection, findings: Iterable[Finding]) -> list[Drift]:
    """What can be mended of some findings, as it stands now: what has been mended meanwhile is not
    among them."""
    named = [_account.match(finding.row) for finding in findings if finding.check == CHECK]
    account_ids = {int(match[1]) for match in named if match}
    return [drift for drift in await _drifts(connection, account_ids) if drift.amount != 0]


async def mend(
    connection: Connection, account_id: int, keep: Keep, actor_id: int, reason: str
) -> list[int]:
    """End the drift of a purse; the numbers of the transfers that do.

    `keep="balance"` writes a correction that brings the entries to the balance, and the person sees
    nothing of it; `keep="entries"` writes that one too, and then another that moves the balance to
    what the entries came to before. Raises `NotFound` for what is no purse, and `WrongState` where
    there is no drift (any more) or the balance cannot move.
    """
    owners = [drift.user_id for drift in await _drifts(connection, [account_id])]
    if not owners:
        raise NotFound(what="purse")
    await ledger.lock(connection, owners)
    [drift] = await _drifts(connection, [account_id])
    if drift.amount == 0:
        raise WrongState("The balance is what the entries come to: there is nothing to mend.")
    recorded = await ledger.record_drift(connection, account_id, drift.amount, actor_id, reason)
    await _note(connection, drift, recorded, drift.balance, reason)
    if keep == "balance":
        return [recorded]
    moved = await _move(connection, drift, actor_id, reason)
    mended = msgspec.structs.replace(drift, entries=drift.balance)
    await _note(connection, mended, moved, drift.entries, reason)
    return [recorded, moved]


async def _move(connection: Connection, drift: Drift, actor_id: int, reason: str) -> int:
    journal = await ledger.lock(connection, [drift.user_id])
    journal.enter(
        Transfer(
            reason="correction",
            actor_id=actor_id,
            legs=((drift.account_id, -drift.amount),),
            house=House.CORRECTIONS,
            note=reason,
        )
    )
    try:
        [transfer_id] = await journal.write(connection)
    except asyncpg.CheckViolationError:
        raise WrongState(
            f"The balance of {money(drift.balance)} cannot become {money(drift.entries)}: "
            "that is less than the purse may hold."
        ) from None
    return transfer_id


async def _note(
    connection: Connection, drift: Drift, transfer_id: int, balance_after: Decimal, reason: str
) -> None:
    await _mending.note_mended(
        connection,
        user_id=drift.user_id,
        account_id=drift.account_id,
        transfer_id=transfer_id,
        balance=drift.balance,
        entries=drift.entries,
        balance_after=balance_after,
        reason=reason,
    )


async def _drifts(connection: Connection, account_ids: Iterable[int]) -> list[Drift]:
    rows = _mending.read_drift(connection, account_ids=sorted(account_ids))
    return [
        Drift(row["id"], row["user_id"], row["kind"], row["balance"], ZERO + row["entries"])
        async for row in rows
    ]
