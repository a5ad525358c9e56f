"""People looked up: by a part of their name, by role, by who brought them in."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from banker.books.people import Person
from banker.database import Connection, queries

_directory = queries("directory")


class BroughtIn(msgspec.Struct, frozen=True):
    """A collector as the partner who brought them in sees them."""

    username: str
    created_at: datetime
    disabled: bool


async def find(
    connection: Connection, name: str, roles: Sequence[str], count: int, after: int = 0
) -> list[Person]:
    """People of some roles whose name holds a text, whatever its case, in the order they came,
    from behind the number `after`."""
    rows = _directory.find_people(
        connection, name=name, roles=list(roles), after=after, count=count
    )
    return [Person(**row) async for row in rows]


async def names(
    connection: Connection, roles: Sequence[str], count: int = 1000
) -> list[tuple[int, str]]:
    """Number and name of people of some roles, by name."""
    rows = _directory.list_names(connection, roles=list(roles), count=count)
    return [(row["id"], row["username"]) async for row in rows]


async def names_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """What some people are called."""
    rows = _directory.read_names(connection, ids=sorted(set(ids)))
    return {row["id"]: row["username"] async for row in rows}


async def brought_in(connection: Connection, partner_id: int) -> list[BroughtIn]:
    """The collectors that a partner brought in, by name."""
    rows = _directory.list_brought_in(connection, partner_id=partner_id)
    return [BroughtIn(**row) async for row in rows]


async def number_of(connection: Connection, username: str) -> int | None:
    """The number of the person with a name, whatever its case; None where nobody has it."""
    number: int | None = await _directory.read_number(connection, username=username)
    return number
