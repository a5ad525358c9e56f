"""The books as tables that leave the house: row after row, all of one moment."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from banker.books import people
from banker.books import phase as phases
from banker.database import Connection, queries

_export = queries("export")

What: TypeAlias = Literal[
    "entries", "transfers", "tickets", "settlement", "statements", "statement"
]
Kind: TypeAlias = Literal["figure", "money", "text", "word"]
Row: TypeAlias = Sequence[str | None]

BATCH_ROWS = 500
# The text of a slip is long.
BATCH_TICKETS = 100
# Finding the first rows may mean sorting all of them.
PATIENCE_S = 600.0
# How long a transaction may wait for a client who takes nothing; its moment holds old rows back.
STALL_S = 90.0


class Column(NamedTuple):
    """A column. Its cells are text already: a `figure` is a plain number, `money` has two decimals,
    `text` was written by people, a `word` by the house."""

    name: str
    kind: Kind


class Chosen(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which rows: of a phase, of a person's purses or tickets, from a moment on, before another."""

    phase_id: int | None = None
    user_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


_KINDS: dict[str, Kind] = {
    **dict.fromkeys(
        ("transfer_id", "phase_id", "account_id", "user_id", "actor_id", "collector_id",
         "partner_id", "shift_id", "approval_id", "reverses_id", "sequence", "count",
         "ticket_count", "bet_count", "void_count", "payout_count", "commission_rate",
         "draw"),
        "figure",
    ),
    **dict.fromkeys(
        ("amount", "balance_after", "undone", "total", "total_in", "total_out", "commission",
         "net_profit", "partner_earnings", "result", "returned", "taken_back", "debt",
         "from_cash", "from_bonus",
         "from_credit", "to_cash", "to_credit", "cash_balance", "bonus_balance", "credit_balance"),
        "money",
    ),
    **dict.fromkeys(
        ("phase", "username", "actor", "collector", "partner", "note", "text", "voided_by",
         "closed_by", "settled_by", "source"),
        "text",
    ),
}  # fmt: skip


def _columns(names: str) -> tuple[Column, ...]:
    return tuple(Column(name, _KINDS.get(name, "word")) for name in names.split())


COLUMNS: dict[What, tuple[Column, ...]] = {
    "entries": _columns(
        "transfer_id reason phase_id phase account_id account user_id username amount "
        "balance_after sequence actor_id actor note created_at"
    ),
    "transfers": _columns(
        "transfer_id reason amount user_id username phase_id phase actor_id actor note shift_id "
        "approval_id reverses_id forced undone created_at"
    ),
    "tickets": _columns(
        "phase_id phase sequence id collector_id collector partner_id partner state bets count "
        "total commission_rate commission balance_after transfer_id text note placed_at voided_at "
        "voided_by"
    ),
    "settlement": _columns(
        "phase_id phase state number total_in total_out commission net_profit ticket_count "
        "bet_count payout_count tree_root seal closed_by closed_at settled_by settled_at draw "
        "source partner_earnings"
    ),
    "statements": _columns(
        "phase_id phase state number collector_id collector ticket_count bet_count void_count "
        "total_in from_cash from_bonus from_credit returned commission total_out to_cash to_credit "
        "result taken_back debt cash_balance bonus_balance credit_balance"
    ),
    "statement": _columns(
        "phase_id phase number collector_id collector sequence id state placed_at count total "
        "from_cash from_bonus from_credit commission_rate commission total_out to_cash to_credit "
        "voided_at"
    ),
}


async def note(connection: Connection, what: What, form: str, chosen: Chosen) -> None:
    """Write into the trail that rows are about to leave. Raises `NotFound` for a phase or a person
    that there is not."""
    if chosen.phase_id is not None:
        await phases.read(connection, chosen.phase_id)
    if chosen.user_id is not None:
        await people.read(connection, chosen.user_id)
    told = {"form": form, **msgspec.to_builtins(chosen)}
    await _export.note_export(connection, what=what, chosen=msgspec.json.encode(told).decode())


async def batches(
    connection: Connection, what: What, chosen: Chosen
) -> AsyncGenerator[list[Row], None]:
    """The rows that are chosen, a few hundred at a time, by the cursor of a transaction."""
    await _export.begin_export(
        connection, patience_ms=f"{PATIENCE_S * 1000:.0f}", stall_ms=f"{STALL_S * 1000:.0f}"
    )
    count = BATCH_TICKETS if what == "tickets" else BATCH_ROWS
    ask = getattr(_export, f"list_{what}_cursor")
    async with ask(connection, **msgspec.structs.asdict(chosen)) as opening:
        cursor = await opening
        while rows := await cursor.fetch(count, timeout=PATIENCE_S):
            yield rows
