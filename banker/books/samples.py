"""The monitor's figures: how the house stands now, and how it stood in each of the last minutes.

Some figures are the house's, sampled by the job of that name; others are each worker's own.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from banker.books.verify import Finding
from banker.database import Connection, queries

_samples = queries("samples")

# The house's figures.
UPDATES = "balance updates"
CONSISTENCY = "consistency"
SEAL_LAG_ROWS = "seal lag rows"
SEAL_LAG_S = "seal lag seconds"
VERIFIED_AGO_S = "verified seconds ago"
FINDINGS = "findings"
# Kept beside them, to know what came since.
UPDATE_COUNT = "update count"

# Each worker's: of the first two the most in a minute is kept, of the others the sum. A refusal's
# figure is followed by its code.
SCREEN_DELAY_MS = "screen delay"
QUEUE = "queue"
DUPLICATES = "duplicates"
REFUSED = "refused "
MOSTS = (SCREEN_DELAY_MS, QUEUE)

MINUTES = 60
HOLD = 61_000_003


class Standing(msgspec.Struct, frozen=True):
    """How the house stands now.

    `seal_lag_rows` are entries and audit rows that are not sealed yet, `seal_lag_s` the age of the
    oldest. `consistency` is the share (0 to 1) of accounts that the last verification found equal
    to their entries; `finding_count` are the findings that still count. What is not known is None:
    before the first verification the last four.
    """

    seal_lag_rows: int | None
    seal_lag_s: float | None
    verified_at: datetime | None
    verified_ago_s: float | None
    consistency: float | None
    finding_count: int | None


class Verified(msgspec.Struct, frozen=True):
    """A verification that was done, of the whole books or of what was new, and what it found."""

    id: int
    started_at: datetime
    finished_at: datetime
    whole: bool
    account_count: int
    equal_count: int
    findings: list[Finding]


async def standing(connection: Connection) -> Standing:
    """How the house stands now, from the books."""
    return Standing(**await _samples.read_standing(connection))


async def sample(connection: Connection) -> None:
    """Keep the house's figures of this moment, and what has changed since the last one."""
    await _samples.hold_sampling(connection, key=HOLD)
    count = await _samples.read_update_count(connection)
    last = await _samples.read_last_update_count(connection)
    updates = 0 if last is None else max(0, count - last)
    await _samples.keep_samples(
        connection, worker="", figures=[UPDATES], values=[updates], mosts=[]
    )
    now = await standing(connection)
    figures = {
        UPDATE_COUNT: count,
        SEAL_LAG_ROWS: now.seal_lag_rows,
        SEAL_LAG_S: now.seal_lag_s,
        CONSISTENCY: now.consistency,
        VERIFIED_AGO_S: now.verified_ago_s,
        FINDINGS: now.finding_count,
    }
    known = {figure: float(value) for figure, value in figures.items() if value is not None}
    await _samples.set_samples(connection, figures=list(known), values=list(known.values()))


async def keep(connection: Connection, worker: str, figures: Mapping[str, float]) -> None:
    """Keep what a worker has counted since it last did."""
    await _samples.keep_samples(
        connection,
        worker=worker,
        figures=list(figures),
        values=list(figures.values()),
        mosts=list(MOSTS),
    )


async def by_minute(connection: Connection) -> dict[str, dict[int, float]]:
    """Each figure of the last hour by its minute's age, over all workers; 0 is the present one."""
    found: dict[str, dict[int, float]] = {}
    async for row in _samples.read_minutes(connection, count=MINUTES + 1, mosts=[SCREEN_DELAY_MS]):
        found.setdefault(row["figure"], {})[row["age"]] = row["value"]
    return found


async def verifications(connection: Connection, count: int) -> list[Verified]:
    """The last verifications, the newest first, and the last whole one."""
    return [
        Verified(**{**row, "findings": msgspec.json.decode(row["findings"], type=list[Finding])})
        async for row in _samples.list_verifications(connection, count=count)
    ]


async def forget(connection: Connection, kept_for: timedelta, count: int) -> int:
    """Forget some of the figures that are older; how many."""
    return int(await _samples.forget_samples(connection, kept_for=kept_for, count=count))
