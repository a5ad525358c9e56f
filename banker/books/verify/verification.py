"""A run of `verify` that leaves its outcome behind, and a checkpoint for the next."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from banker.books.verify import (
    CHECKS,
    FROM_CHECKPOINT,
    LANES,
    Finding,
    checkpoint,
    go_over,
    in_order,
    moment,
)
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Scope
from banker.database import Pool, queries, transaction

CHECK_COUNT = len(CHECKS)

Say = Callable[[str, int], None]
Found = dict[str, list[Finding]]

_checkpoint = queries("verify/checkpoint")

# Of the time, what an unhurried verification is at work: the desk has the processors otherwise.
_SHARE = 0.2


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
    pool: Pool,
    whole: bool,
    say: Say | None = None,
    is_hurried: bool = False,
) -> Verification:
    """Verify the whole books, or what came since the last checkpoint (the whole without one).

    It reads without a lock, at many moments (`moment`), and writes down the outcome afterwards.
    `say` is told of each check as `verify` tells it, `CHECK_COUNT` times. One that `is_hurried`
    never rests, and takes three connections, and with them processors from those who work
    meanwhile.
    """
    share = 1.0 if is_hurried else _SHARE
    async with moment.apart(pool, share)() as connection:
        since = None if whole else await checkpoint.last(connection)
        seen = await checkpoint.survey(connection, since)
        scope = await checkpoint.scope(connection, since)
        at_once = FROM_CHECKPOINT if since else ()
        found = await go_over(moment.one(connection), at_once, scope, say)
    rest = [name for name in CHECKS if name not in found]
    apart = [name for lane in LANES for name in lane]
    lanes = [*LANES, [name for name in rest if name not in apart]]
    async with asyncio.TaskGroup() as group:
        for names in lanes if is_hurried else [rest]:
            group.create_task(_go_over(moment.apart(pool, share), names, scope, say, found))
    findings = in_order(found)
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
            await checkpoint.keep(connection, seen, scope.counted)
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


async def _go_over(
    moments: Moments, names: Iterable[str], scope: Scope, say: Say | None, found: Found
) -> None:
    found |= await go_over(moments, names, scope, say)
