"""What waits for a second person, and when a house wants one."""

from typing import Annotated

from litestar import get, post, put
from litestar.params import JSONBody, QueryParameter

from banker.books import approval, four_eyes
from banker.books.approval import Approval
from banker.books.four_eyes import HouseRules, Waiting
from banker.database import persist, reading
from banker.errors import Malformed
from banker.web.access import ADMIN, APPROVER, Asker, AtWorker, PathText
from banker.web.api.cash_forms import DecisionForm, RulesForm, read_note
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.api.waiting import MAY_WAIT, waits
from banker.web.deciding import decide

TAGS = ["approvals"]
STATES = ("waiting", "approved", "refused")
NEWEST = 2**31 - 1
State = Annotated[
    str | None, QueryParameter(name="state", description=f"one of {', '.join(STATES)}")
]


@get("/approvals", opt=dict(APPROVER), tags=TAGS, summary="List approvals")
async def list_approvals(
    worker: AtWorker, person: Asker, limit: Limit = 50, cursor: Cursor = None, of: State = None
) -> Listing[Approval]:
    """The newest first."""
    if of is not None and of not in STATES:
        raise Malformed(f"There is no state {of!r}.", field="state")
    async with reading(worker.pool) as connection:
        found = await approval.newest(connection, limit + 1, position(cursor, NEWEST), of)
    return listing(found, limit, [int(one.id) for one in found])


@get("/approvals/{approval_id:str}", opt=dict(APPROVER), tags=TAGS, summary="An approval")
async def show_approval(worker: AtWorker, person: Asker, approval_id: PathText) -> Approval:
    """What was asked, and what became of it."""
    async with reading(worker.pool) as connection:
        return await approval.read(connection, read_id(approval_id, "approval"))


@post(
    "/approvals/{approval_id:str}/approval",
    opt=dict(APPROVER),
    tags=TAGS,
    status_code=200,
    summary="Approve",
)
async def approve(worker: AtWorker, person: Asker, approval_id: PathText) -> Approval:
    """Carries out what was asked, its conditions checked again. Nobody approves their own."""
    return await decide(worker, person, read_id(approval_id, "approval"), approves=True)


@post(
    "/approvals/{approval_id:str}/refusal",
    opt=dict(APPROVER),
    tags=TAGS,
    status_code=200,
    summary="Refuse",
)
async def refuse(
    worker: AtWorker,
    person: Asker,
    approval_id: PathText,
    data: JSONBody[DecisionForm | None] = None,
) -> Approval:
    """Lets it not happen; whoever asked takes it back this way."""
    note = None if data is None else read_note(data.note)
    asked = read_id(approval_id, "approval")
    return await decide(worker, person, asked, approves=False, note=note)


@get("/house-rules", opt=dict(APPROVER), tags=TAGS, summary="The rules of the house")
async def show_rules(worker: AtWorker, person: Asker) -> HouseRules:
    """From which amount on a second person is needed."""
    async with reading(worker.pool) as connection:
        return await four_eyes.rules(connection)


@put(
    "/house-rules",
    opt=dict(ADMIN),
    tags=TAGS,
    summary="Change the rules of the house",
    responses=MAY_WAIT,
)
async def set_rules(worker: AtWorker, person: Asker, data: JSONBody[RulesForm]) -> HouseRules:
    """A lower amount holds at once; a higher one, or none, waits for a second admin (202)."""
    above = data.read()
    told = await persist(worker.pool, lambda c: four_eyes.set_rules(c, person.id, above))
    return waits(told) if isinstance(told, Waiting) else told


handlers = (list_approvals, show_approval, approve, refuse, show_rules, set_rules)
