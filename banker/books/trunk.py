"""The upper part of a sealed phase's tree, from which any ticket's proof grows in a moment.

Leaves never change after the closing. A worker reads them all once, and keeps of each run of them
the root alone. What it keeps is named by the seal that it makes, so that it can never be stale.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime

import msgspec

from banker.database import Connection, queries
from banker.rules import seal

# A power of two: then the roots of such runs of leaves are whole subtrees, and make the same root
# that all the leaves at once would make (RFC 6962, 2.1).
RUN = 512
HASH = 32

# How many leaves are read and hashed at a time; the loop has other work in between.
_LEAVES = 8 * RUN

# Of so many phases: a million tickets take 64 KB.
_MOST = 32

_proof = queries("proof")


class Trunk(msgspec.Struct, frozen=True):
    """The roots of a phase's runs of leaves, the number of all its leaves, and the sequences that
    were void at the closing."""

    roots: list[bytes]
    size: int
    voided: list[int]


class Trunks:
    """Those of the phases that were asked about last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Trunk] = OrderedDict()
        self._turn = asyncio.Lock()

    async def of(
        self, connection: Connection, phase_id: int, published: bytes, closed_at: datetime
    ) -> Trunk:
        """The trunk of a phase that was closed with a seal. Where its tickets do not make that seal
        any more it is theirs as they are now, and not kept."""
        if (trunk := self._find(published)) is not None:
            return trunk
        # A closing sends everybody here at once: the first one reads, for all.
        async with self._turn:
            if (trunk := self._find(published)) is None:
                trunk = await _grow(connection, phase_id, closed_at)
                if seal.seal(seal.root(trunk.roots), trunk.voided) == published:
                    self._kept[published] = trunk
                if len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        return trunk

    def _find(self, published: bytes) -> Trunk | None:
        if published in self._kept:
            self._kept.move_to_end(published)
        return self._kept.get(published)


def split(leaves: bytes) -> list[bytes]:
    """Hashes that follow each other, one by one."""
    return [leaves[start : start + HASH] for start in range(0, len(leaves), HASH)]


async def _grow(connection: Connection, phase_id: int, closed_at: datetime) -> Trunk:
    roots: list[bytes] = []
    size = after = 0
    while True:
        read = await _proof.read_leaves(connection, phase_id=phase_id, after=after, most=_LEAVES)
        if read["last"] is None:
            break
        leaves, after = split(read["leaves"]), read["last"]
        roots += [seal.root(leaves[start : start + RUN]) for start in range(0, len(leaves), RUN)]
        size += len(leaves)
    voided = _proof.read_voided(connection, phase_id=phase_id, closed_at=closed_at)
    return Trunk(roots, size, [row["sequence"] async for row in voided])
