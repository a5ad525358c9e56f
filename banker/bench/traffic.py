"""(e) The whole service over HTTP, and (j) its memory under load that does not end."""

import asyncio

from banker.bench.beside import beside
from banker.bench.ground import Ground
from banker.bench.load import Load
from banker.bench.plan import COLLECTORS, Plan
from banker.bench.service import Service, resident_kib, served
from banker.bench.slips import texts
from banker.bench.tally import TAKEN, Sent
from banker.console import CannotServe

SENDERS = (1, 64, 256)
WORKERS = (1, 2)
SOAKING = 64
FIRST_MINUTE_S = 60.0
DIFFERENT_SLIPS = 256
# A load that is told to end may have begun a little late.
START_S = 30.0


class Served:
    """The service at one and at two workers, with some collectors sending as fast as they are
    answered, and with slips that fall due at the plan's rate."""

    letter = "e"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """Nothing: every round has a phase and a service of its own."""

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """All crowds, one after another."""
        figures: dict[str, float] = {}
        for workers in WORKERS:
            async with served(ground.settings, workers) as service:
                phase = await ground.open_phase(f"traffic at {workers}")
                for senders in SENDERS:
                    sent = await sent_through(load_of(ground, plan, service, phase.id, senders))
                    figures |= _figures(f"e{senders}_w{workers}", sent)
                load = load_of(ground, plan, service, phase.id, rate=plan.rate)
                figures |= _figures(f"e_open_w{workers}", await sent_through(load))
        return figures


class Soaked:
    """The resident memory of two workers under load, once in a run."""

    letter = "j"

    def __init__(self) -> None:
        self._done = False

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """Nothing: it has a phase and a service of its own."""

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """The growth of the worker that grew most, from the end of the first minute (or of the
        first half, where that is sooner) to the end."""
        if plan.soak_minutes is None or self._done:
            return {}
        self._done = True
        soak_s = plan.soak_minutes * 60
        settled_s = min(FIRST_MINUTE_S, soak_s / 2)
        async with served(ground.settings, workers=2) as service:
            phase = await ground.open_phase("soaked")
            load = load_of(ground, plan, service, phase.id, SOAKING, seconds=soak_s + START_S)
            async with beside("banker.bench.load", load, Sent) as crowd:
                await asyncio.sleep(settled_s)
                before = resident_kib()
                await asyncio.sleep(soak_s - settled_s)
                after = resident_kib()
                service.demand_calm()
                sent = demand_taken(await crowd.ended())
        grown = max(after[worker] - before[worker] for worker in before)
        return {"j_growth_mb": grown / 1024, "j_bets_per_s": sent.bets / sent.seconds}


def load_of(
    ground: Ground,
    plan: Plan,
    service: Service,
    phase_id: int,
    senders: int = COLLECTORS,
    rate: float | None = None,
    seconds: float | None = None,
) -> Load:
    """So many of the ground's collectors, sending as fast as they are answered, or at a rate, for
    as long as the plan says or for so many seconds."""
    return Load(
        address=service.address,
        phase_id=phase_id,
        tokens=list(ground.tokens[:senders]),
        texts=texts(DIFFERENT_SLIPS, plan.lines),
        seconds=plan.seconds if seconds is None else seconds,
        connections=senders,
        rate=rate,
        warm_up_s=plan.warm_up_s,
    )


async def sent_through(load: Load) -> Sent:
    """Send a load to its end. Raises `CannotServe` where anything was refused."""
    async with beside("banker.bench.load", load, Sent) as crowd:
        return demand_taken(await crowd.told())


def demand_taken(sent: Sent, but: frozenset[str] = frozenset()) -> Sent:
    """Refusals are cheap: with them a load is no measure. In an open loop slips may be late or
    unsent, which their times tell. Raises `CannotServe`."""
    unwanted = sent.by_status.keys() - {str(TAKEN), "late", "unsent"} - but
    if unwanted or not sent.count:
        raise CannotServe(f"Under load the service did not take every slip: {sent.by_status}")
    return sent


def _figures(name: str, sent: Sent) -> dict[str, float]:
    assert sent.times is not None, "something was taken"
    return {
        f"{name}_bets_per_s": sent.bets / sent.seconds,
        f"{name}_p50_ms": sent.times.p50_ms,
        f"{name}_p99_ms": sent.times.p99_ms,
        f"{name}_p999_ms": sent.times.p999_ms,
    }
