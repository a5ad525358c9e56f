"""Whether the worker can serve, and what it counts."""

import asyncio
import hmac
import ipaddress

import msgspec
from litestar import Request, Response, get, head

from banker import metrics
from banker.errors import Forbidden
from banker.settings import Settings
from banker.web import house_gauges
from banker.web.access import MACHINES, AtWorker, address_of, bearer_token
from banker.worker import Worker

PATIENCE_S = 3.0


class Health(msgspec.Struct, frozen=True):
    """`ok` or `down` for each part; the whole is `ok` as long as Postgres is."""

    status: str
    postgres: str
    redis: str


@get("/health", opt=dict(MACHINES), tags=["house"], summary="Whether the house can serve")
async def show_health(worker: AtWorker) -> Response[Health]:
    """503 where Postgres is away; Redis alone being away is not an outage."""
    postgres = await _postgres_answers(worker)
    health = Health(
        status="ok" if postgres else "down",
        postgres="ok" if postgres else "down",
        redis="ok" if worker.stream.up else "down",
    )
    return Response(health, status_code=200 if postgres else 503)


@head("/health", opt=dict(MACHINES), include_in_schema=False)
async def probe_health(worker: AtWorker) -> Response[None]:
    """The status alone, as balancers ask for it."""
    status = 200 if await _postgres_answers(worker) else 503
    return Response(None, status_code=status, media_type="application/json")


@get(
    "/metrics",
    opt=dict(MACHINES),
    media_type="text/plain; version=0.0.4",
    tags=["house"],
    summary="What this worker counts, for Prometheus",
)
async def show_metrics(request: Request, worker: AtWorker) -> bytes:  # type: ignore[type-arg]
    """For loopback, or for whoever holds `BANKER_METRICS_TOKEN`."""
    expected, given = worker.settings.metrics_token, bearer_token(request)
    known = bool(expected and given) and hmac.compare_digest(str(given).encode(), expected.encode())
    if not known and not _is_of_this_machine(request, worker.settings):
        raise Forbidden("Metrics are for this machine, or for the holder of the metrics token.")
    metrics.redis_up.set(worker.stream.up)
    metrics.queue.set(worker.desk.waiting)
    metrics.holds_jobs.set(worker.jobs.holds)
    await house_gauges.refresh(worker.pool)
    return metrics.exposition()


async def _postgres_answers(worker: Worker) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S), worker.pool.acquire() as connection:
            return bool(await connection.fetchval("select true"))
    except Exception:
        return False


def _is_of_this_machine(request: Request, settings: Settings) -> bool:  # type: ignore[type-arg]
    # What a proxy passes on comes from anywhere, whether the settings name the proxy or not.
    peer = request.client.host if request.client else ""
    is_passed_on = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
    if is_passed_on and peer not in settings.proxies:
        return False
    try:
        return ipaddress.ip_address(address_of(request, settings)).is_loopback
    except ValueError:
        return False


handlers = (show_health, probe_health, show_metrics)
