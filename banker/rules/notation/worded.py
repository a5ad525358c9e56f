"""Terms of letters and their stakes, one (`5a 50`, `1t500`) or in pairs (`123r 50 1t 20`)."""

import re

from banker.rules.notation.stake import STAKE_PATTERN, read_stake
from banker.rules.notation.stakes import Groups, read_stakes, two_ways
from banker.rules.notation.term import TERM_PATTERN, expand

_term = re.compile(TERM_PATTERN)
_pair = re.compile(rf"(?P<term>{TERM_PATTERN}) (?P<stake>{STAKE_PATTERN})(?: |$)")
_number = re.compile("[0-9]{3}")
# These end in a letter that no stake begins with or contains.
_parts_from_stake = re.compile("[0-9]{3} ?r|[0-9]t[0-9]p|[0-9][tpabv]|apu")


def read_worded(text: str, at: int) -> Groups | None:
    """One term that is not a plain number, and its stake; `None` where the text is otherwise.

    Raises `Unreadable` where it could mean two things.
    """
    term = _term.match(text)
    if term is None or _number.fullmatch(term.group()):
        return None
    numbers = expand(term.group())
    rest = text[term.end() :]
    stakes = read_stakes(rest.removeprefix(" "))
    if numbers is None or stakes is None:
        return None
    glued = not rest.startswith(" ")
    if glued and not _parts_from_stake.fullmatch(term.group()):
        words = f"could be read in two ways. Write {term.group()} {rest}, or 123 {rest}."
        raise two_ways(text, at, words)
    if stakes.orders is not None:
        raise two_ways(text, at, "a stake for other orders goes with plain numbers: 123 500 r 300.")
    return [(numbers, stakes.each)]


def read_pairs(text: str) -> Groups | None:
    """Terms and stakes by turns, two or more; `None` unless every stake can only be a stake."""
    groups: Groups = []
    place = 0
    while place < len(text):
        pair = _pair.match(text, place)
        if pair is None:
            return None
        place = pair.end()
        numbers = expand(pair["term"])
        stake = pair["stake"]
        cents = read_stake(stake, grouped=place == len(text))
        if numbers is None or cents is None or expand(stake) is not None:
            return None
        groups.append((numbers, cents))
    return groups if len(groups) > 1 else None
