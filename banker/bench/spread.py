"""How long something took, over many times: the middle, the tail and the worst."""

from collections.abc import Iterable

import msgspec

from banker.bench.figure import percentile


class Spread(msgspec.Struct, frozen=True):
    """Milliseconds; each is a time that was measured, none is worked out between two."""

    count: int
    p50_ms: float
    p99_ms: float
    p999_ms: float
    max_ms: float


def spread(seconds: Iterable[float]) -> Spread | None:
    """The spread of some times in seconds; None where there are none."""
    ranked = sorted(seconds)
    if not ranked:
        return None
    return Spread(
        count=len(ranked),
        p50_ms=percentile(ranked, 0.5) * 1000,
        p99_ms=percentile(ranked, 0.99) * 1000,
        p999_ms=percentile(ranked, 0.999) * 1000,
        max_ms=ranked[-1] * 1000,
    )
