"""What a bench finds: figures by name, the ratios between them, and the floors they must hold."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from statistics import median

import msgspec

# What a name ends with says what its figure counts.
UNITS = {
    "_bets_per_s": "bets/s",
    "_slips_per_s": "slips/s",
    "_payouts_per_s": "payouts/s",
    "_seals_per_s": "rows/s",
    "_ms": "ms",
    "_s": "s",
    "_mb": "MB",
}


class Figure(msgspec.Struct, frozen=True):
    """A figure by its name, such as `d256_bets_per_s`."""

    name: str
    value: float
    unit: str


class Ratio(msgspec.Struct, frozen=True):
    """A judged ratio or figure: `value` must be at least `bound`, or at most where `at_most`.

    `of` says which figures it was worked out from.
    """

    name: str
    value: float
    bound: float
    at_most: bool
    holds: bool
    of: str


class Machine(msgspec.Struct, frozen=True):
    """On what the figures were taken."""

    cpu_count: int
    system: str
    python: str
    postgres: str


class Report(msgspec.Struct, frozen=True):
    """All that one run found, with what was done to find it."""

    machine: Machine
    rounds: int
    lines: int
    quick: bool
    figures: tuple[Figure, ...]
    ratios: tuple[Ratio, ...]
    findings: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """One object, every figure and ratio under its name."""
        return msgspec.json.encode(
            {
                "machine": self.machine,
                "rounds": self.rounds,
                "lines": self.lines,
                "quick": self.quick,
                "figures": {
                    one.name: {"value": one.value, "unit": one.unit} for one in self.figures
                },
                "ratios": {
                    one.name: {
                        "value": one.value,
                        "at_most" if one.at_most else "at_least": one.bound,
                        "holds": one.holds,
                        "of": one.of,
                    }
                    for one in self.ratios
                },
                "findings": self.findings,
            }
        )

    def table(self, titles: Mapping[str, str]) -> Iterator[str]:
        """The lines of the table for a person; `titles` say what each letter stands for."""
        rounds = f"{self.rounds} rounds" if self.rounds > 1 else "one round"
        yield (
            f"{self.machine.cpu_count} cores, {self.machine.system}, Python {self.machine.python}, "
            f"PostgreSQL {self.machine.postgres}"
        )
        yield f"medians of {rounds}, slips of {self.lines} lines{', quick' if self.quick else ''}"
        for title, figures in groupby(self.figures, lambda one: _title(one, titles)):
            yield from ("", title)
            for figure in figures:
                yield f"  {figure.name:<24}{_shown(figure.value):>12}  {figure.unit}"
        if self.ratios:
            yield from ("", "what must hold")
        for ratio in self.ratios:
            sign = "<=" if ratio.at_most else ">="
            verdict = "holds" if ratio.holds else "FAILS"
            yield (
                f"  {ratio.name:<24}{_shown(ratio.value):>12}"
                f"  {sign} {_shown(ratio.bound):<8}{verdict}  ({ratio.of})"
            )
        yield ""
        yield "The books balance." if not self.findings else "The books do not balance:"
        yield from self.findings


def machine(postgres: str) -> Machine:
    """This machine, and the version of PostgreSQL as it says it."""
    return Machine(
        cpu_count=os.cpu_count() or 0,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        postgres=postgres,
    )


def figure(name: str, value: float) -> Figure:
    """A figure with the unit that its name says. Raises `KeyError` for a name that says none."""
    for ending, unit in UNITS.items():
        if name.endswith(ending):
            return Figure(name, value, unit)
    raise KeyError(name)


def gathered(rounds: Sequence[Mapping[str, float]]) -> list[Figure]:
    """One figure a name from the raw figures of some rounds: the median, but the largest of those
    called `worst`. A round need not have every name."""
    names = dict.fromkeys(name for one in rounds for name in one)
    return [
        figure(name, _middle(name, [one[name] for one in rounds if name in one])) for name in names
    ]


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The least of the values that at least this share of them does not exceed (nearest rank)."""
    rank = -int(-len(sorted_values) * share // 1)
    return sorted_values[max(rank, 1) - 1]


def at_least(name: str, value: float, bound: float, of: str) -> Ratio:
    """A floor."""
    return Ratio(name, value, bound, at_most=False, holds=value >= bound, of=of)


def at_most(name: str, value: float, bound: float, of: str) -> Ratio:
    """A ceiling."""
    return Ratio(name, value, bound, at_most=True, holds=value <= bound, of=of)


def _middle(name: str, values: Sequence[float]) -> float:
    return max(values) if "_worst_" in name else median(values)


def _title(figure: Figure, titles: Mapping[str, str]) -> str:
    letter = figure.name[0]
    return "by number of workers" if "/" in figure.name else f"({letter}) {titles[letter]}"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"
