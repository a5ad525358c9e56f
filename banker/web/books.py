"""The page of the books: the trial balance, what the last verification found, and the trail."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Request, Router, get, post
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import audit, chain, directory, job, phase, samples, trial
from banker.database import Connection, persist, reading
from banker.jobs.timetable import VERIFICATION, WHOLE_VERIFICATION
from banker.rules.money import ZERO
from banker.web import books_mending
from banker.web.access import CASHIER, Asker, AtWorker
from banker.web.api.listing import Cursor, listing, position
from banker.web.audit_words import worded
from banker.web.books_bars import bracket_bars, trial_bars
from banker.web.books_findings import standing_findings
from banker.web.page import page
from banker.web.toast import with_toast
from banker.worker import Worker

MOST_DEBTORS = 50
TRAIL_A_PAGE = 50
NEWEST = 2**31 - 1

Subject = Annotated[str, QueryParameter(max_length=60)]
Name = Annotated[str, QueryParameter(max_length=60, name="who")]


@get("/", opt=dict(CASHIER))
async def show_books(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """How the books stand at this moment."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        balance = await trial.balance(connection)
        brackets = await trial.brackets(connection)
        debtors = await trial.debtors(connection, MOST_DEBTORS)
        head = await chain.head(connection)
        verification = await _verification(connection)
        trail = await _trail(connection, worker, "", "", None)
    return page(
        "books.html",
        request,
        phase=current,
        trial=balance,
        bars=trial_bars(balance),
        brackets=bracket_bars(brackets),
        debtors=debtors,
        owed=sum((one.owed for one in debtors), ZERO),
        head=head,
        **verification,
        **trail,
    )


@get("/verification", opt=dict(CASHIER))
async def show_verification(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """What the page fetches while one is under way."""
    async with reading(worker.pool) as connection:
        return page("books_verified.html", request, **await _verification(connection))


@post("/verification", opt=dict(CASHIER), status_code=200)
async def verify_now(request: Request, worker: AtWorker, person: Asker) -> Template:  # type: ignore[type-arg]
    """Have the books verified now, by whichever worker does the jobs."""
    await persist(worker.pool, lambda connection: job.ask(connection, VERIFICATION))
    async with reading(worker.pool) as connection:
        verification = await _verification(connection)
    shown = page("books_verified.html", request, **verification)
    return with_toast(shown, "The verification is asked for; it begins in a moment.")


@get("/trail", opt=dict(CASHIER))
async def show_trail(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    subject: Subject = "",
    who: Name = "",
    cursor: Cursor = None,
) -> Template:
    """The trail alone, of a subject or a person."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        trail = await _trail(connection, worker, subject, who, cursor)
    return page("books_trail_page.html", request, phase=current, **trail)


async def _verification(connection: Connection) -> dict[str, Any]:
    jobs = {one.name: one for one in await job.listed(connection)}
    under_way = [
        jobs[name]
        for name in (VERIFICATION, WHOLE_VERIFICATION)
        if name in jobs and jobs[name].is_asked
    ]
    verified = await samples.verifications(connection, 1)
    standing = await samples.standing(connection)
    return {
        "last": verified[0] if verified else None,
        "findings": standing_findings(verified, standing.finding_count),
        "under_way": under_way,
    }


async def _trail(
    connection: Connection, worker: Worker, subject: str, who: str, cursor: str | None
) -> dict[str, Any]:
    """The trail, and what it was narrowed to; of a name that nobody has there is none."""
    subject, who = (typed.strip().replace("\0", "") for typed in (subject, who))
    actor_id = await directory.number_of(connection, who) if who else None
    before = position(cursor, NEWEST)
    found = []
    if actor_id is not None or not who:
        found = await audit.newest(
            connection, TRAIL_A_PAGE + 1, before, subject.lower() or None, actor_id
        )
    paged = listing(found, TRAIL_A_PAGE, [one.id for one in found])
    lines = worded(paged.items, ZoneInfo(worker.settings.timezone))
    about = [one.person_id for one in lines if one.person_id is not None]
    return {
        "trail": lines,
        "named": await directory.names_of(connection, about),
        "cursor": paged.cursor,
        "subject": subject,
        "who": who,
    }


router = Router(
    path="/books",
    route_handlers=[
        show_books,
        show_verification,
        verify_now,
        show_trail,
        *books_mending.handlers,
    ],
    include_in_schema=False,
)
