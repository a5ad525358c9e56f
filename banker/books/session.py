"""Who is signed in: tokens made anew at sign-in, kept as digests; and the counting of failures."""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from banker.database import Connection, queries
from banker.errors import TooManyFailures, WrongSignIn

_session = queries("session")
_people = queries("people")

Kind = Literal["page", "api"]
LIFETIMES: dict[Kind, timedelta] = {"page": timedelta(hours=12), "api": timedelta(days=30)}

# A name from one address may fail ten times, an address a hundred, within a quarter of an hour.
# The pair is counted, so that nobody can lock another out; the address, against guessing at names.
FAILURES_A_PAIR = 10
FAILURES_AN_ADDRESS = 100
WAIT_S = 900.0
ANYONE = ""

# What is over is cleared away by those who sign in, a little each time.
SWEPT = 100


class SignedIn(msgspec.Struct, frozen=True):
    """The holder of a token."""

    id: int
    username: str
    role: str


class Credentials(msgspec.Struct, frozen=True):
    """What a sign-in is checked against."""

    id: int
    username: str
    role: str
    password_hash: str
    disabled: bool


class Opened(msgspec.Struct, frozen=True):
    """A new session; the token is known to its holder alone."""

    token: str
    expires_at: datetime


async def open_(
    connection: Connection,
    person_id: int,
    kind: Kind,
    address: str,
    password_hash: str | None = None,
) -> Opened:
    """A session with a token of its own.

    With the hash that the password was checked against, the person is looked at once more under
    lock: checking takes its time. Raises `WrongSignIn` where the password was changed or the person
    disabled meanwhile.
    """
    if password_hash is not None:
        held = await _people.hold_credentials(connection, id=person_id, password_hash=password_hash)
        if held is None:
            raise WrongSignIn()
    await forget_expired(connection)
    token = secrets.token_urlsafe(32)
    expires_at = await _session.insert_session(
        connection,
        token_sha256=_digest(token),
        user_id=person_id,
        kind=kind,
        address=address,
        lifetime=LIFETIMES[kind],
    )
    return Opened(token, expires_at)


class Shown(NamedTuple):
    """A token as it is shown at a door; the same token is good at one kind of door only."""

    token_sha256: bytes
    kind: Kind


def shown(token: str, kind: Kind) -> Shown:
    """A token as the books know it."""
    return Shown(_digest(token), kind)


async def holder(connection: Connection, token: str, kind: Kind) -> SignedIn | None:
    """Who holds a token, or None where it is unknown, over, or its person disabled."""
    asked = shown(token, kind)
    return (await holders(connection, [asked])).get(asked)


async def holders(connection: Connection, asked: Iterable[Shown]) -> dict[Shown, SignedIn]:
    """Who holds each of some tokens; those are left out that are unknown, over, or of a person who
    is disabled."""
    digests = list({one.token_sha256 for one in asked})
    return {
        Shown(row["token_sha256"], row["kind"]): SignedIn(row["id"], row["username"], row["role"])
        async for row in _session.read_sessions(connection, tokens_sha256=digests)
    }


async def end(connection: Connection, token: str) -> None:
    """Sign out. An unknown token is no error."""
    await _session.delete_session(connection, token_sha256=_digest(token))


async def end_all(connection: Connection, person_id: int) -> None:
    """Sign a person out everywhere."""
    await _session.delete_sessions(connection, user_id=person_id)


async def sign_out(connection: Connection, person_id: int) -> None:
    """Sign somebody out everywhere, and write it into the trail."""
    await _session.note_sign_out(connection, user_id=person_id)
    await end_all(connection, person_id)


async def forget_expired(connection: Connection) -> int:
    """Forget some sessions that are over, and some failures that count no more; how many."""
    sessions = await _session.delete_expired_sessions(connection, count=SWEPT)
    failures = await _session.delete_old_failures(connection, wait_s=WAIT_S, count=SWEPT)
    return int(sessions) + int(failures)


async def credentials(connection: Connection, username: str) -> Credentials | None:
    """What a sign-in under this name is checked against, in whatever case and composition."""
    row = await _people.read_credentials(connection, username=_folded(username))
    if row is None:
        return None
    return Credentials(
        row["id"],
        row["username"],
        row["role"],
        row["password_hash"],
        row["disabled_at"] is not None,
    )


async def count_attempt(connection: Connection, username: str, address: str) -> int:
    """Count an attempt before the password is looked at; gives the failures of the pair so far,
    this one among them. Raises `TooManyFailures`."""
    bounds = {ANYONE: FAILURES_AN_ADDRESS}
    bounds.setdefault(_folded(username), FAILURES_A_PAIR)
    for name, bound in bounds.items():
        failures = await _session.count_attempt(
            connection, username=name, address=address, bound=bound, wait_s=WAIT_S
        )
        if failures is None:
            wait_s = await _session.read_wait(
                connection, username=name, address=address, wait_s=WAIT_S
            )
            raise TooManyFailures(wait_s=wait_s)
    return int(failures)


async def forget_attempts(connection: Connection, username: str, address: str) -> None:
    """The sign-in went well: the attempt was no failure."""
    # The address first, as where attempts are counted: the other way round the two deadlock.
    await _session.take_back_attempt(connection, username=ANYONE, address=address)
    await _session.forget_attempts(connection, username=_folded(username), address=address)


def _folded(username: str) -> str:
    """A name as names are compared: composed as `people.read_username` does, in lower case."""
    return unicodedata.normalize("NFC", username).strip().lower()


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
