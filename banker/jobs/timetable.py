"""The timetable: when which job runs, and the domain verb that does its work.

Every job is safe to repeat: one that was cut short is run again from its beginning.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial

import msgspec

from banker.books import (
    bonus,
    calendar,
    chain,
    drafting,
    job,
    opening,
    samples,
    session,
    settlement,
)
from banker.books.verify import verification
from banker.books.verify.verification import Verification
from banker.database import Connection, Pool, persist, transaction
from banker.errors import Refusal, WrongState
from banker.live.stream import Stream

VERIFICATION = "verification"
WHOLE_VERIFICATION = "whole verification"

ANSWERS_KEPT = timedelta(days=30)
SAMPLES_KEPT = timedelta(days=7)
# How much is cleared away in one transaction, and in how many of them at a time.
CLEARED = 1000
MOST_PASSES = 50
WORTH_A_PASS = 1000
CLOSED_AT_ONCE = 3
OPENED_AT_ONCE = 3
DRAFTED_AT_ONCE = 1

# Says how far a run has come.
Say = Callable[[str], None]


class Work(msgspec.Struct, frozen=True):
    """What a job works with: connections, the line to the boards, and somebody to tell."""

    pool: Pool
    stream: Stream
    say: Say


class Job(msgspec.Struct, frozen=True):
    """A job, run every so many seconds, for the first time after `first_s`; never beside the one
    that it keeps `apart_from`. `run` gives in words what it did."""

    name: str
    every_s: float
    run: Callable[[Work], Awaitable[str]]
    first_s: float = 0.0
    apart_from: str = ""


async def open_phases(work: Work) -> str:
    """Open the drafts whose time has come. One that cannot be opened does not hold up the next; one
    whose closing time has passed too stays a draft, and is told."""
    async with transaction(work.pool) as connection:
        due = await opening.due(connection)

    async def open_(one: opening.Due) -> str:
        opened_at = await persist(work.pool, lambda held: opening.open_due(held, one.id))
        if opened_at is None:
            return ""
        work.stream.tell_change(one.id)
        return one.name

    in_time = ((one.name, partial(open_, one)) for one in due if not one.is_late)
    opened = await _each(in_time, OPENED_AT_ONCE)
    late = ", ".join(one.name for one in due if one.is_late)
    told = f"opened {', '.join(opened)}" if opened else "no draft is due"
    return told + (f"; never opened, the closing time has passed: {late}" if late else "")


async def close_phases(work: Work) -> str:
    """Close the phases whose time has come. One that cannot be closed does not hold up the next."""
    async with transaction(work.pool) as connection:
        overdue = await job.overdue_phases(connection)

    async def close(phase_id: int, name: str) -> str:
        await persist(work.pool, lambda held: settlement.close(held, phase_id, None))
        work.stream.tell_change(phase_id)
        return name

    closed = await _each(
        ((name, partial(close, phase_id, name)) for phase_id, name in overdue), CLOSED_AT_ONCE
    )
    return f"closed {', '.join(closed)}" if closed else "no phase is overdue"


async def draft_phases(work: Work) -> str:
    """Draft the coming draws of every calendar. One that cannot does not hold up the next."""
    async with transaction(work.pool) as connection:
        running = await calendar.running(connection)

    async def draft(calendar_id: int) -> str:
        names = await persist(work.pool, lambda held: drafting.draft(held, calendar_id))
        return ", ".join(names)

    drafted = await _each(((name, partial(draft, one)) for one, name in running), DRAFTED_AT_ONCE)
    return f"drafted {', '.join(drafted)}" if drafted else "nothing is to be drafted"


async def seal(work: Work) -> str:
    """Link what was written since into the chain, at most so many passes at a time."""
    count = 0
    for place in range(MOST_PASSES):
        sealed = await persist(work.pool, chain.seal)
        count += sealed.count
        # The first pass may only note what the second seals; a little more is left to the next run.
        if not sealed.is_behind or (place > 0 and sealed.count < WORTH_A_PASS):
            break
        work.say(f"{count:,} rows sealed")
    return f"{count:,} rows sealed"


async def end_bonuses(work: Work) -> str:
    """Take back the bonuses whose time is over."""
    count = 0
    for _ in range(MOST_PASSES):
        ended = await persist(work.pool, bonus.expire)
        if not ended:
            break
        work.stream.tell_moved(ended)
        count += len(ended)
    return f"{count:,} bonuses expired"


async def clear_away(work: Work) -> str:
    """Forget sessions that are over, answers and figures that are old."""
    sessions = await _cleared(work, session.forget_expired)
    answers = await _cleared(work, lambda held: job.forget_answers(held, ANSWERS_KEPT, CLEARED))
    figures = await _cleared(work, lambda held: samples.forget(held, SAMPLES_KEPT, CLEARED))
    return f"{sessions:,} sessions, {answers:,} answers and {figures:,} figures cleared away"


async def sample(work: Work) -> str:
    """Keep the house's figures for the monitor."""
    await persist(work.pool, samples.sample)
    return "figures kept"


async def verify_recent(work: Work) -> str:
    """Check the books from the last checkpoint on."""
    return await _verify(work, whole=False)


async def verify_whole(work: Work) -> str:
    """Check the books from their beginning."""
    return await _verify(work, whole=True)


TIMETABLE = {
    one.name: one
    for one in (
        Job("opening", 1, open_phases),
        Job("closing", 1, close_phases),
        Job("sealing", 1, seal),
        Job("sampling", 10, sample),
        Job("bonuses", 20, end_bonuses),
        Job("drafting", 60, draft_phases),
        Job("expiry", 60, clear_away),
        Job(VERIFICATION, 900, verify_recent, first_s=60, apart_from=WHOLE_VERIFICATION),
        Job(WHOLE_VERIFICATION, 86_400, verify_whole, first_s=3600, apart_from=VERIFICATION),
    )
}


class Unfinished(Exception):
    """A job could do a part of its work only; the message says what is left, and why."""


def in_words(failed: BaseException) -> str:
    """What went against a run, for a reader of the monitor."""
    if isinstance(failed, Refusal):
        return failed.detail
    if isinstance(failed, Unfinished):
        return str(failed)
    return f"{type(failed).__name__}: {failed}" if str(failed) else type(failed).__name__


async def _each(
    steps: Iterable[tuple[str, Callable[[], Awaitable[str]]]], at_once: int
) -> list[str]:
    """Take steps that are named, some at once, however others end: what those say that have
    something to say. Raises `Unfinished` with the names of those that failed; a state that another
    has changed meanwhile is no failure."""
    named = list(steps)
    side_by_side = asyncio.Semaphore(at_once)

    async def take(step: Callable[[], Awaitable[str]]) -> str:
        async with side_by_side:
            return await step()

    outcomes = await asyncio.gather(*(take(step) for _, step in named), return_exceptions=True)
    held = [
        f"{name}: {in_words(outcome)}"
        for (name, _), outcome in zip(named, outcomes, strict=True)
        if isinstance(outcome, BaseException) and not isinstance(outcome, WrongState)
    ]
    if held:
        raise Unfinished("; ".join(held))
    return [outcome for outcome in outcomes if isinstance(outcome, str) and outcome]


async def _cleared(work: Work, forget: Callable[[Connection], Awaitable[int]]) -> int:
    """Clear away bit by bit, so that nobody waits for it long."""
    count = 0
    for _ in range(MOST_PASSES):
        forgotten = await persist(work.pool, forget)
        count += forgotten
        if not forgotten:
            break
    return count


async def _verify(work: Work, whole: bool) -> str:
    done = 0

    def say(check: str, _: int) -> None:
        nonlocal done
        done += 1
        work.say(f"check {done} of {verification.CHECK_COUNT}: {check}")

    return _in_words(await verification.run(work.pool, whole, say))


def _in_words(verified: Verification) -> str:
    equal = f"{verified.equal_count:,} of {verified.account_count:,} accounts are equal"
    if not verified.findings:
        return f"the books balance; {equal}"
    first = verified.findings[0]
    return f"{len(verified.findings)} findings; {equal}. {first.check}: {first.row}"
