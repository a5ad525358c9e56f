"""What both the pages and the API do with a slip: read it, place it, void its ticket."""

import time
from typing import Any
from uuid import UUID

import msgspec

from banker import metrics
from banker.books import request, ticket
from banker.books.judgement import Slip
from banker.books.news import News
from banker.books.request import Answer
from banker.books.session import SignedIn
from banker.database import Connection, persist
from banker.errors import Malformed, NotFound, Refusal, UnreadableSlip
from banker.rules import notation
from banker.worker import Worker

MOST_PROBLEMS = 200
LONGEST_NOTE = 500


async def place_text(
    worker: Worker,
    person: SignedIn,
    phase_id: int,
    text: str,
    note: str | None,
    key: str | None,
) -> Answer:
    """Read a slip and place it under its key. Raises the refusal that wins."""
    started = time.perf_counter()
    key = request.read_key(key)
    told = read_note(note or "")
    try:
        slip = Slip(
            collector_id=person.id,
            username=person.username,
            key=key,
            fingerprint=request.fingerprint(str(phase_id), text, note or ""),
            stakes=_read(text),
            text=text,
            note=told,
        )
        answer = await worker.desk.place(phase_id, slip)
    except Refusal as refusal:
        metrics.slips.labels(refusal.code).inc()
        raise
    metrics.slips.labels("replayed" if answer.replayed else "placed").inc()
    metrics.bets.inc(0 if answer.replayed else len(slip.stakes))
    metrics.placement_seconds.observe(time.perf_counter() - started)
    return answer


def read_note(text: str) -> str | None:
    """A note on one line, None for none: on a receipt for the chat a second line would be a bet
    that nobody placed. Raises `Malformed`."""
    note = text.strip()
    if len(note) > LONGEST_NOTE:
        raise Malformed(f"A note has at most {LONGEST_NOTE} characters.", field="note")
    if len(note.splitlines()) > 1 or any(ord(letter) < 32 or ord(letter) == 127 for letter in note):
        raise Malformed("A note stands on one line.", field="note")
    return note or None


def _read(text: str) -> dict[int, int]:
    plain = notation.plain_stakes(text)
    if plain is not None:
        return plain
    read = notation.parse(text)
    if read.problems:
        raise unreadable(read)
    # In a comment anything reads; Postgres would find it when it is written, with all beside it.
    if "\0" in text or not _is_storable(text):
        raise Malformed("The text holds a character that cannot be stored.", field="text")
    return read.stakes


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def void_ticket(worker: Worker, person: SignedIn, ticket_id: UUID) -> ticket.Ticket:
    """Void a ticket of the person's own, or anybody's for an admin, and tell the wall."""

    attempts = 0

    async def verb(connection: Connection) -> tuple[ticket.Ticket, News | None]:
        nonlocal attempts
        attempts += 1
        found = await ticket.read(connection, ticket_id)
        if person.role == "collector" and found.collector_id != person.id:
            raise NotFound(what="ticket")
        return await ticket.void(connection, ticket_id, person.id, any_time=person.role == "admin")

    voided, news = await persist(worker.pool, verb)
    if news is not None:
        worker.stream.tell(news)
    elif attempts > 1:
        # Voided by an attempt whose answer was lost, and its news with it.
        worker.stream.tell_change(voided.phase_id)
    worker.stream.tell_moved([voided.collector_id])
    return voided


def unreadable(read: notation.Slip) -> UnreadableSlip:
    """The refusal that names every problem, up to 200 of them."""
    errors: list[dict[str, Any]] = [
        msgspec.structs.asdict(one) for one in read.problems[:MOST_PROBLEMS]
    ]
    first = read.problems[0]
    return UnreadableSlip(f"Line {first.line}: {first.detail}", errors=errors)
