"""The chain of hashes over all that was booked and noted: who changes a row afterwards breaks it.

A link's hash is `sha256(hash before it || position || content)`: 32 bytes, the position as eight,
most significant first, and the fields of the row as `chained_entries` and `chained_audit` write
them (the fifth migration). Position 1 comes after `sha256` of nothing. Entries come by transfer and
account, audit rows by number: a late commit is sealed late, and none is passed over (see `seal`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from banker.database import Connection, queries

BATCH = 500
NOTHING = sha256(b"").digest()  # the hash before the first link

_chain = queries("chain")

Row = tuple[int, int | None, bytes]  # number, account of an entry, content


class Sealed(msgspec.Struct, frozen=True):
    """What a pass did: how many links it made and where the chain ends now; how long the oldest
    row that is not sealed yet has waited, in seconds; and whether the next pass may find work at
    once."""

    count: int
    position: int
    lag_s: float
    is_behind: bool


class Head(msgspec.Struct, frozen=True):
    """The end of the chain, to be kept where nobody who can write the books can reach it. The hash
    is in hexadecimal; `at` is when it was sealed, None for an empty chain."""

    position: int
    hash: str
    at: datetime | None


async def seal(connection: Connection, most: int = 5_000) -> Sealed:
    """One pass: link what an earlier pass noted, at most so many entries and so many audit rows,
    and when all of that is linked note what has come since.

    Numbers are handed out before commit, so a pass seals only up to numbers that were noted before
    every transaction that is still under way began to write. Give it a transaction of its own, read
    committed, in which nothing is written yet.
    """
    numbers = await _chain.read_numbers(connection)
    assert numbers["is_unwritten"], "a pass is a transaction of its own"
    marks = await _chain.lock_marks(connection)
    horizon = await _chain.read_horizon(connection)
    # A restored database may count its transactions from a lower number.
    is_strange = horizon["next_xid"] <= marks["noted_xid"]
    if not is_strange and horizon["ended_below"] < marks["noted_xid"]:
        return Sealed(0, marks["position"], await _chain.read_lag(connection), is_behind=False)
    links = _Links(marks["position"], marks["head"])
    transfer_id, audit_id, is_done = marks["transfer_id"], marks["audit_id"], True
    if not is_strange:
        entries, has_all_entries = await _entries(
            connection, transfer_id, marks["noted_transfer_id"], most
        )
        audit, has_all_audit = await _audit(connection, audit_id, marks["noted_audit_id"], most)
        is_done = has_all_entries and has_all_audit
        await links.add(connection, "entry", entries)
        await links.add(connection, "audit", audit)
        transfer_id = entries[-1][0] if entries else transfer_id
        audit_id = audit[-1][0] if audit else audit_id
    if links.position > marks["position"]:
        await _chain.advance(
            connection,
            position=links.position,
            head=links.head,
            transfer_id=transfer_id,
            audit_id=audit_id,
        )
    has_news = (numbers["transfer_id"], numbers["audit_id"]) != (transfer_id, audit_id)
    if is_strange or (is_done and has_news):
        await _chain.note(
            connection, transfer_id=numbers["transfer_id"], audit_id=numbers["audit_id"]
        )
    return Sealed(
        count=links.position - marks["position"],
        position=links.position,
        lag_s=await _chain.read_lag(connection),
        is_behind=not is_done or has_news,
    )


async def head(connection: Connection) -> Head:
    """Where the chain ends now."""
    row = await _chain.read_head(connection)
    return Head(row["position"], row["hash"].hex(), row["at"])


async def check_head(connection: Connection, kept: Head) -> str | None:
    """What is wrong with the chain beside a head that was kept from it, in words; None where it
    still leads through it."""
    now = await head(connection)
    if kept.position == 0:
        hash_now: bytes | None = NOTHING
    else:
        hash_now = await _chain.read_hash(connection, position=kept.position)
    if hash_now is None or now.position < kept.position:
        return (
            f"the chain ends at link {now.position}; the head that was kept is link "
            f"{kept.position}, {kept.hash}"
        )
    if hash_now.hex() != kept.hash:
        return f"link {kept.position} is {hash_now.hex()}; the head that was kept is {kept.hash}"
    return None


def linked(head: bytes, position: int, contents: Iterable[bytes]) -> list[bytes]:
    """The hashes of some links after the one at `position`, whose hash is `head`."""
    hashes = []
    for content in contents:
        position += 1
        head = sha256(head + position.to_bytes(8, "big") + content).digest()
        hashes.append(head)
    return hashes


class _Links:
    """The end of the chain while a pass adds to it."""

    def __init__(self, position: int, head: bytes) -> None:
        self.position = position
        self.head = head

    async def add(self, connection: Connection, kind: str, rows: Sequence[Row]) -> None:
        """Link some rows, in batches."""
        for first in range(0, len(rows), BATCH):
            await self._write(connection, kind, rows[first : first + BATCH])

    async def _write(self, connection: Connection, kind: str, rows: Sequence[Row]) -> None:
        hashes = linked(self.head, self.position, [content for _, _, content in rows])
        await _chain.write_links(
            connection,
            position=self.position + 1,
            kind=kind,
            ids=[number for number, _, _ in rows],
            account_ids=[account_id for _, account_id, _ in rows] if kind == "entry" else None,
            hashes=b"".join(hashes),
        )
        self.position += len(rows)
        self.head = hashes[-1]


async def _entries(
    connection: Connection, after: int, up_to: int, most: int
) -> tuple[list[Row], bool]:
    bounds = await _chain.next_transfers(connection, after=after, up_to=up_to, most=most)
    if bounds["last"] is None:
        return [], True
    rows = _chain.read_entries(connection, first=after + 1, last=bounds["last"])
    entries = [(row["transfer_id"], row["account_id"], row["content"]) async for row in rows]
    return entries, bounds["is_all"]


async def _audit(
    connection: Connection, after: int, up_to: int, most: int
) -> tuple[list[Row], bool]:
    bounds = await _chain.next_audit(connection, after=after, up_to=up_to, most=most)
    if bounds["last"] is None:
        return [], True
    rows = _chain.read_audit(connection, first=after + 1, last=bounds["last"])
    return [(row["id"], None, row["content"]) async for row in rows], bounds["is_all"]
