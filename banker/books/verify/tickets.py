"""What a ticket froze, worked out again: its commission, its leaf, its place under the seal."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Any

from banker.books.verify import ahead
from banker.books.verify.disagreement import UNREADABLE, Disagreement
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Scope
from banker.database import Connection, queries
from banker.rules import money, seal

_ticket = queries("verify/ticket")
_settlement = queries("verify/settlement")

# A power of two: then the roots of such runs of leaves are whole subtrees, and make the same root
# that all the leaves at once would make (RFC 6962, 2.1).
_RUN = 4096

# How many tickets are read at a time.
_TICKETS = 2_000


async def commissions(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each ticket's commission is its rate's share of its total, rounded there; those that cannot
    but be right are not read."""
    async with (
        moments() as connection,
        ahead.rows(_ticket.read_commissions_cursor(connection, since=scope.since)) as rows,
    ):
        async for row in rows:
            try:
                expected = money.share(row["total"], row["commission_rate"])
            except UNREADABLE as error:
                yield _name(row), f"the commission cannot be worked out: {error}"
                continue
            if row["commission"] != expected:
                yield (
                    _name(row),
                    f"the commission is {row['commission']}; {row['commission_rate']} % of "
                    f"{row['total']} is {expected}",
                )


async def leaves(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each ticket's stored leaf is the hash of what it says now."""
    async with moments() as connection:
        # Tickets may come faster than they are gone over.
        end = await _ticket.read_last_transfer(connection)

    async def load(last: list[Any] | None) -> list[Any]:
        after = last[-1]["transfer_id"] if last else scope.since
        async with moments() as connection:
            tickets = _ticket.read_tickets(connection, after=after, end=end, most=_TICKETS)
            return [row async for row in tickets]

    async with aclosing(ahead.chunks(load)) as chunks:
        async for rows in chunks:
            for row in rows:
                try:
                    expected = leaf_of(row)
                except UNREADABLE as error:
                    yield _name(row), f"the leaf cannot be worked out: {error}"
                    continue
                if row["leaf"] != expected:
                    yield (
                        _name(row),
                        f"the stored leaf is {_hex(row['leaf'])}, the ticket's is {expected.hex()}",
                    )
            await asyncio.sleep(0)


async def seals(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each closed phase's root and seal follow from its leaves and the tickets void by then."""
    async with moments() as connection:
        sealed = [row async for row in _settlement.read_seals(connection, phases=scope.phases)]
    for row in sealed:
        async with moments() as connection:
            tree_root, voided = await _tree(connection, row["phase_id"], row["closed_at"])
        name = f"settlement of phase {row['phase_id']}"
        if row["tree_root"] != tree_root:
            yield (
                name,
                f"the root is {_hex(row['tree_root'])}, the leaves make {tree_root.hex()}",
            )
        expected = seal.seal(tree_root, voided)
        if row["seal"] != expected:
            yield (
                name,
                f"the seal is {_hex(row['seal'])}; the leaves, with {len(voided)} tickets void "
                f"at the closing, make {expected.hex()}",
            )


async def _tree(
    connection: Connection, phase_id: int, closed_at: datetime
) -> tuple[bytes, list[int]]:
    """The root over a phase's leaves, a run at a time, and the sequences void at its closing."""
    roots: list[bytes] = []
    run: list[bytes] = []
    voided: list[int] = []
    cursor = _settlement.read_leaves_cursor(connection, phase_id=phase_id, closed_at=closed_at)
    async with ahead.rows(cursor) as rows:
        async for row in rows:
            run.append(row["leaf"] or b"")
            if row["void"]:
                voided.append(row["sequence"])
            if len(run) == _RUN:
                roots.append(seal.root(run))
                run = []
    if run:
        roots.append(seal.root(run))
    return seal.root(roots), voided


def leaf_of(row: Any) -> bytes:
    """The leaf of a ticket as it stands now."""
    return seal.leaf(
        row["phase_id"],
        row["sequence"],
        row["id"],
        row["collector_id"],
        row["placed_at"],
        dict(zip(row["numbers"], row["cents"], strict=True)),
        row["factors"],
        row["total_cents"],
    )


def _name(row: Any) -> str:
    return f"ticket {row['sequence']} of phase {row['phase_id']}"


def _hex(stored: bytes | None) -> str:
    return "missing" if stored is None else stored.hex()
