"""The floors: what the figures of one run must hold against each other, and a few by themselves."""

from collections.abc import Iterator, Mapping, Sequence

from banker.bench.figure import Figure, Ratio, at_least, at_most

WORKERS = (1, 2)
TIMES = "×"

# Name, figure above the line and the one below, floor. A figure with `{w}` is taken at either
# number of workers, and the better is judged.
LEAST = (
    ("e64/a", "e64_w{w}_bets_per_s", "a_bets_per_s", 1.2),
    ("e256/a", "e256_w{w}_bets_per_s", "a_bets_per_s", 1.4),
    ("e64/b_empty", "e64_w{w}_bets_per_s", "b_empty_bets_per_s", 5.0),
    ("e64/b_million", "e64_w{w}_bets_per_s", "b_million_bets_per_s", 50.0),
    ("d256/a", "d256_bets_per_s", "a_bets_per_s", 2.5),
    ("h256/d256", "h256_bets_per_s", "d256_bets_per_s", 0.9),
    ("g_set/g_one", "g_set_payouts_per_s", "g_one_payouts_per_s", 50.0),
    ("k_recent/k_alone", "k_beside_recent_bets_per_s", "k_alone_bets_per_s", 0.8),
)
MOST = (("e1_p50/c_p50", "e1_w{w}_p50_ms", "c_p50_ms", 1.6),)
MOST_ALONE = (
    ("f200_p99", "f200_p99_ms", 150.0),
    ("g_settle", "g_settle_s", 5.0),
    ("g_beside", "g_beside_settle_s", 5.0),
    ("i_p99", "i_p99_ms", 1_000.0),
    ("j_growth", "j_growth_mb", 10.0),
    ("k_quiet", "k_quiet_s", 60.0),
    ("k_recent", "k_recent_s", 60.0),
    ("k_whole", "k_whole_s", 60.0),
)


def judged(figures: Mapping[str, float]) -> list[Ratio]:
    """Every floor that these figures, medians by name, have something to say of."""
    ratios = []
    for name, above, below, bound in LEAST:
        found = list(_found(figures, above, below))
        if found:
            value, of = max(found)
            ratios.append(at_least(name, value, bound, of))
    for name, above, below, bound in MOST:
        found = list(_found(figures, above, below))
        if found:
            value, of = min(found)
            ratios.append(at_most(name, value, bound, of))
    for name, alone, bound in MOST_ALONE:
        if alone in figures:
            ratios.append(at_most(name, figures[alone], bound, alone))
    return ratios


def by_workers(figures: Mapping[str, float]) -> list[Figure]:
    """The ratios at each number of workers, such as `e64_w1/a`."""
    return [
        Figure(name.replace("/", f"_w{workers}/", 1), figures[one] / figures[below], TIMES)
        for name, above, below, _ in (*LEAST, *MOST)
        if "{w}" in above
        for workers in WORKERS
        if (one := above.format(w=workers)) in figures and figures.get(below)
    ]


def _found(figures: Mapping[str, float], above: str, below: str) -> Iterator[tuple[float, str]]:
    for one in _names(above):
        if one in figures and figures.get(below):
            yield figures[one] / figures[below], f"{one} / {below}"


def _names(above: str) -> Sequence[str]:
    return list(dict.fromkeys(above.format(w=workers) for workers in WORKERS))
