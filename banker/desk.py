"""The desk: takes slips to the books, and the news of them to the wall.

It stands between the floors: `web` hands it slips, `books` judges them, `live` tells. Slips that
arrive while a transaction is under way wait in their phase's queue and travel together in the next
one, each still judged on its own and in order of arrival. A slip that finds nothing under way waits
for nobody.

A phase has two lanes. One writes; the other stands at the phase's lock meanwhile, and takes what
has queued up only when it is let in: no time is lost on the way there, and the batches are as large
as the wait was long.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import asyncpg
import msgspec
import structlog

from banker import metrics
from banker.books import placement
from banker.books.judgement import Slip
from banker.books.placement import Judged
from banker.books.request import Answer
from banker.database import Connection, Pool, persist
from banker.errors import Crowded, NotFound, Refusal, Unavailable
from banker.live.stream import Stream

LANES = 2

# One transaction holds at most so many slips and about so many bets, and a worker keeps at most so
# many slips waiting, before their answers come too late to be of use.
SLIPS_TOGETHER = 256
BETS_TOGETHER = 20_000
MOST_WAITING = 2_000

_log = structlog.get_logger()


class Waiting(msgspec.Struct, frozen=True, eq=False):
    """A slip in the queue since a moment of the loop, and the answer that its sender waits for."""

    slip: Slip
    answer: asyncio.Future[Answer]
    since: float


class PursesHeld(Exception):
    """Somebody keeps purses of the batch for longer than the batch can wait."""


class Desk:
    """One worker's desk: a queue for each phase, and its lanes while it is not empty."""

    def __init__(self, pool: Pool, stream: Stream) -> None:
        self._pool = pool
        self._stream = stream
        self._queues: dict[int, deque[Waiting]] = {}
        self._lanes: dict[int, set[asyncio.Task[None]]] = {}

    async def place(self, phase_id: int, slip: Slip) -> Answer:
        """Place a slip, alone or with those that wait beside it. Raises the refusal that won,
        `Crowded` where too many wait, or `Unavailable`.

        Where Postgres is lost in the middle, the slips are sent again under their keys until the
        books say whether they are tickets. A sender that goes away changes nothing of that.
        """
        if sum(map(len, self._queues.values())) >= MOST_WAITING:
            raise Crowded()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        queue = self._queues.setdefault(phase_id, deque())
        queue.append(Waiting(slip, answer, loop.time()))
        lanes = self._lanes.setdefault(phase_id, set())
        if len(lanes) < LANES:
            lanes.add(asyncio.create_task(self._work_off(phase_id), name=f"desk {phase_id}"))
        return await answer

    async def _work_off(self, phase_id: int) -> None:
        queue, lanes = self._queues[phase_id], self._lanes[phase_id]
        try:
            while queue:
                await self._send(phase_id, queue, [])
        finally:
            # A lane ends in the same step in which the queue is found empty.
            lanes.remove(asyncio.current_task())  # type: ignore[arg-type]
            if not lanes:
                del self._lanes[phase_id], self._queues[phase_id]
                _refuse(queue, Unavailable())

    async def _send(
        self, phase_id: int, queue: deque[Waiting], batch: list[Waiting], wait: bool = True
    ) -> None:
        """Take a batch to the books; an empty one is filled from the queue once the phase is
        held. Purses that others hold are waited for once; then their slips are left out."""
        attempts = 0
        began_at = asyncio.get_running_loop().time()

        async def verb(connection: Connection) -> Judged:
            nonlocal attempts
            held = await placement.hold(connection, phase_id)
            if not batch:
                batch.extend(_together(queue))
            if not batch:
                return Judged([], None)  # the other lane took them all
            # Only now: what failed without them is no attempt of theirs.
            attempts += 1
            try:
                slips = [one.slip for one in batch]
                return await placement.judge(connection, held, slips, wait)
            except asyncpg.LockNotAvailableError as late:
                if not wait:
                    raise
                raise PursesHeld from late

        try:
            judged = await persist(self._pool, verb)
        except (NotFound, Unavailable) as refusal:
            # Not held at all: those who have waited for it as long as this lane did are told.
            _refuse(batch or _since(queue, began_at), refusal)
        except PursesHeld:
            await self._send(phase_id, queue, batch, wait=False)
        except Exception as refusal:
            await self._send_apart(phase_id, batch or _since(queue, began_at), refusal)
        except BaseException:
            _refuse(batch, Unavailable())
            raise
        else:
            if batch:
                self._hand_over(phase_id, batch, judged, attempts)

    async def _send_apart(self, phase_id: int, batch: list[Waiting], refusal: Exception) -> None:
        """What Postgres refused together is sent one by one, so that only the one at fault is
        refused; nothing of the batch was written."""
        if len(batch) > 1:
            for one in batch:
                await self._send(phase_id, deque(), [one])
            return
        if not isinstance(refusal, Refusal):
            _log.error("slip not judged", phase=phase_id, reason=type(refusal).__name__)
        _refuse(batch, refusal)

    def _hand_over(
        self, phase_id: int, batch: Sequence[Waiting], judged: Judged, attempts: int
    ) -> None:
        metrics.slips_together.observe(len(batch))
        self._tell(phase_id, batch, judged, attempts)
        for one, answer in zip(batch, judged.answers, strict=True):
            _hand_out(one, answer, attempts)

    def _tell(self, phase_id: int, batch: Sequence[Waiting], judged: Judged, attempts: int) -> None:
        if judged.news is not None:
            self._stream.tell(judged.news)
        if attempts > 1 and any(
            isinstance(answer, Answer) and answer.replayed for answer in judged.answers
        ):
            # Committed by an attempt whose answer was lost, and its news with it.
            self._stream.tell_change(phase_id)
        for one, answer in zip(batch, judged.answers, strict=True):
            if isinstance(answer, Refusal):
                self._stream.tell_refusal(phase_id, one.slip, answer)


def _together(queue: deque[Waiting]) -> list[Waiting]:
    """The slips that travel in the next transaction, taken off the queue."""
    batch: list[Waiting] = []
    bets = 0
    while queue and len(batch) < SLIPS_TOGETHER and (not batch or bets < BETS_TOGETHER):
        one = queue.popleft()
        bets += len(one.slip.stakes)
        batch.append(one)
    return batch


def _since(queue: deque[Waiting], moment: float) -> list[Waiting]:
    """Those who were in the queue at a moment and still are, taken off it."""
    batch = []
    while queue and queue[0].since <= moment:
        batch.append(queue.popleft())
    return batch


def _hand_out(one: Waiting, answer: Answer | Refusal, attempts: int) -> None:
    if one.answer.done():
        return
    if isinstance(answer, Refusal):
        one.answer.set_exception(answer)
    elif attempts > 1:
        # What the books replay may be our own lost attempt: to its sender it is no repetition.
        one.answer.set_result(Answer(answer.status, answer.body))
    else:
        one.answer.set_result(answer)


def _refuse(batch: Sequence[Waiting], refusal: Exception) -> None:
    for one in batch:
        if not one.answer.done():
            one.answer.set_exception(refusal)
