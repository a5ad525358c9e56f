"""The chain of hashes beside the rows that it links, worked out again."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from operator import lt
from typing import Any

import msgspec

from banker.books import chain
from banker.books.verify import ahead
from banker.books.verify.disagreement import Disagreement
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Scope
from banker.database import Connection, queries

_chain = queries("verify/chain")

# Batches that are read at a time, and rows that no link names among theirs, at most.
BATCHES = 8
STRAYS = 1_000

_BEYOND = 2**31  # the number of no account

Key = tuple[int, int]  # number, account of an entry or 0
Contents = dict[Key, bytes]


class _Read(msgspec.Struct):
    """Some batches of links, and what their rows say now by kind."""

    batches: list[Any]
    contents: dict[str, Contents]


async def link_hashes(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each link's hash follows from the one before it and from what its row says now, and the rows
    of each kind rise from link to link, so that none is linked twice."""
    async with moments() as connection:
        found = await _chain.read_hash_before(connection, position=scope.position)
        # The chain may grow faster than it is gone over.
        end = await _chain.read_end(connection)
    before = found or chain.NOTHING
    lasts: dict[str, Key] = {"entry": (scope.since, _BEYOND), "audit": (0, 0)}

    async def load(last: _Read | None) -> _Read | None:
        after = last.batches[-1]["position"] if last else scope.position
        async with moments() as connection:
            # One plan for all: it is asked for thousands of times, and is long.
            await connection.execute("set local plan_cache_mode = force_generic_plan")
            return await _read(connection, after, end)

    async with aclosing(ahead.chunks(load)) as reads:
        async for read in reads:
            for batch in read.batches:
                kind, keys = batch["kind"], _keys(batch)
                if not _agrees(batch, keys, read.contents[kind], before, lasts[kind]):
                    # Numbers that are wrong may have kept right ones from being read.
                    async with moments() as connection:
                        contents = await _one_by_one(connection, batch)
                    for disagreement in _disagreements(batch, contents, before, lasts[kind]):
                        yield disagreement
                before, lasts[kind] = batch["hashes"][-32:], keys[-1]


async def _read(connection: Connection, after: int, end: int) -> _Read | None:
    batches = [
        row async for row in _chain.read_batches(connection, after=after, end=end, most=BATCHES)
    ]
    if not batches:
        return None
    entries = _bounds([batch for batch in batches if batch["kind"] == "entry"])
    audit = _bounds([batch for batch in batches if batch["kind"] == "audit"])
    return _Read(
        batches,
        {
            "entry": {
                (row["transfer_id"], row["account_id"]): row["content"]
                async for row in _chain.read_entries(connection, **entries)
            }
            if entries
            else {},
            "audit": {
                (row["id"], 0): row["content"]
                async for row in _chain.read_audit(connection, **audit)
            }
            if audit
            else {},
        },
    )


def _bounds(batches: list[Any]) -> dict[str, int]:
    if not batches:
        return {}
    return {
        "first": batches[0]["ids"][0],
        "last": batches[-1]["ids"][-1],
        "most": sum(len(batch["ids"]) for batch in batches) + STRAYS,
    }


async def _one_by_one(connection: Connection, batch: Any) -> Contents:
    ids = sorted(set(batch["ids"]))
    if batch["kind"] == "entry":
        entries = _chain.read_entries_one_by_one(connection, ids=ids)
        return {(row["transfer_id"], row["account_id"]): row["content"] async for row in entries}
    audit = _chain.read_audit_one_by_one(connection, ids=ids)
    return {(row["id"], 0): row["content"] async for row in audit}


def _agrees(batch: Any, keys: list[Key], contents: Contents, before: bytes, last: Key) -> bool:
    found = [content for key in keys if (content := contents.get(key)) is not None]
    return (
        len(found) == len(keys)
        and last < keys[0]
        and all(map(lt, keys, keys[1:]))
        and b"".join(chain.linked(before, batch["position"] - 1, found)) == batch["hashes"]
    )


def _disagreements(
    batch: Any, contents: Contents, before: bytes, last: Key
) -> Iterator[Disagreement]:
    """Link by link, each after the hash that is stored before it: so a bad one is named, and not
    all that follow from it."""
    for place, key in enumerate(_keys(batch)):
        position = batch["position"] + place
        stored = batch["hashes"][32 * place : 32 * place + 32]
        row = f"link {position} ({_named(batch['kind'], key)})"
        if key <= last:
            yield row, f"it comes after {_named(batch['kind'], last)}"
        if key not in contents:
            yield row, "there is no such row"
        else:
            [expected] = chain.linked(before, position - 1, [contents[key]])
            if stored != expected:
                yield row, f"its hash is {stored.hex()}; its row makes it {expected.hex()}"
        before, last = stored, key


def _keys(batch: Any) -> list[Key]:
    accounts = batch["account_ids"]
    return list(zip(batch["ids"], accounts or [0] * len(batch["ids"]), strict=True))


def _named(kind: str, key: Key) -> str:
    number, account_id = key
    if kind == "entry":
        return f"entry of transfer {number} on account {account_id}"
    return f"audit row {number}"
