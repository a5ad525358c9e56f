"""The house's own gauges, the same at every worker: they are read from the books when asked."""

import asyncio
import math
from datetime import datetime

import structlog

from banker import metrics
from banker.books import job, samples
from banker.books.job import Job
from banker.books.samples import Standing
from banker.database import Pool, reading

PATIENCE_S = 2.0

UNKNOWN = Standing(None, None, None, None, None, None)

_log = structlog.get_logger()


async def refresh(pool: Pool) -> None:
    """Set them to what the books say; to no number where the books do not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE_S), reading(pool) as connection:
            standing = await samples.standing(connection)
            jobs = await job.listed(connection)
    except Exception as lost:
        _log.warning("house not read", reason=type(lost).__name__)
        standing, jobs = UNKNOWN, []
    _set_standing(standing)
    _set_jobs(jobs)


def _set_standing(standing: Standing) -> None:
    metrics.consistency_score.set(_number(standing.consistency))
    metrics.verification_findings.set(_number(standing.finding_count))
    metrics.last_verification.set(_timestamp(standing.verified_at))
    metrics.seal_lag_rows.set(_number(standing.seal_lag_rows))
    metrics.seal_lag_seconds.set(_number(standing.seal_lag_s))


def _set_jobs(jobs: list[Job]) -> None:
    for gauge in (
        metrics.job_last_success,
        metrics.job_duration_seconds,
        metrics.job_runs,
        metrics.job_failures,
    ):
        gauge.clear()
    for one in jobs:
        metrics.job_last_success.labels(one.name).set(_timestamp(one.succeeded_at))
        if one.duration_ms is not None:
            metrics.job_duration_seconds.labels(one.name).set(one.duration_ms / 1000)
        metrics.job_runs.labels(one.name).set(one.run_count)
        metrics.job_failures.labels(one.name).set(one.failure_count)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _timestamp(moment: datetime | None) -> float:
    return math.nan if moment is None else moment.timestamp()
