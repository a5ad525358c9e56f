"""Stakes: what is put on each number, read as whole cents so that sums are exact and quick."""

import re

from banker.rules.money import LARGEST_STAKE

LARGEST_STAKE_CENTS = int(LARGEST_STAKE * 100)

CURRENCY_PATTERN = r"(?:kyat|ks|baht|฿|\$)"
# Twelve digits are more than any stake or sum, and few enough to be read at once.
_NUMERAL = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,3}|[1-9][0-9]{0,11}|0)(?:\.[0-9]{1,2})?k?"
STAKE_PATTERN = rf"(?:{_NUMERAL}(?: ?{CURRENCY_PATTERN})?|{CURRENCY_PATTERN} ?{_NUMERAL})"

LONGEST_STAKE = 40

_stake = re.compile(STAKE_PATTERN)
_currency = re.compile(rf" ?{CURRENCY_PATTERN} ?")
_plain = re.compile("[1-9][0-9]{0,8}")


def read_stake(text: str, *, grouped: bool = True) -> int | None:
    """A stake in cents, or `None` for what is none. `grouped` allows `1,000`."""
    if _plain.fullmatch(text):
        return int(text) * 100
    cents = read_sum(text)
    if cents is None or cents > LARGEST_STAKE_CENTS or ("," in text and not grouped):
        return None
    return cents


def read_sum(text: str) -> int | None:
    """An amount in cents, written as a stake but without a stake's largest value."""
    if len(text) > LONGEST_STAKE or not _stake.fullmatch(text):
        return None
    numeral = _currency.sub("", text).replace(",", "")
    thousands = 1000 if numeral.endswith("k") else 1
    whole, _, part = numeral.rstrip("k").partition(".")
    cents = (int(whole) * 100 + int(part.ljust(2, "0"))) * thousands
    return cents or None


def is_stake_shaped(text: str) -> bool:
    """Whether a text is written as a stake, whatever it is worth."""
    return len(text) <= LONGEST_STAKE and _stake.fullmatch(text) is not None


def trouble(text: str) -> str:
    """Why a text is no stake, in words for the collector."""
    numeral = _currency.sub("", text[:LONGEST_STAKE])
    if is_stake_shaped(text):
        return _value_trouble(text)
    if "\u101d" in numeral:
        return "ဝ is the letter; the digit is ၀."
    if re.fullmatch(r"0[0-9]+(\.[0-9]*)?k?", numeral):
        return f"a stake has no zero before it: {numeral.lstrip('0') or '500'}."
    if re.fullmatch(r"[0-9,]*\.[0-9]{3,}k?", numeral):
        return "a stake has at most two decimals: 500.25, 1.25k."
    if re.fullmatch(r"[0-9]{13,}(\.[0-9]*)?k?", numeral):
        return "a stake is at most 999,999,999.99."
    if re.fullmatch(r"[0-9]+(,[0-9]*)+(\.[0-9]*)?k?", numeral):
        return "separators part thousands, three digits after each: 1,000 or 12,500."
    if numeral.startswith("-"):
        return "a stake is more than zero."
    return "not a stake. Write it in digits: 500, 1000 or 1k."


def _value_trouble(text: str) -> str:
    cents = read_sum(text)
    if cents is None:
        return "a stake is more than zero."
    if cents > LARGEST_STAKE_CENTS:
        return "a stake is at most 999,999,999.99."
    return "write 1,000 only after = or at the end of the line; else write 1000."


def shown(cents: int) -> str:
    """Cents as a collector reads them: `1,800`, `0.50`."""
    whole, part = divmod(cents, 100)
    return f"{whole:,}.{part:02d}" if part else f"{whole:,}"
