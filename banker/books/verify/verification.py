"""A run of `verify` that leaves its outcome behind, and a checkpoint for the next."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from banker.books.verify import CHECKS, Finding, checkpoint, verify
from banker.database import Connection, Pool, queries, reading, transaction

CHECK_COUNT = len(CHECKS)

_checkpoint = queries("verify/checkpoint")


class Verification(msgspec.Struct, frozen=True):
    """A verification and what it found. Where that is nothing, no later one needs to look at the
    transfers up to `up_to`. Of `account_count` purses `equal_count` hold what their entries say."""

    started_at: datetime
    finished_at: datetime
    whole: bool
    up_to: int
    account_count: int
    equal_count: int
    findings: list[Finding]


async def run(
    pool: Pool, whole: bool, say: Callable[[str, int], None] | None = None
) -> Verification:
    """Verify the whole books, or what came since the last checkpoint (the whole without one).

    It reads at one moment, without a lock, and writes down the outcome afterwards. `say` is told of
    each check as `verify` tells it, `CHECK_COUNT` times.
    """
    async with reading(pool) as connection, _beside(pool, connection) as beside:
        since = None if whole else await checkpoint.last(connection)
        seen = await checkpoint.survey(connection, since)
        findings = await verify(connection, say, since, beside)
    async with transaction(pool) as connection:
        verified = Verification(
            started_at=seen.at,
            finished_at=await _checkpoint.now(connection),
            whole=since is None,
            up_to=seen.up_to,
            account_count=seen.account_count,
            equal_count=seen.equal_count,
            findings=findings,
        )
        if not findings:
            await checkpoint.keep(connection, seen)
        await _checkpoint.write_verification(
            connection,
            started_at=verified.started_at,
            finished_at=verified.finished_at,
            whole=verified.whole,
            up_to=verified.up_to,
            position=seen.position,
            account_count=verified.account_count,
            equal_count=verified.equal_count,
            findings=msgspec.json.encode(findings).decode(),
        )
    return verified


@asynccontextmanager
async def _beside(pool: Pool, connection: Connection) -> AsyncIterator["Connection | None"]:
    """Another connection that sees the same moment, where the pool can spare one."""
    if pool.get_max_size() < 2:
        yield None
        return
    snapshot = await connection.fetchval("select pg_export_snapshot()")
    async with reading(pool) as beside:
        await beside.execute(f"set transaction snapshot '{snapshot}'")
        yield beside
