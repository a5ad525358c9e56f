"""(i) Closing a full phase while collectors send slips to it."""

import asyncio
import random
import time

import asyncpg
import httpx

from banker.bench.beside import beside
from banker.bench.fill import fill
from banker.bench.ground import Ground
from banker.bench.plan import Plan
from banker.bench.service import served
from banker.bench.spread import spread
from banker.bench.tally import Sent
from banker.bench.traffic import demand_taken, load_of
from banker.books import phase as phases
from banker.console import CannotServe
from banker.database import queries

WORKERS = 2
SENDERS = 64
# Slips that are taken between two closings, before the load counts as full again.
FULL_AFTER = 2 * SENDERS
PATIENCE_S = 20.0
LOOK_S = 0.02
# Longer than any round takes; the load is told to end.
LONG_S = 3600.0

_phases = queries("bench_phases")


class Closed:
    """One phase, filled set-wise and then closed over HTTP again and again, from the call to its
    answer. Between two closings the owner of the tables opens it anew behind the service's back, so
    that every closing counts and seals the whole of it, with what the collectors have added."""

    letter = "i"

    def __init__(self) -> None:
        self._phase_id = 0
        self._rounds = 0
        self._took_s: list[float] = []
        self._chance = random.Random(0)  # noqa: S311 - when in a batch a closing comes

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """Fill the phase."""
        self._phase_id = (await ground.open_phase("closed again and again")).id
        await fill(ground, self._phase_id, plan.million, plan.lines)

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """This round's share of the closings; the last answers for all of them."""
        done = len(self._took_s)
        self._rounds += 1
        count = max(plan.closings * self._rounds // plan.rounds - done, 1)
        async with served(ground.settings, WORKERS) as service:
            load = load_of(ground, plan, service, self._phase_id, SENDERS, seconds=LONG_S)
            async with beside("banker.bench.load", load, Sent) as crowd:
                await self._close(ground, service.address, count)
                demand_taken(await crowd.ended(), but=frozenset({"409"}))
        figures = {"i_worst_ms": max(self._took_s[done:]) * 1000}
        if self._rounds == plan.rounds:
            times = spread(self._took_s)
            assert times is not None
            figures |= {"i_p50_ms": times.p50_ms, "i_p99_ms": times.p99_ms}
        return figures

    async def _close(self, ground: Ground, address: str, count: int) -> None:
        headers = {"Authorization": f"Bearer {ground.manager_token}"}
        owner = await asyncpg.connect(ground.settings.owner_url)
        try:
            await _phases.forget_order(owner)
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as manager:
                for _ in range(count):
                    await self._full_load(owner)
                    started_at = time.perf_counter()
                    closed = await manager.post(f"/api/phases/{self._phase_id}/closure")
                    self._took_s.append(time.perf_counter() - started_at)
                    if closed.status_code != 200:
                        raise CannotServe(f"A closing was refused: {closed.text}")
                    await self._reopen(owner)
        finally:
            await owner.close()

    async def _full_load(self, owner: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Wait until slips are taken again as fast as they can be, and then for no given moment."""
        enough = await _phases.last_sequence(owner, phase_id=self._phase_id) + FULL_AFTER
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    await asyncio.sleep(LOOK_S)
                    if await _phases.last_sequence(owner, phase_id=self._phase_id) >= enough:
                        break
        except TimeoutError:
            raise CannotServe("The service takes no slips in a phase that is open.") from None
        await asyncio.sleep(self._chance.uniform(0, 0.2))

    async def _reopen(self, owner: "asyncpg.Connection[asyncpg.Record]") -> None:
        async with owner.transaction():
            await phases.gate_exclusive(owner, self._phase_id)
            await _phases.take_settlement_back(owner, phase_id=self._phase_id)
            await _phases.reopen(owner, phase_id=self._phase_id)
