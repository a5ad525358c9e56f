"""That a ticket is among those that its phase was sealed with: a short way from leaf to root.

What is told is all that it takes to check it elsewhere, without trust in this house
(`docs/seal.md`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from banker.books.trunk import RUN, Trunk, Trunks, split
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState
from banker.rules import seal

_proof = queries("proof")


class LeafFields(msgspec.Struct, frozen=True):
    """The seven texts that the ticket's leaf is the hash of, in their order. `placed_at` is in
    whole microseconds since 1970."""

    phase_id: str
    sequence: str
    ticket_id: str
    collector_id: str
    placed_at: str
    bets: str
    total: str


class Proof(msgspec.Struct, frozen=True):
    """The way of a ticket to the seal; hashes in hexadecimal. `path` leads from the leaf at
    `index`, counted from 0, of `size` up to `tree_root`; with the sequences that were void at the
    closing that makes the seal. `problem` says in words why it does not hold, where it does not."""

    ticket: LeafFields
    leaf: str
    index: int
    size: int
    path: tuple[str, ...]
    tree_root: str
    voided_sequences: tuple[int, ...]
    seal: str
    closed_at: datetime
    holds: bool
    problem: str | None


async def prove(connection: Connection, trunks: Trunks, ticket_id: UUID) -> Proof:
    """The proof of one ticket, void ones too. Raises `NotFound`, and `WrongState` where its phase
    was not closed yet, or never."""
    row = await _proof.read_sealed(connection, id=ticket_id)
    if row is None:
        raise NotFound(what="ticket")
    if row["seal"] is None:
        raise WrongState(_unsealed(row["state"]))
    trunk = await trunks.of(connection, row["phase_id"], row["seal"], row["closed_at"])
    index = row["sequence"] - 1
    texts = _texts(row)
    leaf = seal.leaf_of(texts)
    path = await _path(connection, trunk, row["phase_id"], index)
    problem = _problem(leaf, index, path, trunk, row)
    return Proof(
        ticket=LeafFields(*texts),
        leaf=leaf.hex(),
        index=index,
        size=trunk.size,
        path=tuple(one.hex() for one in path),
        tree_root=row["tree_root"].hex(),
        voided_sequences=tuple(trunk.voided),
        seal=row["seal"].hex(),
        closed_at=row["closed_at"],
        holds=problem is None,
        problem=problem,
    )


async def _path(connection: Connection, trunk: Trunk, phase_id: int, index: int) -> list[bytes]:
    """From the leaf through its own run, and on through the roots of the runs; nothing for a place
    that is not in the tree."""
    run, place = divmod(index, RUN)
    if run >= len(trunk.roots):
        return []
    first = run * RUN + 1
    leaves = split(
        await _proof.read_run(connection, phase_id=phase_id, first=first, last=first + RUN - 1)
    )
    if place >= len(leaves):
        return []
    return [*seal.proof(leaves, place), *seal.proof(trunk.roots, run)]


def _problem(leaf: bytes, index: int, path: list[bytes], trunk: Trunk, row: Any) -> str | None:
    if not seal.verify(leaf, index, trunk.size, path, row["tree_root"]):
        return "The ticket, with the others as they are now, does not lead to the root."
    if seal.seal(row["tree_root"], trunk.voided) != row["seal"]:
        return "The root, with the tickets that are void now, does not make the seal."
    return None


def _texts(row: Any) -> tuple[str, ...]:
    return seal.fields(
        row["phase_id"],
        row["sequence"],
        row["id"],
        row["collector_id"],
        row["placed_at"],
        dict(zip(row["numbers"], row["cents"], strict=True)),
        row["factors"],
        row["total_cents"],
    )


def _unsealed(state: str) -> str:
    if state == "void":
        return "The phase was called off before it was closed; it has no seal."
    return f"The phase is {state}; its tickets are sealed at the closing."
