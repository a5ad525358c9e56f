"""A thing asked twice: idempotency keys, and the answers that they are bound to.

A key belongs to an actor and an operation. An accepted request binds its key in the transaction
that makes the answer true; a refused one binds nothing and may be mended and sent again.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256

import asyncpg
import msgspec

from banker.books.four_eyes import Waiting
from banker.database import Connection, queries
from banker.errors import AnswerExpired, InFlight, KeyMissing, KeyReused, Refusal

_requests = queries("requests")
_told_transfer = re.compile(rb'\{"transfer_id":"([0-9]{1,18})"')
_key = re.compile(r"[\x21-\x7e]{1,255}")


class Asked(msgspec.Struct, frozen=True):
    """A request as its key sees it; `fingerprint` is the SHA-256 of what was asked."""

    actor_id: int
    operation: str
    key: str
    fingerprint: bytes


class Answer(msgspec.Struct, frozen=True):
    """An answer as it goes out, byte for byte, now and at every repetition."""

    status: int
    body: bytes
    replayed: bool = False


async def claim(
    connection: Connection, asked: Sequence[Asked]
) -> dict[Asked, Answer | Refusal | None]:
    """Take the keys of some requests, each once; None means that the request is new.

    Waits for a first attempt that is still under way as long as the lock time-out says, then
    raises `InFlight`.
    """
    columns = _columns(asked)
    fingerprints = [one.fingerprint for one in asked]
    try:
        claimed = {
            (row["actor_id"], row["operation"], row["key"])
            async for row in _requests.claim(connection, fingerprints=fingerprints, **columns)
        }
    except asyncpg.LockNotAvailableError as waited:
        raise InFlight() from waited
    if len(claimed) == len(asked):
        return dict.fromkeys(asked)
    bound = {
        (row["actor_id"], row["operation"], row["key"]): row
        async for row in _requests.look_up(connection, **columns)
    }
    return {one: None if _name(one) in claimed else _prior(one, bound[_name(one)]) for one in asked}


async def once(
    connection: Connection, asked: Asked, act: Callable[[], Awaitable[object]], status: int = 201
) -> Answer:
    """Do what `act` does once for a key: the first answer, or the same again, byte for byte.

    `act` gives the body, to be encoded as JSON; what waits for a second person is told with 202. A
    refusal that it raises undoes the transaction, so that the key stays free. Raises `KeyReused`,
    `InFlight`, `AnswerExpired`.
    """
    prior = (await claim(connection, [asked]))[asked]
    if isinstance(prior, Refusal):
        raise prior
    if prior is not None:
        return prior
    told = await act()
    status = 202 if isinstance(told, Waiting) else status
    answer = Answer(status, msgspec.json.encode(told))
    await bind(connection, [(asked, answer)])
    return answer


async def bind(connection: Connection, answers: Sequence[tuple[Asked, Answer]]) -> None:
    """Keep the answers of requests that were accepted in this transaction."""
    if answers:
        await _requests.bind(
            connection,
            statuses=[answer.status for _, answer in answers],
            bodies=[answer.body for _, answer in answers],
            transfer_ids=[_transfer_id(answer) for _, answer in answers],
            **_columns([one for one, _ in answers]),
        )


def read_key(text: str | None) -> str:
    """The key as a header carries it. Raises `KeyMissing`."""
    if text is None or not _key.fullmatch(text):
        raise KeyMissing()
    return text


def fingerprint(*parts: bytes | str) -> bytes:
    """SHA-256 over the length-prefixed parts of what was asked."""
    digest = sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.digest()


def _prior(asked: Asked, row: asyncpg.Record) -> Answer | Refusal:
    if row["fingerprint"] != asked.fingerprint:
        return KeyReused()
    if row["status"] is None:
        return InFlight()
    if row["body"] is None:
        return AnswerExpired(done_at=f"{row['created_at']:%Y-%m-%d %H:%M} UTC")
    return Answer(row["status"], row["body"], replayed=True)


def _transfer_id(answer: Answer) -> int | None:
    """The transfer that an answer tells of first, where it tells of one."""
    named = _told_transfer.match(answer.body)
    return None if named is None else int(named[1])


def _name(asked: Asked) -> tuple[int, str, str]:
    return asked.actor_id, asked.operation, asked.key


def _columns(asked: Sequence[Asked]) -> dict[str, list[object]]:
    return {
        "actor_ids": [one.actor_id for one in asked],
        "operations": [one.operation for one in asked],
        "keys": [one.key for one in asked],
    }
