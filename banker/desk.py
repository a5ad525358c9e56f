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
from contextvars import Context

import asyncpg
import msgspec
import structlog

from banker import metrics
from banker.books import placement
from banker.books.judgement import Slip
from banker.books.placement import Judged
from banker.books.request import Answer
from banker.database import LOCK_TIMEOUT_MS, Connection, Pool, persist
from banker.errors import Crowded, NotFound, PurseHeld, Refusal, Unavailable
from banker.live.stream import Stream

LANES = 2

# One transaction holds at most so many slips and about so many bets, and a worker keeps at most so
# many slips waiting, before their answers come too late to be of use.
SLIPS_TOGETHER = 256
BETS_TOGETHER = 20_000
MOST_WAITING = 2_000
# After so long it is looked again whether a collector's purses are free.
PUT_OFF_S = 0.05

_log = structlog.get_logger()


class Waiting(msgspec.Struct, eq=False):
    """A slip that came at a moment of the loop, and the answer that its sender waits for. One that
    was `put_off` has found its collector's purses held by somebody else."""

    slip: Slip
    answer: asyncio.Future[Answer]
    since: float
    put_off: bool = False


class PursesHeld(Exception):
    """Somebody keeps purses of the batch for longer than the batch can wait."""


class Desk:
    """One worker's desk: a queue for each phase, and its lanes while it is not empty."""

    def __init__(self, pool: Pool, stream: Stream) -> None:
        self._pool = pool
        self._stream = stream
        self._queues: dict[int, deque[Waiting]] = {}
        self._lanes: dict[int, set[asyncio.Task[None]]] = {}

    @property
    def waiting(self) -> int:
        """How many slips wait for a transaction to travel in."""
        return sum(map(len, self._queues.values()))

    async def place(self, phase_id: int, slip: Slip) -> Answer:
        """Place a slip, alone or with those that wait beside it. Raises the refusal that won,
        `Crowded` where too many wait, or `Unavailable`.

        Where Postgres is lost in the middle, the slips are sent again under their keys until the
        books say whether they are tickets. A sender that goes away changes nothing of that.
        """
        if self.waiting >= MOST_WAITING:
            raise Crowded()
        loop = asyncio.get_running_loop()
        one = Waiting(slip, loop.create_future(), loop.time())
        self._queue(phase_id, one)
        return await one.answer

    def _queue(self, phase_id: int, one: Waiting) -> None:
        self._queues.setdefault(phase_id, deque()).append(one)
        lanes = self._lanes.setdefault(phase_id, set())
        if len(lanes) < LANES:
            # A lane is nobody's: it does not inherit who is acting from the slip that began it.
            lane = self._work_off(phase_id)
            lanes.add(asyncio.create_task(lane, name=f"desk {phase_id}", context=Context()))

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
        self, phase_id: int, queue: deque[Waiting], batch: list[Waiting], attempts: int = 0
    ) -> None:
        """Take a batch to the books; an empty one is filled from the queue once the phase is
        held."""
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
            wait = not any(one.put_off for one in batch)
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
            for one in batch:
                one.put_off = True
            # That one was surely undone; those before it may have been committed.
            await self._send(phase_id, queue, batch, attempts - 1)
        except Exception as refusal:
            await self._send_apart(
                phase_id, batch or _since(queue, began_at), refusal, max(attempts - 1, 0)
            )
        except BaseException:
            _refuse(batch, Unavailable())
            raise
        else:
            self._hand_over(phase_id, batch, judged, attempts)

    async def _send_apart(
        self, phase_id: int, batch: list[Waiting], refusal: Exception, attempts: int
    ) -> None:
        """What Postgres refused together is sent one by one, so that only the one at fault is
        refused; nothing of the batch was written."""
        if len(batch) > 1:
            for one in batch:
                await self._send(phase_id, deque(), [one], attempts)
            return
        if not isinstance(refusal, Refusal):
            _log.error("slip not judged", phase=phase_id, reason=type(refusal).__name__)
        _refuse(batch, refusal)

    def _hand_over(
        self, phase_id: int, batch: Sequence[Waiting], judged: Judged, attempts: int
    ) -> None:
        if not batch:
            return
        metrics.slips_together.observe(len(batch))
        for one, answer in zip(batch, judged.answers, strict=True):
            if isinstance(answer, PurseHeld) and self._put_off(phase_id, one):
                continue
            _hand_out(one, answer, attempts)
            if isinstance(answer, Refusal):
                self._stream.tell_refusal(phase_id, one.slip, answer)
        if judged.news is not None:
            self._stream.tell(judged.news)
        if attempts > 1 and any(
            isinstance(answer, Answer) and answer.replayed for answer in judged.answers
        ):
            # Committed by an attempt whose answer was lost, and its news with it.
            self._stream.tell_change(phase_id)

    def _put_off(self, phase_id: int, one: Waiting) -> bool:
        """Have a slip wait a little for its collector's purses, beside the queue and not before it;
        not for longer than for any other lock."""
        loop = asyncio.get_running_loop()
        if one.answer.done() or loop.time() - one.since > LOCK_TIMEOUT_MS / 1000:
            return False
        one.put_off = True
        loop.call_later(PUT_OFF_S, self._queue, phase_id, one)
        return True


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
    """Those who came up to a moment and still are in the queue, taken off it."""
    batch = [one for one in queue if one.since <= moment]
    for one in batch:
        queue.remove(one)
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
