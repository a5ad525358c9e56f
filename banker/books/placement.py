"""The way of a slip into the books: one transaction, all of it or none, once.

Locks are taken in one order always (gate, keys, totals, accounts, exposures), so that a deadlock
cannot form. The verb takes a list of slips; each is judged on its own, in order of arrival, on what
the slips before it left, and all that were accepted are written set-wise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from banker.books import exposure, ledger, request
from banker.books import phase as phases
from banker.books.judgement import Judge, Placed, Slip
from banker.books.news import News, TicketLine
from banker.books.request import Answer, Asked
from banker.database import Connection, queries
from banker.errors import InFlight, KeyReused, Refusal
from banker.rules import seal
from banker.rules.number import label

_ticket = queries("ticket")


class BetTaken(msgspec.Struct, frozen=True):
    """One number of a ticket and its stake, as told to the collector."""

    number: str
    amount: Decimal


class Receipt(msgspec.Struct, frozen=True):
    """The answer to an accepted slip; `balance` is the total after this ticket's own entries."""

    id: str
    sequence: int
    bets: tuple[BetTaken, ...]
    count: int
    total: Decimal
    commission: Decimal
    balance: Decimal
    placed_at: datetime


class Judged(msgspec.Struct, frozen=True):
    """An answer for each slip, in order, and the news if any was accepted."""

    answers: list[Answer | Refusal]
    news: News | None


async def place(connection: Connection, phase_id: int, slips: Sequence[Slip]) -> Judged:
    """Judge the slips in order and write those that are accepted.

    The same key twice in one list is one ticket and two equal answers; with another body the
    second is `KeyReused`, or `InFlight` where the first was refused and bound nothing. Raises
    `NotFound` for an unknown phase and `InFlight` where a key's first attempt does not end in time.
    """
    await phases.gate_shared(connection, phase_id)
    asked = {slip.asked: slip for slip in slips}
    prior = await request.claim(connection, _one_a_key(asked))
    fresh = [asked[one] for one, answer in prior.items() if answer is None]
    answers: dict[Asked, Answer | Refusal] = {
        one: answer for one, answer in prior.items() if answer is not None
    }
    news = None
    if fresh:
        judged, news = await _place_fresh(connection, phase_id, fresh)
        answers.update(judged)
    return Judged(_in_order(slips, answers), news)


async def _place_fresh(
    connection: Connection, phase_id: int, slips: Sequence[Slip]
) -> tuple[dict[Asked, Answer | Refusal], News | None]:
    totals = await exposure.lock_totals(connection, phase_id)
    phase = await phases.read(connection, phase_id)
    journal = await ledger.lock(connection, [slip.collector_id for slip in slips])
    exposures = await exposure.lock(
        connection, phase_id, [bet.number for slip in slips for bet in slip.bets]
    )
    collectors = await _read_collectors(connection, slips)
    judge = Judge(phase, totals, journal, exposures, collectors)
    refused: dict[Asked, Answer | Refusal] = {}
    for slip in slips:
        try:
            judge.take(slip)
        except Refusal as refusal:
            refused[slip.asked] = refusal
    await request.release(connection, list(refused))
    if not judge.placed:
        return refused, None
    receipts = await _write(connection, judge)
    return refused | receipts, News(
        phase_id,
        judge.totals,
        tuple(exposures[number] for number in sorted(judge.raised)),
        tuple(_line(one) for one in judge.placed),
    )


async def _write(connection: Connection, judge: Judge) -> dict[Asked, Answer | Refusal]:
    placed, phase_id = judge.placed, judge.phase.id
    transfer_ids = await judge.journal.write(connection)
    await _ticket.insert_tickets(
        connection,
        phase_id=phase_id,
        sequences=[one.sequence for one in placed],
        ids=[one.ticket_id for one in placed],
        collector_ids=[one.slip.collector_id for one in placed],
        partner_ids=[one.collector["partner_id"] for one in placed],
        texts=[one.slip.text for one in placed],
        notes=[one.slip.note for one in placed],
        totals=[one.total for one in placed],
        bet_counts=[len(one.slip.bets) for one in placed],
        commission_rates=[one.collector["commission_rate"] for one in placed],
        commissions=[one.commission for one in placed],
        balances_after=[one.balance_after for one in placed],
        transfer_ids=[transfer_ids[one.transfer_place] for one in placed],
        leaves=[_leaf(phase_id, one) for one in placed],
        placed_at=judge.phase.now,
    )
    await _ticket.insert_bets(
        connection,
        phase_id=phase_id,
        sequences=[one.sequence for one in placed for _ in one.slip.bets],
        numbers=[bet.number for one in placed for bet in one.slip.bets],
        amounts=[bet.amount for one in placed for bet in one.slip.bets],
        factors=[factor for one in placed for factor in one.factors],
    )
    judge.totals.version += 1
    raised = {number: judge.exposures[number] for number in judge.raised}
    await exposure.write(connection, phase_id, judge.totals, raised)
    answers = {one.slip.asked: Answer(201, msgspec.json.encode(_receipt(one))) for one in placed}
    await request.bind(connection, list(answers.items()))
    return dict(answers)


async def _read_collectors(
    connection: Connection, slips: Sequence[Slip]
) -> dict[int, Mapping[str, Any]]:
    ids = sorted({slip.collector_id for slip in slips})
    return {row["id"]: row async for row in _ticket.read_collectors(connection, ids=ids)}


def _one_a_key(asked: Mapping[Asked, Slip]) -> list[Asked]:
    """The first of each key: a list may hold one key twice, even with two different bodies."""
    first: dict[tuple[int, str], Asked] = {}
    for one in asked:
        first.setdefault((one.actor_id, one.key), one)
    return list(first.values())


def _in_order(
    slips: Sequence[Slip], answers: Mapping[Asked, Answer | Refusal]
) -> list[Answer | Refusal]:
    """An answer a slip; the second of one key in a list is told that it is a repetition."""
    answered: set[Asked] = set()
    ordered = []
    for slip in slips:
        answer = _answer_to(slip.asked, answers)
        if slip.asked in answered and isinstance(answer, Answer):
            answer = Answer(answer.status, answer.body, replayed=True)
        answered.add(slip.asked)
        ordered.append(answer)
    return ordered


def _answer_to(asked: Asked, answers: Mapping[Asked, Answer | Refusal]) -> Answer | Refusal:
    if asked in answers:
        return answers[asked]
    key = (asked.actor_id, asked.key)
    first = next(answer for one, answer in answers.items() if (one.actor_id, one.key) == key)
    return InFlight() if isinstance(first, Refusal) else KeyReused()


def _receipt(placed: Placed) -> Receipt:
    return Receipt(
        id=str(placed.ticket_id),
        sequence=placed.sequence,
        bets=tuple(BetTaken(label(bet.number), bet.amount) for bet in placed.slip.bets),
        count=len(placed.slip.bets),
        total=placed.total,
        commission=placed.commission,
        balance=placed.balance_after,
        placed_at=placed.placed_at,
    )


def _line(placed: Placed) -> TicketLine:
    return TicketLine(
        sequence=placed.sequence,
        collector=placed.collector["username"],
        count=len(placed.slip.bets),
        total=placed.total,
        placed_at=placed.placed_at,
    )


def _leaf(phase_id: int, placed: Placed) -> bytes:
    return seal.leaf(
        phase_id,
        placed.sequence,
        placed.ticket_id,
        placed.slip.collector_id,
        placed.placed_at,
        [
            (bet.number, bet.amount, factor)
            for bet, factor in zip(placed.slip.bets, placed.factors, strict=True)
        ],
        placed.total,
    )
