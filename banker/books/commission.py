"""What a phase has earned those who brought its bets: the collectors, and their partners."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from banker.database import Connection, queries
from banker.rules.commission import Share, share_of
from banker.rules.money import ZERO

_commission = queries("commission")


class Taken(msgspec.Struct, frozen=True):
    """What one collector's standing tickets came to; `commission` is what they have earned."""

    collector_id: int
    username: str
    ticket_count: int
    bet_count: int
    total_in: Decimal
    commission: Decimal


class Earned(msgspec.Struct, frozen=True):
    """What one partner's tickets came to, and the terms by which that is shared."""

    partner_id: int
    username: str
    collector_count: int
    ticket_count: int
    share_percentage: Decimal
    commission_rate: Decimal
    share: Share


async def taken(connection: Connection, phase_id: int) -> tuple[Taken, ...]:
    """The collectors of a phase, by their numbers."""
    rows = _commission.read_taken(connection, phase_id=phase_id)
    return tuple([Taken(**row) async for row in rows])


async def earned(
    connection: Connection, phase_id: int, paid: Mapping[int, Decimal]
) -> tuple[Earned, ...]:
    """What the partners of a phase earn where so much is `paid` on the tickets of each. Share and
    rate are those of the phase's first draw, else those of now."""
    rows = _commission.read_brought(connection, phase_id=phase_id)
    return tuple(
        [
            Earned(
                partner_id=row["partner_id"],
                username=row["username"],
                collector_count=row["collector_count"],
                ticket_count=row["ticket_count"],
                share_percentage=row["share_percentage"],
                commission_rate=row["commission_rate"],
                share=share_of(
                    row["stakes"],
                    paid.get(row["partner_id"], ZERO),
                    row["share_percentage"],
                    row["commission_rate"],
                ),
            )
            async for row in rows
        ]
    )


async def hold_partners(connection: Connection, earnings: Iterable[Earned]) -> None:
    """The totals of some partners, made where there are none, and held until commit: who is paid
    meanwhile waits, or was waited for."""
    ids = sorted(one.partner_id for one in earnings)
    await _commission.open_totals(connection, partner_ids=ids)
    await _commission.hold_totals(connection, partner_ids=ids)


async def record(
    connection: Connection, phase_id: int, revision: int, earnings: Sequence[Earned]
) -> None:
    """A row a partner for a draw. What an earlier draw left unpaid is replaced by it; what was paid
    counts against it. The partners' totals are held, and follow."""
    if not earnings:
        return
    await _commission.replace_earnings(connection, phase_id=phase_id)
    shares = [one.share for one in earnings]
    await _commission.insert_earnings(
        connection,
        phase_id=phase_id,
        revision=revision,
        partner_ids=[one.partner_id for one in earnings],
        collector_counts=[one.collector_count for one in earnings],
        ticket_counts=[one.ticket_count for one in earnings],
        share_percentages=[one.share_percentage for one in earnings],
        commission_rates=[one.commission_rate for one in earnings],
        **{name: [getattr(share, name) for share in shares] for name in Share.__struct_fields__},
    )
    await _commission.count_earned(connection, phase_id=phase_id, revision=revision)


async def hold_waiting(connection: Connection, partner_id: int) -> Decimal:
    """What waits to be paid to a partner, held until commit; below zero where more was paid than
    the last draws left."""
    await _commission.hold_totals(connection, partner_ids=[partner_id])
    waiting: Decimal = await _commission.sum_waiting(connection, partner_id=partner_id)
    return waiting


async def mark_paid(
    connection: Connection, partner_id: int, transfer_id: int, amount: Decimal
) -> None:
    """All that waited was paid by a transfer; the totals are held."""
    await _commission.mark_paid(connection, partner_id=partner_id, transfer_id=transfer_id)
    await _commission.count_paid(connection, partner_id=partner_id, amount=amount)
