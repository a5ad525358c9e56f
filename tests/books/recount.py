"""What months come to, in plain Python: from the slips and the draws, and nothing in `banker`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


@dataclass
class Slip:
    """A ticket: whose, at which rate of commission, and what it stakes on which number."""

    collector_id: int
    rate: Decimal
    has_partner: bool
    bets: dict[int, Decimal]
    is_void: bool = False

    @property
    def total(self) -> Decimal:
        return sum(self.bets.values(), ZERO)

    @property
    def commission(self) -> Decimal:
        return to_cent(self.total * self.rate / 100)


@dataclass
class Round:
    """A phase that is over, in a month such as 2096-11; the last of its numbers counts, and without
    one it is void."""

    phase_id: int
    month: str
    closed_at: datetime
    straight: Decimal
    permutation: Decimal
    near: Decimal
    slips: list[Slip] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    @property
    def standing(self) -> list[Slip]:
        return [slip for slip in self.slips if not slip.is_void]

    def won(self) -> Iterator[tuple[Slip, int, Decimal]]:
        """The winning bets: the slip, the number, and what is paid."""
        winner = self.numbers[-1]
        for slip in self.standing:
            for number, amount in slip.bets.items():
                paid = to_cent(amount * self._multiplier(number, winner))
                if paid:
                    yield slip, number, paid

    def _multiplier(self, number: int, winner: int) -> Decimal:
        if number == winner:
            return self.straight
        if sorted(f"{number:03d}") == sorted(f"{winner:03d}"):
            return self.permutation
        return self.near if abs(number - winner) == 1 else Decimal(0)

    def earned(self) -> Decimal:
        """By a partner who has half of the profit of some slips, and a tenth of this."""
        stakes = sum((one.total for one in self.standing if one.has_partner), ZERO)
        paid = sum((amount for slip, _, amount in self.won() if slip.has_partner), ZERO)
        return max(to_cent(to_cent((stakes - paid) / 2) / 10), ZERO)


@dataclass
class Figures:
    """What is counted of a house, or of a collector."""

    phases: int = 0
    tickets: int = 0
    bets: int = 0
    winning: int = 0
    taken: Decimal = ZERO
    paid: Decimal = ZERO
    commission: Decimal = ZERO

    def add(self, slips: Iterable[Slip], won: Iterable[Decimal]) -> None:
        """One more phase."""
        self.phases += 1
        for slip in slips:
            self.tickets += 1
            self.bets += len(slip.bets)
            self.taken += slip.total
            self.commission += slip.commission
        for amount in won:
            self.winning += 1
            self.paid += amount


def by_month(rounds: Iterable[Round]) -> dict[str, tuple[Figures, Decimal]]:
    """The house's months, and what the partner has earned in each."""
    months: dict[str, Figures] = defaultdict(Figures)
    earned: Counter[str] = Counter()
    for one in rounds:
        if one.numbers:
            months[one.month].add(one.standing, [amount for _, _, amount in one.won()])
            earned[one.month] += one.earned()  # type: ignore[assignment]
    return {month: (figures, Decimal(earned[month])) for month, figures in months.items()}


def by_collector(rounds: Iterable[Round]) -> dict[tuple[str, int], Figures]:
    """The collectors' months; a phase counts for those who have a ticket in it that stands."""
    months: dict[tuple[str, int], Figures] = defaultdict(Figures)
    for one in rounds:
        for collector_id in {slip.collector_id for slip in one.standing if one.numbers}:
            months[one.month, collector_id].add(
                [slip for slip in one.standing if slip.collector_id == collector_id],
                [amount for slip, _, amount in one.won() if slip.collector_id == collector_id],
            )
    return dict(months)


def by_number(rounds: Iterable[Round]) -> dict[tuple[str, int], list[Decimal | int]]:
    """The numbers' months: how often drawn, how many bets won, staked, paid; without those that
    nothing is told of."""
    months: dict[tuple[str, int], list[Decimal | int]] = defaultdict(lambda: [0, 0, ZERO, ZERO])
    for one in rounds:
        if not one.numbers:
            continue
        months[one.month, one.numbers[-1]][0] += 1
        for slip in one.standing:
            for number, amount in slip.bets.items():
                months[one.month, number][2] += amount
        for _, number, amount in one.won():
            months[one.month, number][1] += 1
            months[one.month, number][3] += amount
    return dict(months)


def to_cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)
