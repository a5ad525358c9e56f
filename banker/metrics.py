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
queue = Gauge("banker_queue", "Slips that wait at this worker's desk.", registry=registry)
refusals = Counter(
    "banker_refusals",
    "Requests that were refused or failed, by code.",
    ["code"],
    registry=registry,
)
replays = Counter(
    "banker_replays",
    "Requests but slips that were answered from what their key is bound to.",
    registry=registry,
)
screen_delay_seconds = Histogram(
    "banker_screen_delay_seconds",
    "From a commit to the frame that shows it, for those who watch this worker's boards.",
    buckets=(
        0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 0.13, 0.14, 0.15,
        0.175, 0.2, 0.225, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.75, 1, 1.5, 2.5, 5, 10, 30,
    ),
    registry=registry,
)  # fmt: skip
viewers = Gauge("banker_viewers", "Open risk streams of this worker.", registry=registry)
redis_up = Gauge("banker_redis_up", "Whether this worker hears the others.", registry=registry)


# The house's, the same at every worker: read from the books whenever they are asked for, and not a
# number while the books cannot be read.
holds_jobs = Gauge("banker_holds_jobs", "Whether this worker does the jobs.", registry=registry)
consistency_score = Gauge(
    "banker_consistency_score",
    "Share of the accounts that the last verification found equal to their entries.",
    registry=registry,
)
verification_findings = Gauge(
    "banker_verification_findings",
    "What the last verification found, and the last whole one.",
    registry=registry,
)
last_verification = Gauge(
    "banker_last_verification_timestamp_seconds",
    "When the books were verified last.",
    registry=registry,
)
seal_lag_rows = Gauge(
    "banker_seal_lag_rows", "Entries and audit rows that are not sealed yet.", registry=registry
)
seal_lag_seconds = Gauge("banker_seal_lag_seconds", "Age of the oldest of them.", registry=registry)
job_last_success = Gauge(
    "banker_job_last_success_timestamp_seconds",
    "When a job last ended well.",
    ["job"],
    registry=registry,
)
job_duration_seconds = Gauge(
    "banker_job_last_duration_seconds", "How long its last run took.", ["job"], registry=registry
)
job_runs = Gauge("banker_job_runs", "Its runs that ended.", ["job"], registry=registry)
job_failures = Gauge("banker_job_failures", "Those that failed.", ["job"], registry=registry)


def exposition() -> bytes:
    """All of it, in the Prometheus text format."""
    return generate_latest(registry)
