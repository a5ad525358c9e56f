"""Whether a closed phase is still what was sealed: what `banker verify --phase` asks.

Every leaf is worked out anew from its ticket, and the tree, the voided tickets and the seal anew
from the leaves. What comes of it is held against the settlement row, against what the trail was
told at the closing, and against the seal that was published: who can rewrite ticket, leaf, root and
seal alike would have to rewrite the chain of hashes too, and every notice on paper.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from banker.books.verify import Finding, moment, noted
from banker.books.verify.noted import Closing
from banker.books.verify.phase_walk import Say, Walk
from banker.database import Connection, queries
from banker.errors import NotFound, WrongState

_seal = queries("verify/seal")


class Checked(msgspec.Struct, frozen=True):
    """What the tickets of a phase come to now, all of them `ticket_count`, those that stand as
    `closing` counts them; and what disagrees: of `found` findings the first are named."""

    phase_id: int
    ticket_count: int
    closing: Closing
    findings: list[Finding]
    found: int


async def check(
    connection: Connection, phase_id: int, published: bytes | None = None, say: Say | None = None
) -> Checked:
    """Check a phase at the one moment that the connection sees (`database.reading`). `say` is told
    now and then how many tickets were gone over. Lifts the time limits of its transaction. Raises
    `NotFound`, and `WrongState` for a phase that was not closed."""
    async with moment.one(connection)() as at:
        row = await _seal.read_closing(at, phase_id=phase_id)
        if row is None:
            raise NotFound(what="phase")
        settled = None if row["closed_at"] is None else _of_row(row)
        told, wrong = await noted.read(at, phase_id, row["phase_closed_at"])
        closed_at = _first(settled, row["phase_closed_at"], told)
        if closed_at is None:
            raise WrongState(
                f"Phase {phase_id} is {row['state']}; it was not closed, and has no seal."
            )
        walk = Walk(phase_id, closed_at, row["state"] == "void")
        await walk.go(at, say)
    walk.end(row["last_sequence"] or 0)
    _compare(walk, f"phase {phase_id}", row, settled, told, wrong)
    now = walk.closing()
    if published is not None and published != now.seal:
        walk.find(
            f"published seal of phase {phase_id}",
            f"it is {published.hex()}; the tickets make {now.seal.hex()}",
        )
    return Checked(phase_id, walk.ticket_count, now, walk.findings, walk.found)


def _compare(
    walk: Walk,
    phase: str,
    row: Any,
    settled: Closing | None,
    told: Closing | None,
    wrong: list[str],
) -> None:
    now = walk.closing()
    if settled is None:
        walk.find(phase, f"it is {row['state']}, and its settlement is missing")
    elif settled.closed_at != row["phase_closed_at"]:
        walk.find(phase, f"closed at {row['phase_closed_at']}, its settlement {settled.closed_at}")
    for one in wrong:
        walk.find(f"trail of {phase}", one)
    for name, said in ((f"settlement of {phase}", settled), (f"trail of {phase}", told)):
        for difference in _differences(said, now):
            walk.find(name, difference)


def _differences(said: Closing | None, now: Closing) -> Iterator[str]:
    """What was said of the closing and is not what the tickets make, figure by figure."""
    for name in () if said is None else Closing.__struct_fields__:
        then, here = getattr(said, name), getattr(now, name)
        if then != here:
            yield f"{name} is {_shown(then)}; the tickets make {_shown(here)}"


def _first(settled: Closing | None, phase_closed_at: Any, told: Closing | None) -> datetime | None:
    """When the phase was closed, as the first says who says anything."""
    if settled is not None:
        return settled.closed_at
    if phase_closed_at is not None or told is None:
        return phase_closed_at  # type: ignore[no-any-return]
    return told.closed_at


def _of_row(row: Any) -> Closing:
    return Closing(**{name: row[name] for name in Closing.__struct_fields__})


def _shown(figure: object) -> str:
    if isinstance(figure, bytes):
        return figure.hex()
    return figure.isoformat() if isinstance(figure, datetime) else str(figure)
