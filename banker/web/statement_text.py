"""A statement as text to paste into a chat: a fact a line, always in the same order, in letters
that every keyboard and every chat has."""

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from banker.books.statement import Movement, Statement
from banker.rules.number import label
from banker.web import statement_words
from banker.web.rendering import dated, shown

AFTER_DRAW = "known after the draw"


def text(statement: Statement, zone: ZoneInfo, currency: str) -> str:
    """All of it but the slips one by one."""
    return "\n".join(_lines(statement, zone, currency))


def _lines(statement: Statement, zone: ZoneInfo, currency: str) -> Iterator[str]:
    sums, balance = statement.sums, statement.balance
    is_void = statement.phase.state == "void"
    yield f"STATEMENT {statement.phase.name}"
    yield f"Collector: {statement.username}"
    if is_void:
        yield "Draw: none, the phase is void"
    else:
        yield f"Draw: {'not yet' if statement.number is None else label(statement.number)}"
    yield f"Slips: {sums.ticket_count:,} ({_counted(sums.bet_count, 'bet')})"
    if sums.void_count:
        yield f"Void slips: {sums.void_count:,}, {_money(sums.returned)} given back"
    yield f"Stakes: {_money(sums.total_in)}{_purses(statement.moved('stakes'), 'from', -1)}"
    yield _commission(statement)
    if sums.total_out is None:
        yield f"Winnings: {AFTER_DRAW}"
        yield f"Result: {AFTER_DRAW}"
    else:
        yield f"Winnings: {_money(sums.total_out)}{_purses(statement.moved('winnings'), 'to')}"
        yield f"Result: {_money(sums.result or Decimal(0), signed=True)}"
    for one in statement.undone:
        debt = f", {_money(one.debt)} of it is a debt" if one.debt else ""
        yield f"Wrong draw {label(one.number)}: {_money(one.amount)} taken back{debt}"
    yield f"Cash now: {_money(balance.cash_balance)}"
    if balance.bonus_balance:
        yield f"Bonus now: {_money(balance.bonus_balance)}"
    if balance.credit_balance or balance.credit_approved:
        limit = balance.credit_limit if balance.credit_approved else Decimal(0)
        yield f"Credit drawn now: {_money(statement.owed.credit)} of {_money(limit)}"
    yield from (_plain(sentence) for sentence in statement_words.owed(statement))
    yield f"In {currency}, as of {dated(statement.phase.now, zone)}"


def _commission(statement: Statement) -> str:
    rates = statement_words.rates(statement)
    amount = _money(statement.sums.commission)
    due = ", due at the settlement" if statement.sums.result is None else ""
    return f"Commission{f' {rates}' if rates else ''}: {amount}{due}"


def _purses(moved: Movement, way: str, sign: int = 1) -> str:
    """The purses that it came from or went to, where it was not cash alone."""
    if not moved.bonus and not moved.credit:
        return ""
    parts = [("cash", moved.cash), ("bonus", moved.bonus), ("credit", moved.credit)]
    told = ", ".join(f"{name} {_money(sign * amount)}" for name, amount in parts if amount)
    return f" ({way} {told})"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what if count == 1 else f'{what}s'}"


def _money(amount: Decimal, signed: bool = False) -> str:
    sign = "+" if signed and amount > 0 else ""
    return sign + _plain(shown(amount))


def _plain(text: str) -> str:
    """With the minus that is on every keyboard."""
    return text.replace("−", "-")
