"""The timetable as the books keep it: each job's last run, and when it is due again.

Beginning, telling and finishing are asked of the connection that holds the jobs: who has lost it
can write nothing here any more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from banker.database import Connection, queries

_jobs = queries("jobs")

# Held by the one connection whose worker does the jobs, as long as it lasts.
HOLD = 61_000_002
LONGEST_DETAIL = 500

Outcome = Literal["done", "failed"]


class Run(msgspec.Struct, frozen=True):
    """A run that has begun; `worker` and the moment tell it from any other of its job."""

    name: str
    worker: str
    started_at: datetime


class Job(msgspec.Struct, frozen=True):
    """A job and its last run. `finished_at` is None while it is under way, or was cut short;
    `detail` says in words how far it has come, or what it did. `now` is the database's clock."""

    name: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    succeeded_at: datetime | None
    duration_ms: int | None
    outcome: Outcome | None
    detail: str | None
    run_count: int
    failure_count: int
    worker: str | None
    now: datetime

    @property
    def is_running(self) -> bool:
        """Whether somebody is at it, or should be."""
        return self.started_at is not None and self.finished_at is None

    @property
    def is_asked(self) -> bool:
        """Whether it will run as soon as it can."""
        return self.is_running or self.due_at <= self.now


async def take_hold(connection: Connection) -> bool:
    """Whether this connection does the jobs from now on; another may hold them."""
    return bool(await _jobs.take_hold(connection, key=HOLD))


async def enter(connection: Connection, firsts_s: dict[str, float]) -> None:
    """Put jobs on the timetable; those that are new are due after so many seconds."""
    await _jobs.enter_jobs(connection, names=list(firsts_s), firsts_s=list(firsts_s.values()))


async def due(connection: Connection, running: Iterable[str]) -> list[str]:
    """The jobs that are to run now, but for those that are running here."""
    return [row["name"] async for row in _jobs.read_due(connection, running=list(running))]


async def begin(connection: Connection, name: str, worker: str) -> Run:
    """Begin a run of a job on the timetable."""
    started_at = await _jobs.begin_job(connection, name=name, worker=worker)
    return Run(name, worker, started_at)


async def tell(connection: Connection, run: Run, detail: str) -> None:
    """Say how far a run has come."""
    await _jobs.tell_job(connection, detail=_short(detail), **msgspec.structs.asdict(run))


async def finish(
    connection: Connection, run: Run, outcome: Outcome, detail: str, every_s: float
) -> None:
    """End a run; the next is due `every_s` after its beginning, or at once for who asked since."""
    await _jobs.finish_job(
        connection,
        outcome=outcome,
        detail=_short(detail),
        every_s=every_s,
        **msgspec.structs.asdict(run),
    )


async def ask(connection: Connection, name: str) -> None:
    """Have a job run now, by whichever worker holds the jobs."""
    await _jobs.ask_job(connection, name=name)


async def listed(connection: Connection) -> list[Job]:
    """Every job and its last run, by name."""
    return [Job(**row) async for row in _jobs.list_jobs(connection)]


async def overdue_phases(connection: Connection) -> list[tuple[int, str]]:
    """Number and name of each open phase whose closing time has passed."""
    return [(row["id"], row["name"]) async for row in _jobs.read_overdue_phases(connection)]


async def forget_answers(connection: Connection, kept_for: timedelta, count: int) -> int:
    """Forget the bodies of some answers that are older; how many. Their keys stay taken."""
    forgotten = await _jobs.forget_answers(connection, kept_for=kept_for, count=count)
    return int(forgotten)


def _short(detail: str) -> str:
    return detail if len(detail) <= LONGEST_DETAIL else detail[: LONGEST_DETAIL - 1] + "…"
