"""Settling a full phase while collectors keep the desk busy on another phase of the house."""

import asyncio
import time

import httpx

from banker.bench.beside import beside
from banker.bench.ground import Ground
from banker.bench.plan import Plan
from banker.bench.service import served
from banker.bench.tally import Sent
from banker.bench.traffic import demand_taken, load_of
from banker.console import CannotServe
from banker.database import queries
from banker.rules.number import label

WORKERS = 2
SENDERS = 64
# Slips that are taken before the load counts as full.
FULL_AFTER = 4 * SENDERS
PATIENCE_S = 20.0
LOOK_S = 0.02
# Longer than any round takes; the load is told to end.
LONG_S = 3600.0

_phases = queries("bench_phases")


async def settled_beside(
    ground: Ground, plan: Plan, phase_id: int, number: int
) -> dict[str, float]:
    """Seconds of a settling over HTTP, from the call to its answer; and the bets a second that the
    desk takes before it and meanwhile. The winners are among those who send."""
    desk = Desk(ground, plan, (await ground.open_phase("kept busy")).id)
    headers = {"Authorization": f"Bearer {ground.manager_token}"}
    async with (
        served(ground.settings, WORKERS) as service,
        httpx.AsyncClient(base_url=service.address, headers=headers, timeout=60) as manager,
    ):
        load = load_of(ground, plan, service, desk.phase_id, SENDERS, seconds=LONG_S)
        async with beside("banker.bench.load", load, Sent) as crowd:
            await desk.is_busy()
            await desk.mark()
            await asyncio.sleep(plan.seconds)
            _, alone = await desk.mark()
            answer = await manager.post(
                f"/api/phases/{phase_id}/settlement",
                json={"number": label(number), "source": "bench"},
            )
            settle_s, meanwhile = await desk.mark()
            demand_taken(await crowd.ended())
    if answer.status_code != 200:
        raise CannotServe(f"A settling was refused: {answer.text}")
    return {
        "g_beside_settle_s": settle_s,
        "g_alone_bets_per_s": alone,
        "g_beside_bets_per_s": meanwhile,
    }


class Desk:
    """What a desk takes, from one moment that is marked to the next."""

    def __init__(self, ground: Ground, plan: Plan, phase_id: int) -> None:
        self.phase_id = phase_id
        self._ground = ground
        self._lines = plan.lines
        self._taken = 0
        self._at = 0.0

    async def is_busy(self) -> None:
        """Wait until slips are taken as fast as they can be. Raises `CannotServe`."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    await asyncio.sleep(LOOK_S)
                    if await self._count() >= FULL_AFTER:
                        break
        except TimeoutError:
            raise CannotServe("The service takes no slips in a phase that is open.") from None

    async def mark(self) -> tuple[float, float]:
        """The seconds since the last mark, and the bets that were taken in each."""
        before, began = self._taken, self._at
        self._at = time.perf_counter()
        self._taken = await self._count()
        seconds = self._at - began
        return seconds, (self._taken - before) * self._lines / seconds

    async def _count(self) -> int:
        async with self._ground.pool.acquire() as connection:
            return int(await _phases.last_sequence(connection, phase_id=self.phase_id))
