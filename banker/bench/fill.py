"""A phase full of tickets in a moment: set-wise, as the owner, in the shape that placement writes.

The tickets repeat a few hundred slips, so that Postgres has little to work out for each. All that
the bench knows of the columns of the books is in `sql/bench.sql`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import asyncpg

from banker.bench import slips
from banker.bench.ground import Ground
from banker.database import Connection, queries
from banker.rules import notation
from banker.rules.money import cents_text
from banker.rules.number import NUMBERS, label

PATTERNS = 256
BETS_A_BATCH = 200_000

Stakes = dict[int, int]  # cents by number, in number order

_bench = queries("bench")


async def fill(
    ground: Ground,
    phase_id: int,
    bets: int,
    lines: int = 50,
    winners: int | None = None,
    number: int | None = None,
) -> None:
    """Add so many bets to an open phase, on tickets of `lines` numbers (the last may hold fewer) of
    the ground's collectors in turn.

    With `winners`, exactly so many of the tickets hold `number`. The collectors must not send
    slips meanwhile: their purses are held. `banker verify` finds nothing to say against it.
    """
    tickets = -(-bets // lines)
    short = bets - (tickets - 1) * lines
    connection = await asyncpg.connect(ground.settings.owner_url)
    try:
        await _bench.make_ready(connection)
        for place, pattern in enumerate(_patterns(lines, short, winners, number)):
            await _insert_pattern(connection, place, pattern)
        a_batch = max(BETS_A_BATCH // lines, 1)
        for first in range(1, tickets + 1, a_batch):
            last = min(first + a_batch - 1, tickets)
            async with connection.transaction():
                await _fill_batch(connection, ground, phase_id, first, last, tickets, winners or 0)
        await _bench.tidy(connection)
    finally:
        await connection.close()


async def _fill_batch(
    connection: Connection,
    ground: Ground,
    phase_id: int,
    first: int,
    last: int,
    tickets: int,
    winners: int,
) -> None:
    collector_ids = [one.id for one in ground.collectors]
    last_sequence = await _bench.hold_totals(connection, phase_id=phase_id)
    _ = [row async for row in _bench.hold_purses(connection, collector_ids=collector_ids)]
    await _bench.draw_up(
        connection,
        collector_ids=collector_ids,
        patterns=PATTERNS,
        last_sequence=last_sequence,
        first=first,
        last=last,
        ticket_count=tickets,
        winner_count=winners,
        placed_at=datetime.now(UTC),
    )
    await _bench.fill_transfers(connection, phase_id=phase_id)
    await _bench.fill_entries(connection)
    await _bench.fill_tickets(connection, phase_id=phase_id)
    await _bench.fill_balances(connection)
    await _bench.fill_exposures(connection, phase_id=phase_id)
    await _bench.fill_totals(connection, phase_id=phase_id)
    await _bench.clear_batch(connection)


def _patterns(lines: int, short: int, winners: int | None, number: int | None) -> Iterator[Stakes]:
    """The slips that do not hold the winning number, as many that do, and the last of all, which
    is a winner where there is one."""
    read = [notation.parse(text).stakes for text in slips.texts(PATTERNS, lines)]
    last = dict(list(read[0].items())[:short])
    if winners is None:
        yield from (*read, *read, last)
        return
    assert number is not None, "winners need a winning number"
    assert lines < len(NUMBERS), "a slip of all numbers cannot but win"
    yield from (_without(number, stakes) for stakes in read)
    yield from (_with(number, stakes) for stakes in read)
    yield _with(number, last) if winners else _without(number, last)


def _with(number: int, stakes: Stakes) -> Stakes:
    if number in stakes:
        return stakes
    (_, cents), *others = stakes.items()
    return dict(sorted([(number, cents), *others]))


def _without(number: int, stakes: Stakes) -> Stakes:
    free = next(one for one in NUMBERS if one != number and one not in stakes)
    return dict(sorted((free if one == number else one, stakes[one]) for one in stakes))


async def _insert_pattern(connection: Connection, place: int, stakes: Stakes) -> None:
    await _bench.insert_pattern(
        connection,
        place=place,
        total_cents=sum(stakes.values()),
        text="\n".join(f"{label(number)} {cents // 100}" for number, cents in stakes.items()),
        leaf=",".join(
            f"{label(number)}:{cents_text(cents)}:1.00" for number, cents in stakes.items()
        ),
        numbers=[*stakes],
        cents=[*stakes.values()],
    )
