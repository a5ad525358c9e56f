"""What is asked of the cash desk, at whichever door: a key means the same at both."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from banker import metrics
from banker.books import cash
from banker.books.cash import shift
from banker.books.request import Answer, Asked, fingerprint, read_key
from banker.books.session import SignedIn
from banker.database import Connection, persist
from banker.errors import Forbidden
from banker.worker import Worker

Movement = Literal["deposit", "withdraw", "advance", "repay"]

_MOVEMENTS = {
    "deposit": cash.deposit,
    "withdraw": cash.withdraw,
    "advance": cash.advance,
    "repay": cash.repay,
}


class _Whose(msgspec.Struct, frozen=True):
    """Whose money an answer tells of; one that waits tells of nobody's."""

    user_id: str | None = None


class Desk:
    """The desk as one person asks it; `key` makes each question happen once."""

    def __init__(self, worker: Worker, person: SignedIn, key: str | None) -> None:
        self._worker = worker
        self._person = person
        self._key = read_key(key)

    async def move(self, movement: Movement, user_id: int, amount: Decimal, reason: str) -> Answer:
        """Money over the counter."""
        asked = self._asked(movement, str(user_id), str(amount), reason)
        verb = _MOVEMENTS[movement]
        return await self._persist(lambda c: verb(c, asked, user_id, amount, reason))

    async def grant_bonus(
        self,
        user_id: int,
        amount: Decimal,
        reason: str,
        requirement: Decimal | None,
        expires_at: datetime | None,
    ) -> Answer:
        """A bonus; without a requirement stakes of its own amount work it off."""
        required = amount if requirement is None else requirement
        asked = self._asked(
            "bonus", str(user_id), str(amount), reason, str(required), str(expires_at)
        )
        return await self._persist(
            lambda c: cash.grant_bonus(c, asked, user_id, amount, reason, required, expires_at)
        )

    async def grant_credit(self, user_id: int, credit_limit: Decimal, reason: str) -> Answer:
        """A credit limit."""
        asked = self._asked("credit-limit", str(user_id), str(credit_limit), reason)
        return await self._persist(
            lambda c: cash.grant_credit(c, asked, user_id, credit_limit, reason)
        )

    async def pay_earnings(self, partner_id: int, amount: Decimal, reason: str) -> Answer:
        """All that waits to be paid to a partner; `amount` is what whoever asks has seen of it."""
        asked = self._asked("earning", str(partner_id), str(amount), reason)
        return await self._persist(
            lambda c: cash.pay_earnings(c, asked, partner_id, amount, reason)
        )

    async def reverse(
        self, transfer_id: int, amount: Decimal | None, reason: str, force: bool
    ) -> Answer:
        """A reversal; only an admin forces one into a debt."""
        if force and self._person.role != "admin":
            raise Forbidden("Only an admin forces a reversal into a debt.")
        asked = self._asked("reverse", str(transfer_id), str(amount), reason, str(force))
        return await self._persist(
            lambda c: cash.reverse(c, asked, transfer_id, amount, reason, force)
        )

    async def open_shift(self, opening_float: Decimal) -> Answer:
        """A shift with a counted drawer."""
        asked = self._asked("open-shift", str(opening_float))
        return await self._persist(lambda c: shift.open_(c, asked, opening_float))

    async def close_shift(self, counted: Decimal, note: str | None) -> Answer:
        """The end of the person's shift."""
        asked = self._asked("close-shift", str(counted), note or "")
        return await self._persist(lambda c: shift.close(c, asked, counted, note))

    def _asked(self, operation: str, *parts: str) -> Asked:
        return Asked(self._person.id, operation, self._key, fingerprint(*parts))

    async def _persist(self, verb: Callable[[Connection], Awaitable[Answer]]) -> Answer:
        answer = await persist(self._worker.pool, verb)
        if answer.replayed:
            metrics.replays.inc()
        user_id = msgspec.json.decode(answer.body, type=_Whose).user_id
        if user_id is not None:
            self._worker.stream.tell_moved([int(user_id)])
        return answer
