"""What waits for a second person: approved or refused here, and the rule that made it wait."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import approval, four_eyes, phase
from banker.books.approval import Approval
from banker.books.session import SignedIn
from banker.database import reading
from banker.errors import Malformed, NotFound, Refusal
from banker.web import entered
from banker.web.access import APPROVER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, listing, position
from banker.web.approval_rules import rules_shown, set_rules
from banker.web.approval_words import Words, against
from banker.web.cash_forms import LONGEST_REASON
from banker.web.deciding import decide
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.toast import with_toast
from banker.worker import Worker

MOST_WAITING = 100
DECIDED_A_PAGE = 50
NEWEST = 2**31 - 1


class RefusalTyped(msgspec.Struct, frozen=True):
    """Why something is refused; it may be empty."""

    note: str = ""


SentRefusal = Annotated[RefusalTyped, Body(media_type=RequestEncodingType.URL_ENCODED)]


class Row(msgspec.Struct, frozen=True):
    """An approval in words, and whether the one who looks may decide it."""

    approval: Approval
    words: str
    is_own: bool
    may_decide: bool


@get("/", opt=dict(APPROVER))
async def show_approvals(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    cursor: Cursor = None,
) -> Template:
    """What waits, and what was decided, the newest first."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        rules = await four_eyes.rules(connection)
    board = await _board(worker, person, cursor)
    return page("approvals.html", request, phase=current, **board, **rules_shown(rules))


@get("/board", opt=dict(APPROVER))
async def show_board(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
) -> Template:
    """What the page fetches anew."""
    return page("approvals_board.html", request, **await _board(worker, person))


@post("/{approval_id:str}/approval", opt=dict(APPROVER), status_code=200)
async def approve(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    approval_id: PathText,
) -> Template:
    """Carried out, its conditions checked again; or at its row what went against it."""
    asked = read_id(approval_id, "approval")
    try:
        await decide(worker, person, asked, approves=True)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _refused(request, worker, person, approval_id, refusal)
    return await _decided(request, worker, person, f"No. {asked} is approved and done.")


@get("/{approval_id:str}/refusal", opt=dict(APPROVER))
async def show_refusal(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    approval_id: PathText,
) -> Template:
    """The form that asks why, for the dialog."""
    return await _refusal_form(request, worker, person, approval_id, RefusalTyped())


@post("/{approval_id:str}/refusal", opt=dict(APPROVER), status_code=200)
async def refuse(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    approval_id: PathText,
    data: SentRefusal,
) -> Response:  # type: ignore[type-arg]
    """Not to happen; whoever asked takes it back this way."""
    asked = read_id(approval_id, "approval")
    try:
        note = None
        if data.note.strip():
            note = entered.text(data.note, "note", LONGEST_REASON)
        decided = await decide(worker, person, asked, approves=False, note=note)
    except NotFound:
        raise
    except Malformed as wrong:
        form = await _refusal_form(request, worker, person, approval_id, data, wrong)
        form.headers = {**(form.headers or {}), "HX-Retarget": "#dialog-body"}
        return form
    except Refusal as refusal:
        return await _refused(request, worker, person, approval_id, refusal)
    is_own = decided.asked_by == str(person.id)
    words = f"No. {asked} is {'taken back' if is_own else 'refused'}."
    return await _decided(request, worker, person, words)


async def _decided(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    words: str,
) -> Template:
    board = page("approvals_board.html", request, **await _board(worker, person))
    # Before the swap: a word that is said in a dialog goes with it.
    board.headers = {**(board.headers or {}), "HX-Trigger": "close-dialog"}
    return with_toast(board, words, "rules-changed")


async def _refused(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    approval_id: str,
    refusal: Refusal,
) -> Template:
    board = await _board(worker, person, told={approval_id: against(refusal)})
    refused = page("approvals_board.html", request, status=refusal.status, **board)
    refused.headers = {**(refused.headers or {}), "HX-Trigger": "close-dialog"}
    return refused


async def _refusal_form(
    request: Request,  # type: ignore[type-arg]
    worker: Worker,
    person: SignedIn,
    approval_id: str,
    typed: RefusalTyped,
    wrong: Malformed | None = None,
) -> Template:
    zone = ZoneInfo(worker.settings.timezone)
    async with reading(worker.pool) as connection:
        asked = await approval.read(connection, read_id(approval_id, "approval"))
        words = await Words(connection, zone).all([asked])
    return page(
        "approvals_refusal.html",
        request,
        status=200 if wrong is None else wrong.status,
        row=_row(asked, words, person),
        typed=typed,
        errors={} if wrong is None else errors_of(wrong),
    )


async def _board(
    worker: Worker,
    person: SignedIn,
    cursor: str | None = None,
    told: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What waits and what was decided; `told` is what went against a decision, by number."""
    zone = ZoneInfo(worker.settings.timezone)
    async with reading(worker.pool) as connection:
        waiting = await approval.newest(connection, MOST_WAITING, state="waiting")
        before = position(cursor, NEWEST)
        asked = await approval.newest(connection, DECIDED_A_PAGE + 1, before)
        words = await Words(connection, zone).all([*waiting, *asked])
    paged = listing(asked, DECIDED_A_PAGE, [int(one.id) for one in asked])
    return {
        "waiting": [_row(one, words, person) for one in waiting],
        "decided": [_row(one, words, person) for one in paged.items if one.state != "waiting"],
        "cursor": paged.cursor,
        "told": dict(told or {}),
        "is_newest": cursor is None,
    }


def _row(one: Approval, words: Mapping[str, str], person: SignedIn) -> Row:
    return Row(
        approval=one,
        words=words[one.id],
        is_own=one.asked_by == str(person.id),
        may_decide=approval.may_decide(one.kind, one.asked, person.role),
    )


router = Router(
    path="/approvals",
    route_handlers=[show_approvals, show_board, approve, show_refusal, refuse, set_rules],
    include_in_schema=False,
)
