"""The way of a slip into the books: one transaction, all of it or none, once.

Locks are taken in one order always (gate, totals, accounts, exposures), so that a deadlock cannot
form. The verb takes a list of slips; each is judged on its own, in order of arrival, on what the
slips before it left, and all that were accepted are written set-wise.

A ticket holds the key that it was asked for under. Keys need no lock of their own: they belong to a
collector, and are looked up once the collector's accounts are held.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from banker.books import exposure, ledger, receipt, ticket, writing
from banker.books import phase as phases
from banker.books.exposure import Totals
from banker.books.judgement import Judge, Placed, Slip
from banker.books.news import News, TicketLine
from banker.books.request import Answer
from banker.database import Connection, queries
from banker.errors import InFlight, KeyReused, PurseHeld, Refusal

_ticket = queries("ticket")

# All slips of a phase wait while one batch waits for a purse.
PATIENCE_MS = 250

# A key is its collector's; a request is what is sent under it.
Key = tuple[int, str]
Request = tuple[int, str, bytes]


class Judged(msgspec.Struct, frozen=True):
    """An answer for each slip, in order, and the news if any was accepted."""

    answers: list[Answer | Refusal]
    news: News | None


class Held(NamedTuple):
    """A phase whose totals row is locked, and with it the order in which slips are judged."""

    phase: phases.Phase
    totals: Totals


async def place(connection: Connection, phase_id: int, slips: Sequence[Slip]) -> Judged:
    """Judge the slips in order and write those that are accepted.

    The same key twice in one list is one ticket and two equal answers; with another body the
    second is `KeyReused`, or `InFlight` where the first was refused and bound nothing. A key that a
    ticket holds already is answered by it alone. Raises `NotFound` for an unknown phase.
    """
    return await judge(connection, await hold(connection, phase_id), slips)


async def hold(connection: Connection, phase_id: int) -> Held:
    """Have the placing of slips in a phase to oneself until commit, beside no closing. Raises
    `NotFound` for an unknown phase."""
    await phases.gate_shared(connection, phase_id)
    return Held(*await exposure.hold(connection, phase_id, PATIENCE_MS))


async def judge(
    connection: Connection, held: Held, slips: Sequence[Slip], wait: bool = True
) -> Judged:
    """The same as `place`, on a phase that is held. Without `wait` a new slip whose collector's
    purses somebody else holds is refused as `PurseHeld`, and keeps none of the others."""
    first = _one_a_request(slips)
    asked = list(first.values())
    journal = await ledger.lock(connection, [slip.collector_id for slip in asked], wait)
    senders = await _read_senders(connection, asked)
    exposures = await exposure.lock(
        connection, held.phase.id, {number for slip in asked for number in slip.stakes}
    )
    judge = Judge(held.phase, held.totals, journal, exposures)
    answers: dict[Request, Answer | Refusal] = {}
    taken: dict[Request, Placed] = {}
    is_bound: dict[Key, bool] = {}
    for (request, slip), sender in zip(first.items(), senders, strict=True):
        key = request[:2]
        if sender["prior"] is not None:
            answers[request] = await _replay(connection, slip, sender)
        elif not journal.holds(slip.collector_id):
            answers[request] = PurseHeld()
        elif key in is_bound:
            answers[request] = KeyReused() if is_bound[key] else InFlight()
        else:
            try:
                taken[request] = judge.take(slip, sender)
            except Refusal as refusal:
                answers[request] = refusal
            is_bound[key] = request in taken
    news = None
    if taken:
        await writing.write(connection, judge)
        answers |= {request: _answer(judge, placed) for request, placed in taken.items()}
        news = _news(judge)
    return Judged(_in_order(slips, answers), news)


async def _read_senders(connection: Connection, slips: Sequence[Slip]) -> list[Mapping[str, Any]]:
    """Who sends each slip, and the ticket that its key names already, in the order of the slips."""
    rows = _ticket.read_senders(
        connection,
        collector_ids=[slip.collector_id for slip in slips],
        keys=[slip.key for slip in slips],
    )
    return [row async for row in rows]


async def _replay(
    connection: Connection, slip: Slip, sender: Mapping[str, Any]
) -> Answer | Refusal:
    if sender["fingerprint"] != slip.fingerprint:
        return KeyReused()
    return await ticket.replay(connection, sender["prior"])


def _one_a_request(slips: Sequence[Slip]) -> dict[Request, Slip]:
    """The first slip of each request: a list may hold one key twice, even with two bodies."""
    first: dict[Request, Slip] = {}
    for slip in slips:
        first.setdefault(_request(slip), slip)
    return first


def _request(slip: Slip) -> Request:
    return slip.collector_id, slip.key, slip.fingerprint


def _in_order(
    slips: Sequence[Slip], answers: Mapping[Request, Answer | Refusal]
) -> list[Answer | Refusal]:
    """An answer a slip; the second of one request in a list is told that it is a repetition."""
    if len(answers) == len(slips):
        return [answers[_request(slip)] for slip in slips]
    ordered: list[Answer | Refusal] = []
    met: set[Request] = set()
    for slip in slips:
        request = _request(slip)
        answer = answers[request]
        if request in met and isinstance(answer, Answer):
            answer = Answer(answer.status, answer.body, replayed=True)
        met.add(request)
        ordered.append(answer)
    return ordered


def _answer(judge: Judge, placed: Placed) -> Answer:
    return receipt.answer(
        ticket_id=placed.ticket_id,
        sequence=placed.sequence,
        stakes=placed.slip.stakes,
        total_cents=placed.total_cents,
        commission=placed.commission,
        balance=placed.balance_after,
        placed_at=judge.phase.now,
    )


def _news(judge: Judge) -> News:
    return News(
        judge.phase.id,
        judge.totals,
        tuple(judge.raised()),
        tuple(
            TicketLine(
                sequence=placed.sequence,
                collector=placed.collector["username"],
                count=len(placed.slip.stakes),
                total=placed.total,
                placed_at=judge.phase.now,
            )
            for placed in judge.placed
        ),
    )
