"""What the draws pay, worked out again from the bets that stand."""

from collections.abc import AsyncGenerator
from typing import Any

from banker.books.verify import ahead
from banker.books.verify.disagreement import UNREADABLE, Disagreement
from banker.books.verify.scope import Scope
from banker.database import Connection, queries
from banker.rules import prize
from banker.rules.number import label
from banker.rules.prize import Prizes

_settlement = queries("verify/settlement")


async def payouts(connection: Connection, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each winning bet of a settled phase is paid what the draw says, and no other bet is paid."""
    async for drawn in _settlement.read_draws(connection, phases=scope.phases):
        phase = f"phase {drawn['phase_id']}"
        try:
            prizes = Prizes(
                drawn["straight"], drawn["permutation"], drawn["near"], drawn["near_wraps"]
            )
            won = prize.multipliers(prizes, drawn["number"])
        except UNREADABLE as error:
            yield phase, f"what {drawn['number']} wins cannot be worked out: {error}"
            continue
        cursor = _settlement.read_winners_cursor(
            connection, phase_id=drawn["phase_id"], numbers=sorted(won)
        )
        async with ahead.rows(cursor) as rows:
            async for row in rows:
                wrong = _wrong(row, won)
                if wrong:
                    bet = f"{label(row['number'])} of ticket {row['sequence']}"
                    yield f"payout on {bet} of {phase}", wrong


def _wrong(row: Any, won: dict[int, Any]) -> str | None:
    if row["staked"] is None:
        return f"{row['paid']} is paid on a bet that does not stand or does not win"
    multiplier = won[row["number"]]
    try:
        expected = prize.payout(row["staked"], row["factor"], multiplier)
    except UNREADABLE as error:
        return f"it cannot be worked out: {error}"
    if row["paid"] is None:
        return f"nothing is recorded; {row['staked']} won {expected}"
    if (row["paid"], row["multiplier"]) != (expected, multiplier):
        return (
            f"{row['paid']} is paid at {row['multiplier']}; {row['staked']} won {expected} "
            f"at {multiplier}"
        )
    return None
