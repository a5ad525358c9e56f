"""Whether the books agree with themselves: what `banker verify` asks.

Sums and belongings are named queries in `sql/verify/`, set-wise; what has a rule of its own
(rounding, leaves, seals, prizes, answers) is worked out again from the rules, row by row over a
cursor. Damaged rows are reported, never raised.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import asyncpg
import msgspec

from banker.books.verify import answers, draws, tickets
from banker.books.verify.disagreement import UNREADABLE, Disagreement
from banker.database import Connection, Pool, queries, reading

# How many disagreeing rows a check names, the first ones; the cause is seldom in the thousandth.
FEW = 3

# Every query goes over whole tables. Sums have no statistics, so that the planner takes them for
# small and joins by nested loops, which cost a minute where hashing takes a tenth of a second.
_SETTINGS = """
set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0;
set local enable_nestloop = off;
set local work_mem = '64MB'
"""

Check = Callable[[Connection], AsyncGenerator[Disagreement, None]]


class Finding(msgspec.Struct, frozen=True):
    """A row that disagrees, in words: which check, which row, what was expected and found."""

    check: str
    row: str
    detail: str


async def verify(
    connection: Connection, say: Callable[[str, int], None] | None = None
) -> list[Finding]:
    """Every check, in one transaction that sees one moment (`database.reading`); nothing found
    means that the books agree.

    Names the first few rows of each check. `say` is told each check's name and the number of its
    findings as soon as it is done. Lifts the time limits of the transaction it is given.
    """
    await connection.execute(_SETTINGS)
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        found = await _findings(connection, name, check)
        findings += found
        if say is not None:
            say(name, len(found))
    return findings


async def verified(pool: Pool) -> list[Finding]:
    """The same, as the books stand now."""
    async with reading(pool) as connection:
        return await verify(connection)


async def _findings(connection: Connection, name: str, check: Check) -> list[Finding]:
    found: list[Finding] = []
    try:
        # A savepoint: a check that Postgres itself refuses must not end the checks after it.
        async with connection.transaction(), aclosing(check(connection)) as rows:
            async for row, detail in rows:
                found.append(Finding(name, row, detail))
                if len(found) == FEW:
                    break
    except (asyncpg.DataError, asyncpg.InternalServerError, *UNREADABLE) as error:
        found.append(Finding(name, "all rows", f"cannot be checked: {error}"))
    return found


def _asked(noun: str, *names: str) -> dict[str, Check]:
    """Checks that are a query alone: each row that it answers disagrees."""
    named = queries(f"verify/{noun}")

    def check(name: str) -> Check:
        async def ask(connection: Connection) -> AsyncGenerator[Disagreement, None]:
            async for row in getattr(named, name)(connection, few=FEW):
                yield row["row"], row["detail"]

        return ask

    return {name: check(name) for name in names}


CHECKS: dict[str, Check] = {
    **_asked("ledger", "balances", "entry_sequences", "balance_chain", "house_accounts"),
    **_asked("purse", "floors", "overdrafts", "purses", "purse_owners"),
    **_asked("ledger", "transfers", "transfer_kinds", "stray_transfers", "stray_entries"),
    **_asked("ledger", "all_money"),
    **_asked("bet", "ticket_totals", "ticket_numbers", "ticket_stakes", "ticket_factors"),
    **_asked("ticket", "stray_tickets", "ticket_keys", "ticket_sequences", "ticket_times"),
    **_asked("ticket", "stakes", "stake_transfers", "told_balances"),
    "ticket_commissions": tickets.commissions,
    "leaves": tickets.leaves,
    **_asked("void", "voids", "refunds", "void_transfers", "void_times", "void_phases"),
    **_asked("exposure", "exposure_rows", "exposures", "phase_totals"),
    **_asked("settlement", "phase_states", "settlement_rows", "settlement_sums"),
    **_asked("settlement", "settlement_draws", "early_payments"),
    "seals": tickets.seals,
    "payouts": draws.payouts,
    **_asked("payment", "payout_transfers", "commissions", "commission_transfers"),
    **_asked("payment", "unclaimed_payments"),
    **_asked("request", "unbound_requests", "stray_requests", "desk_answers", "desk_requests"),
    "desk_receipts": answers.counted,
}
