"""(c), (d) and (h): our own way into the books, called in process."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import msgspec

from banker import worker
from banker.bench import slips
from banker.bench.figure import percentile
from banker.bench.fill import fill
from banker.bench.ground import Ground
from banker.bench.plan import Plan
from banker.books import exposure, placement
from banker.books.judgement import Slip
from banker.books.people import Person
from banker.books.request import Answer, fingerprint
from banker.database import connect_pool, persist, transaction
from banker.desk import Desk
from banker.live.stream import Stream
from banker.rules import notation

TEXTS = 256
SENDERS = (1, 16, 64, 256)
START_PATIENCE_S = 10.0


class OneByOne:
    """(c) A transaction a slip, one after another: `placement.place` and nothing around it."""

    letter = "c"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """A phase, and what the slips say."""
        phase = await ground.open_phase("one by one")
        self._supply = Supply(phase.id, plan.lines)

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """Bets a second, and how long a slip takes."""
        await self._place(ground, plan.warm_up_s)
        began = time.perf_counter()
        taken_ms = await self._place(ground, plan.seconds)
        bets = len(taken_ms) * plan.lines
        return {
            "c_bets_per_s": bets / (time.perf_counter() - began),
            "c_p50_ms": percentile(taken_ms, 0.5),
            "c_p99_ms": percentile(taken_ms, 0.99),
        }

    async def _place(self, ground: Ground, seconds: float) -> list[float]:
        """How long each slip took in ms, sorted."""
        taken_ms: list[float] = []
        ends_at = time.perf_counter() + seconds
        while time.perf_counter() < ends_at:
            slip = self._supply.slip(ground.collectors[len(taken_ms) % len(ground.collectors)])
            began = time.perf_counter()
            async with transaction(ground.pool) as connection:
                judged = await placement.place(connection, self._supply.phase_id, [slip])
            taken_ms.append((time.perf_counter() - began) * 1000)
            demand_taken(judged.answers[0])
        return sorted(taken_ms)


class Together:
    """(d) The desk, with so many collectors who each wait for an answer before the next slip."""

    letter = "d"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """A phase, and what the slips say."""
        phase = await ground.open_phase("together")
        self._supply = Supply(phase.id, plan.lines)

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """Bets a second by the number of collectors."""
        async with opened(ground, self._supply) as counter:
            return {
                f"d{senders}_bets_per_s": await counter.take(senders, plan) for senders in SENDERS
            }


class AmongMillions:
    """(h) The desk again, 256 collectors, with ten million bets in the phase. In a house beside, so
    that the tables of (d) hold no more than (d) put there."""

    letter = "h"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """A house, and ten million bets in its phase."""
        self._house = await ground.beside("millions")
        phase = await self._house.open_phase("among millions")
        self._supply = Supply(phase.id, plan.lines)
        await fill(self._house, phase.id, plan.ten_million, plan.lines)

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """Bets a second."""
        async with opened(self._house, self._supply) as counter:
            return {"h256_bets_per_s": await counter.take(256, plan)}


class Supply:
    """Slips for a phase: a few texts, read once, each time under another key."""

    def __init__(self, phase_id: int, lines: int) -> None:
        self.phase_id = phase_id
        self._drafts = [_draft(phase_id, text) for text in slips.texts(TEXTS, lines)]
        self._numbers = count(1)

    def slip(self, collector: Person) -> Slip:
        """The next slip, from this collector."""
        number = next(self._numbers)
        draft = self._drafts[number % TEXTS]
        return Slip(
            collector_id=collector.id,
            username=collector.username,
            key=f"bench-{self.phase_id}-{number}",
            fingerprint=draft.fingerprint,
            stakes=draft.stakes,
            text=draft.text,
        )


class Draft(msgspec.Struct, frozen=True):
    """A slip before anybody sends it."""

    text: str
    stakes: dict[int, int]
    fingerprint: bytes


class Counter:
    """A desk before an open phase, with its line to Redis as a worker has it, and the collectors
    who stand there."""

    def __init__(self, ground: Ground, desk: Desk, supply: Supply) -> None:
        self._ground = ground
        self._desk = desk
        self._supply = supply

    async def take(self, senders: int, plan: Plan) -> float:
        """The bets a second that come of so many collectors who always wait with a slip."""
        await self.taken(senders, plan.warm_up_s)
        began = time.perf_counter()
        taken = await self.taken(senders, plan.seconds)
        return taken * plan.lines / (time.perf_counter() - began)

    async def taken(self, senders: int, seconds: float) -> int:
        """The slips that were taken in a piece of time."""
        ends_at = time.perf_counter() + seconds

        async def send(collector: Person) -> int:
            taken = 0
            while time.perf_counter() < ends_at:
                slip = self._supply.slip(collector)
                demand_taken(await self._desk.place(self._supply.phase_id, slip))
                taken += 1
            return taken

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(send(one)) for one in self._ground.collectors[:senders]]
        return sum(task.result() for task in tasks)


@asynccontextmanager
async def opened(ground: Ground, supply: Supply) -> AsyncIterator[Counter]:
    """A counter for a round, and no longer: its stream would listen to the other measures too."""
    stream = Stream(ground.settings.redis_url, await persist(ground.pool, exposure.epoch))
    lanes = await connect_pool(ground.settings.database_url, most=worker.LANES, plan_once=True)
    up = asyncio.Event()
    stream.on_up = up.set
    stream.start()
    try:
        async with asyncio.timeout(START_PATIENCE_S):
            await up.wait()
        yield Counter(ground, Desk(lanes, stream), supply)
    finally:
        await stream.stop()
        await lanes.close()


def demand_taken(answer: object) -> None:
    """Only tickets are counted. Raises the refusal, where the answer is one."""
    if isinstance(answer, Exception):
        raise answer
    assert isinstance(answer, Answer), answer
    assert answer.status == 201, answer
    assert not answer.replayed, answer


def _draft(phase_id: int, text: str) -> Draft:
    return Draft(text, notation.parse(text).stakes, fingerprint(str(phase_id), text, ""))
