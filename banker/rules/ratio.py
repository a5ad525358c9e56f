"""What part of a whole something is: margins, shares, hit rates."""

from decimal import Context, Decimal

from banker.rules.money import to_cent

# As wide as money is kept, and some places behind.
_WIDE = Context(prec=60)
_HUNDRED = Decimal(100)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """A part in percent of its whole, to the hundredth, half even; None of a whole that is nothing,
    of which there are no parts."""
    if not whole:
        return None
    return to_cent(_WIDE.divide(_WIDE.multiply(Decimal(part), _HUNDRED), Decimal(whole)))
