"""What a batch of judged slips leaves in the books, set-wise: the money moved, the tickets, and the
liability of their numbers."""

from banker.books import exposure
from banker.books.judgement import Judge, Placed
from banker.database import Connection
from banker.rules import seal

# In the order of `_row`.
_COLUMNS = (
    "phase_id",
    "sequence",
    "id",
    "collector_id",
    "partner_id",
    "key",
    "fingerprint",
    "text",
    "note",
    "numbers",
    "cents",
    "factors",
    "total",
    "bet_count",
    "commission_rate",
    "commission",
    "balance_after",
    "transfer_id",
    "leaf",
    "placed_at",
)


async def write(connection: Connection, judge: Judge) -> None:
    """Write what the judge took; the totals' version counts one further."""
    transfer_ids = await judge.journal.write(connection)
    await connection.copy_records_to_table(
        "tickets",
        columns=_COLUMNS,
        records=[
            _row(judge, placed, transfer_ids[placed.transfer_place]) for placed in judge.placed
        ],
    )
    judge.totals.version += 1
    await exposure.write(connection, judge.phase.id, judge.totals, judge.raised())


def _row(judge: Judge, placed: Placed, transfer_id: int) -> tuple[object, ...]:
    slip, collector = placed.slip, placed.collector
    return (
        judge.phase.id,
        placed.sequence,
        placed.ticket_id,
        slip.collector_id,
        collector["partner_id"],
        slip.key,
        slip.fingerprint,
        slip.text,
        slip.note,
        [*slip.stakes],
        [*slip.stakes.values()],
        placed.factors,
        placed.total,
        len(slip.stakes),
        placed.commission_rate,
        placed.commission,
        placed.balance_after,
        transfer_id,
        seal.leaf(
            judge.phase.id,
            placed.sequence,
            placed.ticket_id,
            slip.collector_id,
            judge.phase.now,
            slip.stakes,
            placed.factors,
            placed.total_cents,
        ),
        judge.phase.now,
    )
