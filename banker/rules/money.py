"""Money: `Decimal` inside, a string such as `"1500.00"` at every door, never a float."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST_STAKE = Decimal("999999999.99")

AMOUNT_PATTERN = r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,2})?$"
RATE_PATTERN = r"^(100(\.0{1,2})?|[1-9]?[0-9](\.[0-9]{1,2})?)$"

# Wide enough for every numeric(20,2) times a multiplier and a factor without rounding on the way.
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_amount = re.compile(AMOUNT_PATTERN)
_rate = re.compile(RATE_PATTERN)


def to_cent(amount: Decimal) -> Decimal:
    """Rounded to the cent, half even: the one rounding of the house (design, Money)."""
    # Adding nothing turns a negative zero into a plain one.
    return _EXACT.add(amount.quantize(CENT, context=_EXACT), ZERO)


def share(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of an amount, to the cent."""
    return to_cent(_EXACT.divide(_EXACT.multiply(amount, rate), Decimal(100)))


def times(amount: Decimal, *multipliers: Decimal) -> Decimal:
    """An amount times each multiplier, exactly, then to the cent."""
    product = amount
    for multiplier in multipliers:
        product = _EXACT.multiply(product, multiplier)
    return to_cent(product)


def read_amount(text: str) -> Decimal:
    """A decimal string of at most two decimals as money. Raises `ValueError` for anything else."""
    if not _amount.match(text) or text.endswith("\n"):
        raise ValueError(text)
    return Decimal(text).quantize(CENT, context=_EXACT)


def read_rate(text: str) -> Decimal:
    """A percent string from `"0"` to `"100"`, two decimals at most. Raises `ValueError`."""
    if not _rate.match(text) or text.endswith("\n"):
        raise ValueError(text)
    return Decimal(text)


def to_cents(amount: Decimal) -> int:
    """Money as whole cents: exact integers, in which slips are judged."""
    return int(amount.scaleb(2, _EXACT))


def from_cents(cents: int) -> Decimal:
    """Whole cents as money."""
    return Decimal(cents).scaleb(-2, _EXACT)


# Stakes repeat: a few dozen amounts make most bets.
@lru_cache(maxsize=16_384)
def cents_text(cents: int) -> str:
    """Whole cents, not negative, as `money` writes them."""
    return f"{cents // 100}.{cents % 100:02d}"


def money(amount: Decimal) -> str:
    """An amount as callers of the API read it: `"1500.00"`, `"-3.50"`."""
    return f"{amount:.2f}"


def rate(percent: Decimal) -> str:
    """A rate as callers of the API read it, without trailing zeros: `"15"`, `"12.5"`."""
    text = f"{percent:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
