"""(f) From the commit of a slip to the frame in which a viewer reads of it."""

import asyncio
import time
from collections.abc import Iterator, Sequence

from banker.bench.beside import beside
from banker.bench.ground import Ground
from banker.bench.plan import Plan
from banker.bench.service import Service, served
from banker.bench.spread import spread
from banker.bench.traffic import load_of, sent_through
from banker.bench.viewers import Seen, Watch
from banker.database import queries

ALONE = 1
# What was committed last is on its way at most so long.
LINGER_S = 1.0

_phases = queries("bench_phases")


class Watched:
    """The wall under load, before one viewer and before a crowd.

    A delay counts from the ticket's `placed_at`, which the books stamp a little before the commit,
    to the reading of the first frame that knows of the ticket. It is taken for every ticket and
    every viewer: a frame shows the newest lines only, so its `ticket_count` is what is looked at.
    """

    letter = "f"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """Nothing: every round has a phase and a service of its own."""

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """One viewer, then many; the names say 200, however few a quick run has."""
        figures: dict[str, float] = {}
        for name, viewers in (("f1", ALONE), ("f200", plan.viewers)):
            async with served(ground.settings, workers=1) as service:
                found = await _watch(ground, plan, service, viewers)
            figures |= {f"{name}_{what}": value for what, value in found.items()}
        return figures


async def _watch(ground: Ground, plan: Plan, service: Service, viewers: int) -> dict[str, float]:
    phase = await ground.open_phase(f"watched by {viewers}")
    watch = Watch(service.address, phase.id, ground.watcher_tokens, viewers)
    async with beside("banker.bench.viewers", watch, Seen) as crowd:
        await crowd.ready()
        load = load_of(ground, plan, service, phase.id, rate=plan.slips_a_second)
        sent = await sent_through(load)
        await asyncio.sleep(LINGER_S)
        ended_at = time.time()
        seen = await crowd.ended()
    moments = _phases.placed_moments(ground.pool, phase_id=phase.id)
    placed = [row["placed_at"].timestamp() async for row in moments]
    times = spread(
        delay
        for arrivals in seen.arrivals
        for delay in delays(placed, plan.warm_up_s, arrivals, ended_at)
    )
    assert times is not None, "slips were placed"
    return {
        "p50_ms": times.p50_ms,
        "p99_ms": times.p99_ms,
        "worst_ms": times.max_ms,
        "slips_per_s": sent.count / sent.seconds,
    }


def delays(
    placed: Sequence[float],
    warm_up_s: float,
    arrivals: Sequence[tuple[float, int]],
    ended_at: float,
) -> Iterator[float]:
    """How long each ticket after the warm-up was on its way to one viewer; what never came was on
    its way to the end."""
    counts_from = placed[0] + warm_up_s
    sequence = 0
    for arrived_at, count in [*arrivals, (ended_at, len(placed))]:
        for placed_at in placed[sequence:count]:
            if placed_at >= counts_from:
                yield arrived_at - placed_at
        sequence = max(sequence, count)
