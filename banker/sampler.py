"""The sampler: keeps what one worker counts, for the monitor of the whole house."""

import asyncio

import structlog
from prometheus_client.metrics import MetricWrapperBase

from banker import metrics
from banker.books import samples
from banker.database import Pool, transaction
from banker.desk import Desk

KEEP_S = 10.0
# The queue is looked at in between: it is empty again before long.
LOOK_S = 0.25
PERCENTILE = 0.99

_log = structlog.get_logger()


class Sampler:
    """One worker's sampler. What could not be kept is kept the next time."""

    def __init__(self, pool: Pool, desk: Desk, worker: str) -> None:
        self._pool = pool
        self._desk = desk
        self._worker = worker
        self._counts = counts()
        self._delays = delays()
        self._longest_queue = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look and to keep."""
        self._task = asyncio.create_task(self._sample(), name="sampler")

    async def stop(self) -> None:
        """End it; what was not kept is forgotten."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=1)

    async def keep(self) -> None:
        """Keep what was counted since the last time."""
        now, delayed = counts(), delays()
        figures = {name: count - self._counts.get(name, 0) for name, count in now.items()}
        figures = {name: more for name, more in figures.items() if more > 0}
        figures[samples.QUEUE] = self._longest_queue
        delay_s = percentile(_since(delayed, self._delays), PERCENTILE)
        if delay_s is not None:
            figures[samples.SCREEN_DELAY_MS] = delay_s * 1000
        async with transaction(self._pool) as connection:
            await samples.keep(connection, self._worker, figures)
        self._counts, self._delays, self._longest_queue = now, delayed, self._desk.waiting

    async def _sample(self) -> None:
        loop = asyncio.get_running_loop()
        keep_at = loop.time() + KEEP_S
        while True:
            await asyncio.sleep(LOOK_S)
            self._longest_queue = max(self._longest_queue, self._desk.waiting)
            if loop.time() < keep_at:
                continue
            keep_at = loop.time() + KEEP_S
            try:
                await self.keep()
            except Exception as lost:
                _log.warning("figures not kept", reason=type(lost).__name__)


def counts() -> dict[str, float]:
    """What the worker has counted so far, under the monitor's names."""
    found = {
        samples.REFUSED + labels["code"]: value
        for labels, value in _samples(metrics.refusals, "_total")
    }
    repeated = [
        value
        for labels, value in _samples(metrics.slips, "_total")
        if labels["outcome"] == "replayed"
    ]
    found[samples.DUPLICATES] = sum(
        repeated, sum(v for _, v in _samples(metrics.replays, "_total"))
    )
    return found


def delays() -> dict[float, float]:
    """How many changes were on the screen within so many seconds, by those seconds."""
    found = _samples(metrics.screen_delay_seconds, "_bucket")
    return {float(labels["le"]): value for labels, value in found}


def percentile(within: dict[float, float], share: float) -> float | None:
    """The seconds within which a share of all was on the screen, in proportion between two bounds;
    the last bound where it was beyond. None where there was nothing."""
    bounds = sorted(within)
    sought = share * within[bounds[-1]]
    if sought <= 0:
        return None
    below_s, below = 0.0, 0.0
    for bound_s in bounds[:-1]:
        if within[bound_s] >= sought:
            return below_s + (bound_s - below_s) * (sought - below) / (within[bound_s] - below)
        below_s, below = bound_s, within[bound_s]
    return below_s


def _since(now: dict[float, float], then: dict[float, float]) -> dict[float, float]:
    return {bound_s: count - then[bound_s] for bound_s, count in now.items()}


def _samples(metric: MetricWrapperBase, suffix: str) -> list[tuple[dict[str, str], float]]:
    return [
        (sample.labels, sample.value)
        for family in metric.collect()
        for sample in family.samples
        if sample.name.endswith(suffix)
    ]
