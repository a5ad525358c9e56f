"""Whether the books agree with themselves: what `banker verify` asks.

Sums and belongings are named queries in `sql/verify/`, set-wise; what has a rule of its own
(rounding, leaves, seals, prizes, answers, the chain) is worked out again from the rules, row by row
over a cursor. Damaged rows are reported, never raised. From a checkpoint on, only what came since
is gone over (`scope`); the few checks over small tables always go over all of them.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing

import asyncpg
import msgspec

from banker.books.verify import answers, checkpoint, draws, exposures, links, moment, tickets
from banker.books.verify.disagreement import FEW, UNREADABLE, Disagreement
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Checkpoint, Scope
from banker.database import Connection, Pool, queries, reading

Check = Callable[[Moments, Scope], AsyncGenerator[Disagreement, None]]


class Finding(msgspec.Struct, frozen=True):
    """A row that disagrees, in words: which check, which row, what was expected and found."""

    check: str
    row: str
    detail: str


async def verify(
    connection: Connection,
    say: Callable[[str, int], None] | None = None,
    since: Checkpoint | None = None,
) -> list[Finding]:
    """Every check, in one transaction that sees one moment (`database.reading`); nothing found
    means that the books agree. From a checkpoint, of what came `since`.

    Names the first few rows of each check. `say` is told each check's name and the number of its
    findings as soon as it is done. Lifts the time limits of the transaction it is given.
    """
    scope = await checkpoint.scope(connection, since)
    return in_order(await go_over(moment.one(connection), CHECKS, scope, say))


async def go_over(
    moments: Moments,
    names: Iterable[str],
    scope: Scope,
    say: Callable[[str, int], None] | None = None,
) -> dict[str, list[Finding]]:
    """Some checks, each at its moments, one after another; what each found."""
    found = {}
    for name in names:
        found[name] = await _findings(moments, name, CHECKS[name], scope)
        if say is not None:
            say(name, len(found[name]))
    return found


def in_order(found: Mapping[str, list[Finding]]) -> list[Finding]:
    """What all checks found, in their order."""
    return [finding for name in CHECKS for finding in found[name]]


async def verified(pool: Pool) -> list[Finding]:
    """The same, as the books stand now."""
    async with reading(pool) as connection:
        return await verify(connection)


async def _findings(moments: Moments, name: str, check: Check, scope: Scope) -> list[Finding]:
    found: list[Finding] = []
    try:
        async with aclosing(check(moments, scope)) as rows:
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
        async def ask(moments: Moments, scope: Scope) -> AsyncGenerator[Disagreement, None]:
            # Each query takes of these what it names.
            arguments = {"few": FEW, **msgspec.structs.asdict(scope)}
            async with moments() as connection:
                rows = [row async for row in getattr(named, name)(connection, **arguments)]
            for row in rows:
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
    **_asked("exposure", "exposure_rows"),
    "exposures": exposures.exposures,
    **_asked("exposure", "phase_totals"),
    **_asked("settlement", "phase_states", "settlement_rows", "settlement_sums"),
    **_asked("settlement", "settlement_draws", "early_payments"),
    "seals": tickets.seals,
    "payouts": draws.payouts,
    **_asked("payment", "payout_transfers", "commissions", "commission_transfers"),
    **_asked("payment", "unclaimed_payments"),
    **_asked("draw", "draws", "compensations", "resettlements"),
    "earnings": draws.earnings,
    **_asked("earning", "earning_sums", "earning_transfers", "partner_totals"),
    **_asked("month", "house_months", "collector_months", "number_months"),
    **_asked("request", "unbound_requests", "stray_requests", "desk_answers", "desk_requests"),
    "desk_receipts": answers.counted,
    **_asked("desk", "desk_transfers", "reversals", "debts", "drawers", "drawerless"),
    **_asked("bonus", "bonuses", "worked_off", "bonus_reversals"),
    **_asked("bonus_end", "bonus_ends"),
    **_asked("correction", "corrections"),
    **_asked("chain", "links", "unsealed"),
    "link_hashes": links.link_hashes,
}

# What reads the checkpoint itself, which another verification may move on meanwhile: asked at the
# moment at which the checkpoint was found.
FROM_CHECKPOINT = (
    "balances",
    "entry_sequences",
    "balance_chain",
    "all_money",
    "told_balances",
)

# What is gone over side by side where there is a hurry: what takes long in Python, and the rest.
LANES = (("leaves", "seals"), ("link_hashes", "exposures"))
