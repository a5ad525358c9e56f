"""The numbers that are bet on: integers 0 to 999 inside, three digits at every door."""

from functools import cache
from itertools import permutations

NUMBERS = range(1000)
LABELS = tuple(f"{number:03d}" for number in NUMBERS)


def label(number: int) -> str:
    """The three digits of a number: 7 is `"007"`."""
    return f"{number:03d}"


def read_label(text: str) -> int:
    """The number that exactly three ASCII digits name. Raises `ValueError` for anything else."""
    if len(text) != 3 or not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


@cache
def other_orders(number: int) -> tuple[int, ...]:
    """The different orders of a number's digits, but for its own: five, two or none, rising."""
    orders = {int("".join(digits)) for digits in permutations(label(number))}
    return tuple(sorted(orders - {number}))


@cache
def neighbours(number: int, wraps: bool) -> tuple[int, ...]:
    """The numbers one below and one above; 999 and 000 are neighbours only where `wraps`."""
    if wraps:
        return tuple(sorted({(number - 1) % 1000, (number + 1) % 1000}))
    return tuple(n for n in (number - 1, number + 1) if 0 <= n <= 999)
