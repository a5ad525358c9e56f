"""Slips as a bench needs them: always the same ones, all of a length."""

import random

from banker.rules.number import NUMBERS, label

# Whole hundreds: 15, 12.5 or 10 percent of them is a whole number of cents, so that a commission
# worked out in SQL needs no rounding.
STAKES = (100, 200, 300, 500, 500, 1000, 1500, 2000, 3000, 5000)
MOST_LINES = len(NUMBERS)


def texts(count: int, lines: int, seed: int = 0) -> list[str]:
    """So many slips of `lines` lines `NNN STAKE`, each number once in a slip; the same for the same
    seed. `lines` is at most `MOST_LINES`."""
    chance = random.Random(seed)  # noqa: S311 - slips of a bench
    return ["\n".join(_lines(chance, lines)) for _ in range(count)]


def _lines(chance: random.Random, lines: int) -> list[str]:
    return [
        f"{label(number)} {chance.choice(STAKES)}" for number in chance.sample(NUMBERS, k=lines)
    ]
