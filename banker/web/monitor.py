"""The monitor: how the house stands, what its jobs do, and what the last verifications found."""

import re
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import job, phase, samples
from banker.books.job import Job
from banker.books.samples import Standing, Verified
from banker.database import Pool, persist, reading
from banker.errors import Malformed
from banker.jobs.timetable import TIMETABLE, VERIFICATION, WHOLE_VERIFICATION
from banker.web.access import CASHIER, Asker, AtWorker
from banker.web.monitor_figures import ago, figures
from banker.web.page import page
from banker.web.toast import with_toast

VERIFICATIONS = 8
# The quickest jobs run every second: where none has for so long, nobody does the jobs.
FORSAKEN_S = 30

_progress = re.compile(r"check ([0-9]+) of ([0-9]+)\b.*")


class VerificationForm(msgspec.Struct, frozen=True):
    """Whether the whole books are to be verified: `true` or `false`."""

    whole: str = ""


SentVerification = Annotated[VerificationForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


class JobLine(msgspec.Struct, frozen=True):
    """A job in words."""

    job: Job
    ago: str
    duration: str
    next: str
    kind: str
    outcome: str


class VerificationState(msgspec.Struct, frozen=True):
    """Whether one is asked for or under way, and how far it has come."""

    is_asked: bool
    words: str
    percent: int


@get("/", opt=dict(CASHIER))
async def show_monitor(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """The page; it fetches its board anew by itself."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
    return page("monitor.html", request, phase=current, **await _board(worker.pool))


@get("/board", opt=dict(CASHIER))
async def show_board(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """What the page fetches."""
    return page("monitor_board.html", request, **await _board(worker.pool))


@post("/verification", opt=dict(CASHIER), status_code=200)
async def ask_verification(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentVerification,
) -> Template:
    """Have the books verified now, by whichever worker does the jobs."""
    if data.whole not in ("true", "false"):
        raise Malformed("Say whether the whole books are meant: true or false.", field="whole")
    name = WHOLE_VERIFICATION if data.whole == "true" else VERIFICATION
    await persist(worker.pool, lambda connection: job.ask(connection, name))
    board = page("monitor_board.html", request, **await _board(worker.pool))
    return with_toast(board, f"The {name} is asked for; it begins in a moment.")


def state_of(one: Job | None) -> VerificationState:
    """How a kind of verification stands, by its job."""
    if one is None or not one.is_asked:
        return VerificationState(False, "", 0)
    if not one.is_running:
        return VerificationState(True, "asked for; it begins in a moment", 0)
    words = one.detail or "it begins"
    found = _progress.fullmatch(words)
    return VerificationState(True, words, 100 * int(found[1]) // int(found[2]) if found else 0)


async def _board(pool: Pool) -> dict[str, Any]:
    async with reading(pool) as connection:
        standing = await samples.standing(connection)
        minutes = await samples.by_minute(connection)
        jobs = await job.listed(connection)
        verified = await samples.verifications(connection, VERIFICATIONS)
    by_name = {one.name: one for one in jobs}
    return {
        "figures": figures(standing, minutes),
        "jobs": [_line(one) for one in sorted(jobs, key=_place)],
        "holder": _holder(jobs),
        "is_forsaken": _is_forsaken(jobs),
        "failed": [one for one in jobs if one.outcome == "failed"],
        "verified": verified[:VERIFICATIONS],
        "took": _took,
        "standing": standing,
        "alarming": _alarming(standing, verified),
        "recent": state_of(by_name.get(VERIFICATION)),
        "whole": state_of(by_name.get(WHOLE_VERIFICATION)),
    }


def _alarming(standing: Standing, verified: list[Verified]) -> list[Verified]:
    """The verifications whose findings stand: the last, and the last whole one."""
    if not standing.finding_count:
        return []
    whole = next((one for one in verified if one.whole), None)
    last = {one.id: one for one in (verified[0], whole) if one is not None}
    return [one for one in last.values() if one.findings]


def _line(one: Job) -> JobLine:
    kind, outcome = "", "not run yet"
    if one.is_running:
        kind, outcome = "accent", "running"
    elif one.outcome is not None:
        kind, outcome = ("good", "done") if one.outcome == "done" else ("bad", "failed")
    return JobLine(
        job=one,
        ago="–" if one.started_at is None else ago((one.now - one.started_at).total_seconds()),
        duration="–" if one.duration_ms is None else _duration(one.duration_ms),
        next=_next(one),
        kind=kind,
        outcome=outcome,
    )


def _next(one: Job) -> str:
    if one.is_running:
        return "–"
    wait_s = (one.due_at - one.now).total_seconds()
    return "now" if wait_s < 1 else f"in {ago(wait_s)}"


def _place(one: Job) -> tuple[int, str]:
    """As on the timetable; what is not on it any more comes last."""
    names = list(TIMETABLE)
    return names.index(one.name) if one.name in names else len(names), one.name


def _took(one: Verified) -> str:
    return _duration(round((one.finished_at - one.started_at).total_seconds() * 1000))


def _duration(duration_ms: int) -> str:
    return f"{duration_ms:,} ms" if duration_ms < 10_000 else ago(duration_ms / 1000)


def _holder(jobs: list[Job]) -> str:
    """The worker that has begun the latest run."""
    begun = [(one.started_at, one.worker) for one in jobs if one.started_at is not None]
    return max(begun)[1] or "" if begun else ""


def _is_forsaken(jobs: list[Job]) -> bool:
    """Whether it is long since anything was begun, in a house where something was."""
    begun = [(one.now - one.started_at).total_seconds() for one in jobs if one.started_at]
    return bool(begun) and min(begun) > FORSAKEN_S


router = Router(
    path="/monitor",
    route_handlers=[show_monitor, show_board, ask_verification],
    include_in_schema=False,
)
