"""A second person decides, at whichever door, and whoever it touches is told."""

from banker.books import approval
from banker.books.approval import Approval
from banker.books.session import SignedIn
from banker.database import persist
from banker.worker import Worker


async def decide(
    worker: Worker, person: SignedIn, approval_id: int, approves: bool, note: str | None = None
) -> Approval:
    """Approve or refuse; raises what `approval.approve` and `approval.refuse` do."""
    decided = await persist(
        worker.pool,
        lambda c: (
            approval.approve(c, approval_id, person.id, person.role)
            if approves
            else approval.refuse(c, approval_id, person.id, person.role, note)
        ),
    )
    if approves and decided.user_id is not None:
        worker.stream.tell_moved([decided.user_id])
    if approves and decided.phase_id is not None:
        drawn = decided.kind in ("settlement", "resettlement")
        worker.stream.tell_change(decided.phase_id, money=drawn)
    return decided
