"""What the draws pay, worked out again from the bets that stand."""

from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from banker.books.verify import ahead
from banker.books.verify.disagreement import UNREADABLE, Disagreement
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Scope
from banker.database import queries
from banker.rules import prize
from banker.rules.commission import share_of
from banker.rules.number import label
from banker.rules.prize import Prizes

_settlement = queries("verify/settlement")
_earning = queries("verify/earning")


async def payouts(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each winning bet is paid what its draw says, and no other bet is paid; by each draw of a
    phase, those too that were put right."""
    async with moments() as connection:
        draws = [row async for row in _settlement.read_draws(connection, phases=scope.phases)]
    for drawn in draws:
        phase = f"phase {drawn['phase_id']}"
        if drawn["revision"] > 1:
            phase += f", draw {drawn['revision']}"
        try:
            prizes = Prizes(
                drawn["straight"], drawn["permutation"], drawn["near"], drawn["near_wraps"]
            )
            won = prize.multipliers(prizes, drawn["number"])
        except UNREADABLE as error:
            yield phase, f"what {drawn['number']} wins cannot be worked out: {error}"
            continue
        async with (
            moments() as connection,
            ahead.rows(
                _settlement.read_winners_cursor(
                    connection,
                    phase_id=drawn["phase_id"],
                    revision=drawn["revision"],
                    numbers=sorted(won),
                )
            ) as rows,
        ):
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


async def earnings(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
    """Each partner has earned by each draw what their tickets, the share and the rate make."""
    async with moments() as connection:
        rows = [row async for row in _earning.read_earnings(connection, phases=scope.phases)]
    for row in rows:
        name = f"earning of user {row['partner_id']} by draw {row['revision']} of phase "
        try:
            wrong = _differing(row)
        except UNREADABLE as error:
            wrong = f"it cannot be worked out: {error}"
        if wrong:
            yield f"{name}{row['phase_id']}", wrong


def _differing(row: Any) -> str | None:
    if row["earned"] is None:
        return f"nothing is recorded of {row['expected_ticket_count']} tickets"
    if row["expected_stakes"] is None:
        return f"{row['earned']} is recorded, and no ticket is of this partner"
    expected = share_of(
        row["expected_stakes"],
        row["expected_payouts"],
        row["share_percentage"],
        row["commission_rate"],
    )
    figures = {
        **msgspec.structs.asdict(expected),
        "collector_count": row["expected_collector_count"],
        "ticket_count": row["expected_ticket_count"],
        "amount": expected.earned - row["paid_before"],
    }
    for figure, right in figures.items():
        if row[figure] != right:
            return f"{figure} is {row[figure]}, expected is {right}"
    if row["status"] == ("replaced" if row["is_last"] else "pending"):
        return f"it is {row['status']}, and the draw {'counts' if row['is_last'] else 'does not'}"
    if row["status"] == "pending" and row["amount"] == 0:
        return "it waits to be paid, and is nothing"
    return None
