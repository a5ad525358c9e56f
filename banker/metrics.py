"""What a worker counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

registry = CollectorRegistry()

slips = Counter(
    "banker_slips",
    "Slips by what became of them: placed, replayed or a refusal's code.",
    ["outcome"],
    registry=registry,
)
bets = Counter("banker_bets", "Bets on the slips that were placed.", registry=registry)
placement_seconds = Histogram(
    "banker_placement_seconds",
    "From the reading of a slip to its commit.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=registry,
)
slips_together = Histogram(
    "banker_slips_together",
    "Slips that travelled in one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
    registry=registry,
)
viewers = Gauge("banker_viewers", "Open risk streams of this worker.", registry=registry)
redis_up = Gauge("banker_redis_up", "Whether this worker hears the others.", registry=registry)


def exposition() -> bytes:
    """All of it, in the Prometheus text format."""
    return generate_latest(registry)
