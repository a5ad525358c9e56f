"""The people of the house: who they are, what they may do, at what rate they work."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec

from banker.books import ledger, session
from banker.database import Connection, queries
from banker.errors import Malformed, NameTaken, NotFound, WrongState

_people = queries("people")

ROLES = ("admin", "manager", "cashier", "collector", "partner")
HOLDERS = ("collector", "partner")  # who has purses


class Person(msgspec.Struct, frozen=True):
    """A person. `commission_rate` is a percentage: of stakes for a collector, of the shared profit
    for a partner, whose `share_percentage` says how much of the profit is shared."""

    id: int
    username: str
    role: str
    commission_rate: Decimal
    partner_id: int | None
    share_percentage: Decimal
    disabled_at: datetime | None
    created_at: datetime


async def add(
    connection: Connection,
    username: str,
    role: str,
    password_hash: str,
    commission_rate: Decimal = Decimal(0),
    partner_id: int | None = None,
    share_percentage: Decimal = Decimal(0),
) -> Person:
    """Take a person in; collectors and partners get their purses. Raises `NameTaken`,
    `Malformed`."""
    if role not in ROLES:
        raise Malformed(f"There is no role {role!r}; the roles are {', '.join(ROLES)}.")
    await _check_rates(connection, role, commission_rate, partner_id, share_percentage)
    try:
        async with connection.transaction():
            person_id = await _people.insert_user(
                connection,
                username=read_username(username),
                role=role,
                password_hash=password_hash,
                commission_rate=commission_rate,
                partner_id=partner_id,
                share_percentage=share_percentage,
            )
    except asyncpg.UniqueViolationError:
        raise NameTaken(username=username) from None
    if role in HOLDERS:
        await ledger.open_purses(connection, person_id)
    return await read(connection, person_id)


async def amend(connection: Connection, person_id: int, actor_id: int, **changes: Any) -> Person:
    """Rename, set rates, disable or enable (`disabled`). A disabled person is signed out
    everywhere. Raises `NameTaken`, `Malformed`, `NotFound`, `WrongState`."""
    person = await hold(connection, person_id)
    disabled = bool(changes.pop("disabled", person.disabled_at is not None))
    if disabled and person_id == actor_id:
        raise WrongState("Nobody disables themselves.")
    if "username" in changes:
        changes["username"] = read_username(changes["username"])
    amended = msgspec.structs.replace(person, **changes)
    await _check_rates(
        connection,
        amended.role,
        amended.commission_rate,
        amended.partner_id,
        amended.share_percentage,
    )
    try:
        async with connection.transaction():
            await _people.amend_user(
                connection,
                id=person_id,
                username=amended.username,
                commission_rate=amended.commission_rate,
                partner_id=amended.partner_id,
                share_percentage=amended.share_percentage,
                disabled=disabled,
            )
    except asyncpg.UniqueViolationError:
        raise NameTaken(username=amended.username) from None
    if disabled:
        await session.end_all(connection, person_id)
    return await read(connection, person_id)


async def set_password(connection: Connection, person_id: int, password_hash: str) -> None:
    """A new password; whoever is signed in by the old one is signed out. Raises `NotFound`."""
    await read(connection, person_id)
    await _people.set_password(connection, id=person_id, password_hash=password_hash)
    await session.end_all(connection, person_id)


async def read(connection: Connection, person_id: int) -> Person:
    """One person. Raises `NotFound`."""
    row = await _people.read_user(connection, id=person_id)
    if row is None:
        raise NotFound(what="person")
    return Person(**row)


async def hold(connection: Connection, person_id: int) -> Person:
    """One person, whom nobody else changes until commit. Raises `NotFound`."""
    if await _people.lock_user(connection, id=person_id) is None:
        raise NotFound(what="person")
    return await read(connection, person_id)


async def listed(
    connection: Connection, count: int, after: int = 0, role: str | None = None
) -> list[Person]:
    """People after the number `after` in the order they came, of one role or of all."""
    rows = _people.list_users(connection, after=after, count=count, role=role)
    return [Person(**row) async for row in rows]


def read_username(text: str) -> str:
    """A name of 1 to 50 visible characters, composed the one way (NFC). Raises `Malformed`."""
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= 50:
        raise Malformed("A name has 1 to 50 characters.", field="username")
    kinds = [unicodedata.category(letter) for letter in name]
    if any(kind in ("Cc", "Cs", "Cn", "Zl", "Zp") for kind in kinds):
        raise Malformed("A name has no control characters.", field="username")
    if not any(kind[0] in "LNPS" for kind in kinds):
        raise Malformed("A name has at least one visible character.", field="username")
    return name


async def _check_rates(
    connection: Connection,
    role: str,
    commission_rate: Decimal,
    partner_id: int | None,
    share_percentage: Decimal,
) -> None:
    if commission_rate and role not in HOLDERS:
        raise Malformed("Only collectors and partners earn commission.", field="commission_rate")
    if share_percentage and role != "partner":
        raise Malformed("Only a partner has a share.", field="share_percentage")
    if partner_id is None:
        return
    if role != "collector":
        raise Malformed("Only a collector is brought in by a partner.", field="partner_id")
    partner = await _people.read_user(connection, id=partner_id)
    if partner is None or partner["role"] != "partner":
        raise Malformed("There is no such partner.", field="partner_id")
