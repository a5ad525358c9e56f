"""A person's money in plain Python, written from the design's rules and nothing in `banker`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass
class Moved:
    """A transfer of the desk, and how much of it was undone."""

    kind: str
    amount: Decimal
    undone: Decimal = ZERO


@dataclass(frozen=True)
class Parts:
    """An amount by the purses that it came from, or that it went to."""

    cash: Decimal
    bonus: Decimal
    credit: Decimal


@dataclass
class Ticket:
    """A stake on one number, and what it drew from each purse."""

    number: int
    total: Decimal
    drawn: Parts
    is_void: bool = False
    with_bonus: "Bonus | None" = None


@dataclass(eq=False)
class Bonus:
    """A bonus under way."""

    amount: Decimal
    requirement: Decimal
    worked_off: Decimal = ZERO


@dataclass
class Past:
    """A settled phase: what stood in it, and what its winners were paid by the draw that counts."""

    tickets: list[Ticket]
    paid: list[Parts]


@dataclass
class Person:
    """Three purses and what moved them. Each verb answers whether it was done."""

    rate: Decimal
    cash: Decimal = ZERO
    bonus: Decimal = ZERO
    drawn: Decimal = ZERO
    limit: Decimal = ZERO
    moved: list[Moved] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    current: Bonus | None = None

    @property
    def credit_left(self) -> Decimal:
        return max(self.limit - self.drawn, ZERO)

    @property
    def available(self) -> Decimal:
        return ZERO if self.owes else self.cash + self.bonus + self.credit_left

    @property
    def owes(self) -> bool:
        return self.cash < 0 or self.drawn > self.limit

    def deposit(self, amount: Decimal) -> bool:
        self.cash += amount
        return self._did("deposit", amount)

    def withdraw(self, amount: Decimal) -> bool:
        if self.owes or amount > self.cash:
            return False
        self.cash -= amount
        return self._did("withdraw", amount)

    def grant_credit(self, limit: Decimal) -> bool:
        self.limit = limit
        return True

    def advance(self, amount: Decimal) -> bool:
        if amount > min(self.credit_left, self.available):
            return False
        self.drawn += amount
        return self._did("advance", amount)

    def repay(self, amount: Decimal) -> bool:
        if amount > self.drawn:
            return False
        self.drawn -= amount
        return self._did("repay", amount)

    def grant_bonus(self, amount: Decimal, requirement: Decimal) -> bool:
        if self.current is not None:
            return False
        self.bonus += amount
        self.current = Bonus(amount, requirement)
        return self._did("bonus", amount)

    def stake(self, number: int, amount: Decimal) -> bool:
        drawn = self.draw(amount)
        if drawn is None:
            return False
        self.tickets.append(Ticket(number, amount, drawn, with_bonus=self.current))
        return True

    def draw(self, amount: Decimal) -> Parts | None:
        """Cash first, then bonus, then credit."""
        if amount > self.available:
            return None
        cash = min(amount, self.cash)
        bonus = min(amount - cash, self.bonus)
        credit = amount - cash - bonus
        self.cash -= cash
        self.bonus -= bonus
        self.drawn += credit
        return Parts(cash, bonus, credit)

    def void(self, ticket: Ticket) -> None:
        ticket.is_void = True
        self.give_back(ticket.drawn)

    def give_back(self, drawn: Parts) -> None:
        """To the purses it came from."""
        self.cash += drawn.cash
        self.bonus += drawn.bonus
        self.receive(drawn.credit)

    def reverse(self, moved: Moved, amount: Decimal, force: bool) -> bool:
        if amount > moved.amount - moved.undone:
            return False
        if moved.kind == "withdraw":
            self.cash += amount
        elif moved.kind == "advance":
            self.receive(amount)
        elif moved.kind == "deposit":
            if amount > max(self.cash, ZERO) and not force:
                return False
            self.cash -= amount
        elif moved.kind == "repay":
            if amount > self.credit_left and not force:
                return False
            self.drawn += amount
        elif not self._take_bonus_back(moved, amount, force):
            return False
        moved.undone += amount
        if moved.kind == "bonus" and moved.undone == moved.amount:
            self.current = None
        return True

    def settle(self, number: int, prize: Decimal) -> None:
        """Winnings ticket by ticket, then commission, then the bonus that was worked off."""
        standing = [ticket for ticket in self.tickets if not ticket.is_void]
        self.past.append(Past(standing, self._win(standing, number, prize)))
        for ticket in standing:
            share = ticket.total * self.rate / 100
            self.cash += share.quantize(CENT, rounding=ROUND_HALF_EVEN)
        if self.current is not None:
            counting = [one.total for one in standing if one.with_bonus is self.current]
            self.work_off(sum(counting, ZERO))
        self.tickets.clear()

    def resettle(self, past: Past, number: int, prize: Decimal) -> Decimal:
        """The right winners are paid, then the wrong ones give back what they were; their debt.
        Commissions and bonuses stay as they are."""
        wrong = past.paid
        past.paid = self._win(past.tickets, number, prize)
        return self.take_back(wrong)

    def receive(self, amount: Decimal) -> Parts:
        """What is owed on credit is repaid first."""
        repaid = min(amount, self.drawn)
        self.drawn -= repaid
        self.cash += amount - repaid
        return Parts(amount - repaid, ZERO, repaid)

    def take_back(self, received: Sequence[Parts]) -> Decimal:
        """Credit that was repaid is drawn again as far as it is still granted, the rest comes from
        cash; what is not there is owed."""
        repaid = sum((one.credit for one in received), ZERO)
        redrawn = min(repaid, self.credit_left)
        rest = sum((one.cash for one in received), ZERO) + repaid - redrawn
        debt = max(rest - max(self.cash, ZERO), ZERO)
        self.drawn += redrawn
        self.cash -= rest
        return debt

    def work_off(self, stakes: Decimal) -> None:
        """Stakes that count for the bonus under way; at the last of them what is left is cash."""
        assert self.current is not None
        self.current.worked_off += stakes
        if self.current.worked_off >= self.current.requirement:
            turned = min(self.current.amount, self.bonus)
            self.bonus -= turned
            self.cash += turned
            self.current = None

    def _win(self, tickets: Sequence[Ticket], number: int, prize: Decimal) -> list[Parts]:
        return [self.receive(one.total * prize) for one in tickets if one.number == number]

    def _take_bonus_back(self, moved: Moved, amount: Decimal, force: bool) -> bool:
        ours = [one for one in self.moved if one.kind == "bonus"][-1] is moved
        if self.current is None or not ours:
            return False
        if amount > self.bonus and not force:
            return False
        held = min(amount, self.bonus)
        self.current.amount -= amount
        self.bonus -= held
        self.cash -= amount - held
        return True

    def _did(self, kind: str, amount: Decimal) -> bool:
        self.moved.append(Moved(kind, amount))
        return True
