"""What a measure is, and the figures that each letter promises."""

from typing import Protocol

from banker.bench.ground import Ground
from banker.bench.plan import Plan

# By letter: what is measured, and the class of no arguments that does it; the course loads it.
MEASURES = {
    "a": ("COPY into the seeds' table, unchecked", "banker.bench.seeds:Copying"),
    "b": ("row by row, as in the seeds", "banker.bench.seeds:RowByRow"),
    "c": ("a transaction a slip", "banker.bench.desks:OneByOne"),
    "d": ("the desk", "banker.bench.desks:Together"),
    "e": ("the service over HTTP", "banker.bench.traffic:Served"),
    "f": ("the way to the wall", "banker.bench.walls:Watched"),
    "g": ("closing and settling", "banker.bench.settling:Settled"),
    "h": ("the desk, ten million bets in the phase", "banker.bench.desks:AmongMillions"),
    "i": ("closing under full load", "banker.bench.settling:Closed"),
    "j": ("the workers' memory under full load", "banker.bench.traffic:Soaked"),
    "k": ("verifying beside the desk", "banker.bench.verifying:Verified"),
}

TITLES = {letter: title for letter, (title, _) in MEASURES.items()}

_SERVED = ("bets_per_s", "p50_ms", "p99_ms", "p999_ms")
# Besides these a measure may give others.
PROMISED = {
    "a": ("a_bets_per_s",),
    "b": ("b_empty_bets_per_s", "b_million_bets_per_s"),
    "c": ("c_bets_per_s", "c_p50_ms"),
    "d": ("d1_bets_per_s", "d16_bets_per_s", "d64_bets_per_s", "d256_bets_per_s"),
    "e": tuple(
        f"e{senders}_w{workers}_{what}"
        for workers in (1, 2)
        for senders in (1, 64, 256, "_open")
        for what in _SERVED
    ),
    "f": ("f1_p50_ms", "f1_p99_ms", "f200_p50_ms", "f200_p99_ms"),
    # Closing and settling together in `g_close_s` and `g_settle_s`; winners paid a second set-wise
    # (within `g_settle_s`) and one at a time; settling beside a busy desk, and what the desk takes
    # alone and meanwhile.
    "g": (
        "g_close_s",
        "g_settle_s",
        "g_set_payouts_per_s",
        "g_one_payouts_per_s",
        "g_beside_settle_s",
        "g_alone_bets_per_s",
        "g_beside_bets_per_s",
    ),
    "h": ("h256_bets_per_s",),
    # `i_p50_ms` and `i_p99_ms` are over all closings of the run: given in the last round alone.
    "i": ("i_p50_ms", "i_p99_ms", "i_worst_ms"),
    "j": ("j_growth_mb",),
    # Sealing, and verifying all entries, in the first round alone.
    "k": (
        "k_alone_bets_per_s",
        "k_quiet_s",
        "k_whole_s",
        "k_beside_whole_bets_per_s",
        "k_seals_per_s",
        "k_recent_s",
        "k_beside_recent_bets_per_s",
    ),
}


class Measure(Protocol):
    """One letter of the bench. It is made once, prepared once, and then runs one round after
    another, in alternation with the other letters."""

    letter: str

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """What is done once before the first round, outside every clock."""

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """One round: raw figures by name, `figure.UNITS` says by which endings. The course takes
        the median over the rounds, of a name with `_worst_` the largest. An empty answer is one
        of a round that has nothing to add."""
        ...
