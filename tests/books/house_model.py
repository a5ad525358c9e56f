"""A house in plain Python: its people, what their phases do to their money, and the statistics.

Written from `risk.md` and the design's rules with nothing of `banker`; purses are those of `model`,
and what a draw pays is worked out in `draw_model`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from tests.books.draw_model import Draw, Phase, Ticket, percent, reckon
from tests.books.model import ZERO, Person


@dataclass
class Partner:
    """A partner's terms; and by phase what the last draw earned, what of it waits, what is paid."""

    share: Decimal
    rate: Decimal
    cash: Decimal = ZERO
    waiting: dict[int, Decimal] = field(default_factory=dict)
    paid: dict[int, Decimal] = field(default_factory=dict)
    earned: dict[int, Decimal] = field(default_factory=dict)


@dataclass
class Collector(Person):
    """A person who stakes, at a rate that may change, brought in by a partner who may change."""

    partner: int | None = None


class Books:
    """All people, and the statistics of all phases: lists of counts and sums by month, and by
    month and collector or number."""

    def __init__(self, collectors: dict[int, Collector], partners: dict[int, Partner]) -> None:
        self.collectors = collectors
        self.partners = partners
        self.house: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * 8)
        self.by_collector: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [ZERO] * 7)
        self.by_number: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [ZERO] * 4)

    def place(self, phase: Phase, owner: int, bets: dict[int, tuple[Decimal, Decimal]]) -> bool:
        """A slip: taken with the next sequence, or refused where there is not enough money."""
        person = self.collectors[owner]
        total = sum((amount for amount, _ in bets.values()), ZERO)
        drawn = person.draw(total)
        if drawn is None:
            return False
        commission = percent(total, person.rate if phase.rate is None else phase.rate)
        sequence = len(phase.tickets) + 1
        phase.tickets.append(
            Ticket(sequence, owner, bets, person.partner, commission, drawn, person.current)
        )
        return True

    def void(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            ticket.is_void = True
            self.collectors[ticket.owner].give_back(ticket.drawn)

    def settle(self, phase: Phase, number: int) -> Draw:
        """Winnings, then commission into cash, then the bonuses that were worked off."""
        draw = self._reckon(phase, number)
        self._pay(phase, draw)
        for ticket in phase.standing:
            self.collectors[ticket.owner].cash += ticket.commission
        for owner, person in self.collectors.items():
            if person.current is not None:
                counting = [
                    one.total
                    for one in phase.standing
                    if one.owner == owner and one.with_bonus is person.current
                ]
                person.work_off(sum(counting, ZERO))
        self._enter(phase, draw)
        return draw

    def resettle(self, phase: Phase, number: int) -> Draw:
        """The right winners first; then what the draw before paid is taken back."""
        wrong = phase.draws[-1]
        if wrong.number == number:
            return wrong
        draw = self._reckon(phase, number)
        self._pay(phase, draw)
        for owner, received in wrong.received.items():
            debt = self.collectors[owner].take_back(received)
            amount = sum((one.cash + one.credit for one in received), ZERO)
            draw.taken_back[owner] = (amount, debt)
            draw.debt += debt
        self._count(phase, wrong, -1)
        self._enter(phase, draw)
        return draw

    def pay_partner(self, partner_id: int) -> Decimal | None:
        """All that waits; None where that is nothing, or less."""
        partner = self.partners[partner_id]
        amount = sum(partner.waiting.values(), ZERO)
        if amount <= 0:
            return None
        for phase_id, waiting in partner.waiting.items():
            partner.paid[phase_id] = partner.paid.get(phase_id, ZERO) + waiting
        partner.waiting.clear()
        partner.cash += amount
        return amount

    def _reckon(self, phase: Phase, number: int) -> Draw:
        """On the partners' terms of now, or those of the phase's first draw."""
        terms = {one: (partner.share, partner.rate) for one, partner in self.partners.items()}
        if phase.draws:
            terms |= {one: (e.share, e.rate) for one, e in phase.draws[0].earnings.items()}
        paid = {one: partner.paid.get(phase.id, ZERO) for one, partner in self.partners.items()}
        return reckon(phase, number, terms, paid)

    def _pay(self, phase: Phase, draw: Draw) -> None:
        """A ticket is paid what its bets have won, in one."""
        for ticket in phase.standing:
            bets = [draw.payouts.get((ticket.sequence, bet), (ZERO, ZERO)) for bet in ticket.bets]
            won = sum((amount for _, amount in bets), ZERO)
            if won > 0:
                parts = self.collectors[ticket.owner].receive(won)
                draw.received.setdefault(ticket.owner, []).append(parts)

    def _enter(self, phase: Phase, draw: Draw) -> None:
        for partner_id, earning in draw.earnings.items():
            partner = self.partners[partner_id]
            partner.earned[phase.id] = earning.earned
            partner.waiting[phase.id] = earning.amount
        phase.draws.append(draw)
        self._count(phase, draw, 1)

    def _count(self, phase: Phase, draw: Draw, sign: int) -> None:
        by_house, month = self.house[phase.month], phase.month
        _add(by_house, sign, 1, 0, 0, len(draw.payouts), draw.total_in, draw.total_out)
        by_house[6] += sign * draw.commission
        by_house[7] += sign * sum((one.earned for one in draw.earnings.values()), ZERO)
        for owner in {one.owner for one in phase.standing}:
            self.by_collector[month, owner][0] += sign
        owners = {one.sequence: one.owner for one in phase.standing}
        for one in phase.standing:
            _add(by_house, sign, 0, 1, len(one.bets))
            of_owner = self.by_collector[month, one.owner]
            _add(of_owner, sign, 0, 1, len(one.bets), 0, one.total, 0, one.commission)
            for bet, (amount, _) in one.bets.items():
                _add(self.by_number[month, bet], sign, 0, 0, amount)
        for (sequence, bet), (_, amount) in draw.payouts.items():
            _add(self.by_collector[month, owners[sequence]], sign, 0, 0, 0, 1, 0, amount)
            _add(self.by_number[month, bet], sign, 0, 1, 0, amount)
        self.by_number[month, draw.number][0] += sign


def _add(figures: list[Decimal], sign: int, *more: Decimal | int) -> None:
    for place, one in enumerate(more):
        figures[place] += sign * one
