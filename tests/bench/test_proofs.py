"""Proofs out of a large phase, and how much of it they read."""

import random
from uuid import UUID

from banker.bench.fill import fill
from banker.bench.ground import Ground
from banker.books import proof, settlement
from banker.books.trunk import RUN, Trunks
from banker.books.verify import phase_seal
from banker.database import reading, transaction
from tests.proving import holds

TICKETS = 5 * RUN + 77


async def test_tickets_of_a_large_phase_are_proven(ground: Ground) -> None:
    opened = await ground.open_phase("large")
    await fill(ground, opened.id, 2 * TICKETS, lines=2)
    async with transaction(ground.pool) as connection:
        closed = await settlement.close(connection, opened.id, ground.manager.id)
    edges = {1, RUN, RUN + 1, 4 * RUN, 5 * RUN, 5 * RUN + 1, TICKETS}
    sequences = sorted(edges | set(random.Random(1).sample(range(1, TICKETS), 40)))
    trunks = Trunks()
    async with reading(ground.pool) as connection:
        rows = await connection.fetch(
            "select id from tickets where phase_id = $1 and sequence = any($2) order by sequence",
            opened.id,
            sequences,
        )
        for sequence, row in zip(sequences, rows, strict=True):
            proven = await proof.prove(connection, trunks, UUID(str(row["id"])))
            assert (proven.index, proven.size) == (sequence - 1, TICKETS)
            assert proven.holds
            assert holds(proven, closed.seal)
            assert len(proven.path) <= 12
        checked = await phase_seal.check(connection, opened.id, bytes.fromhex(closed.seal))
    assert (checked.found, checked.ticket_count) == (0, TICKETS)
