"""Slips as collectors write them: mixed notation, a few numbers that everybody plays."""

import random
from itertools import accumulate

from banker.books.judgement import Slip
from banker.books.people import Person
from banker.books.request import fingerprint
from banker.rules import notation
from banker.rules.number import label

# Numbers of dreams and plates: a tenth of all bets fall on them. The rest are popular by chance, a
# few very much, as numbers are.
HOT = (137, 444, 777, 731, 888, 168, 786, 123, 555, 999, 911, 247)
_POPULARITY = [random.Random(number).paretovariate(2.4) for number in range(1000)]  # noqa: S311
_POPULAR = list(accumulate(_POPULARITY))
_BURMESE = str.maketrans("0123456789", "၀၁၂၃၄၅၆၇၈၉")
_STAKES = (100, 200, 300, 500, 500, 1000, 1500, 3000)


def write_slip(chance: random.Random) -> str:
    """A slip of one to twelve lines."""
    lines = [_write_line(chance) for _ in range(chance.choice((1, 2, 3, 3, 4, 5, 6, 8, 12)))]
    text = "\n".join(lines)
    return text.translate(_BURMESE) if chance.random() < 0.15 else text


def draft_slip(chance: random.Random, phase_id: int, collectors: list[Person], place: int) -> Slip:
    """A slip of one of the collectors, under a key that is the same for the same place."""
    collector = chance.choice(collectors)
    text = write_slip(chance)
    return Slip(
        collector_id=collector.id,
        username=collector.username,
        key=f"sample-{phase_id}-{place}",
        fingerprint=fingerprint(str(phase_id), text, ""),
        stakes=notation.parse(text).stakes,
        text=text,
    )


def _write_line(chance: random.Random) -> str:
    number, stake = label(_number(chance)), chance.choice(_STAKES)
    kind = chance.random()
    if kind < 0.45:
        return f"{number}{chance.choice(' =-')}{stake}"
    if kind < 0.60:
        return f"{number}r {stake}"
    if kind < 0.72:
        others = [label(_number(chance)) for _ in range(chance.randint(1, 5))]
        return f"{' '.join([number, *others])} = {stake}"
    if kind < 0.80 and len(set(number)) > 1:
        return f"{number} {stake} r {chance.choice(_STAKES)}"
    if kind < 0.86:
        return f"{chance.randint(0, 9)}{chance.choice('tpb')} {min(stake, 100)}"
    if kind < 0.90:
        return f"{number[:2]}x {stake}"
    if kind < 0.93:
        return f"apu {stake}"
    if kind < 0.96:
        return f"{chance.randint(0, 9)}a {min(stake, 50)}"
    return f"{number} {chance.choice(('1k', '1.5k', '2k', '5k'))}"


def _number(chance: random.Random) -> int:
    if chance.random() < 0.1:
        return chance.choice(HOT)
    return chance.choices(range(1000), cum_weights=_POPULAR)[0]
