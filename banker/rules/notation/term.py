"""Terms: the short ways of naming one number or many."""

import re
from functools import lru_cache
from itertools import product

from banker.rules.notation.problem import BAD_RANGE, NOT_THREE_DIGITS, UNKNOWN_TERM
from banker.rules.number import NUMBERS, label, other_orders

# Ordered so that the longer reading of a place is tried first.
TERM_PATTERN = (
    r"[0-9]{3} ?r"
    r"|[0-9]t[0-9]p|[0-9][tpabv]"
    r"|[0-9]{2,10}[kK]"
    r"|apu"
    r"|[0-9]{3}(?:~|\.\.)[0-9]{3}"
    r"|(?=[x*?]{0,2}[0-9])(?=[0-9]{0,2}[x*?])[0-9x*?]{3}"
    r"|[0-9]{3}"
)
_term = re.compile(TERM_PATTERN)
_digits = re.compile("[0-9]+")


def expand(term: str) -> tuple[int, ...] | None:
    """The numbers that a folded term names, rising, each once; `None` where it is no term."""
    if len(term) == 3 and _digits.fullmatch(term):
        return (int(term),)
    return _expand(term) if len(term) <= LONGEST_TERM else None


LONGEST_TERM = len("0123456789k")


@lru_cache(maxsize=1024)
def _expand(term: str) -> tuple[int, ...] | None:
    if _term.fullmatch(term) is None:
        return None
    if term == "apu":
        return tuple(range(0, 1000, 111))
    if "~" in term or ".." in term:
        first, last = int(term[:3]), int(term[-3:])
        return tuple(range(first, last + 1)) if first < last else None
    match term[-1]:
        case "r":
            number = int(term[:3])
            return tuple(sorted((number, *other_orders(number))))
        case "k" | "K":
            return _made_of(set(term[:-1]))
        case "a":
            return tuple(n for n in NUMBERS if term[0] in label(n))
        case "b" | "v":
            return tuple(n for n in NUMBERS if sum(map(int, label(n))) % 10 == int(term[0]))
        case "t":
            return _shaped(term[0] + "xx")
        case "p":
            return _shaped((term[0] if len(term) == 4 else "x") + "x" + term[-2])
    return _shaped(term)


def _made_of(digits: set[str]) -> tuple[int, ...] | None:
    if len(digits) < 2:
        return None
    return tuple(int("".join(three)) for three in product(sorted(digits), repeat=3))


def _shaped(shape: str) -> tuple[int, ...]:
    places = ["0123456789" if sign in "x*?" else sign for sign in shape]
    return tuple(int("".join(three)) for three in product(*places))


def trouble(word: str) -> tuple[str, str]:
    """Why a word is no term: the problem's code and, for the collector, its words."""
    if _digits.fullmatch(word):
        return NOT_THREE_DIGITS, f"a number has three digits.{_suggestion(word)}"
    if re.fullmatch(r"[0-9]{3}(~|\.\.)[0-9]{3}", word):
        return BAD_RANGE, f"a range goes up, the smaller number first: {_turned(word)}."
    if "~" in word or ".." in word:
        return BAD_RANGE, "write a range as two numbers of three digits, rising: 120~129."
    if re.fullmatch("[0-9]+[kK]", word):
        return UNKNOWN_TERM, "before k stand 2 to 10 digits, at least 2 of them different: 123k."
    if re.fullmatch("[0-9]*[tpabv]", word):
        letter = word[-1]
        return UNKNOWN_TERM, f"before {letter} stands one digit, without a space: 1{letter}."
    if re.fullmatch("[x*?]+", word):
        return UNKNOWN_TERM, "a pattern needs at least one digit: 12x, 1xx."
    if "total" in word:
        return UNKNOWN_TERM, "the total stands on a line of its own: total 12500."
    if "#" in word:
        return UNKNOWN_TERM, "a comment is a whole line, and starts with #."
    if "\u101d" in word:
        return UNKNOWN_TERM, "ဝ is the letter; the digit is ၀."
    return UNKNOWN_TERM, "not understood. Write a number and its stake: 123 500."


def _suggestion(digits: str) -> str:
    if len(digits) < 3:
        meant = sorted({digits.rjust(3, "0"), digits.ljust(3, "0")})
        return f" Did you mean {' or '.join(meant)}?"
    if 6 <= len(digits) <= 12 and digits[3] != "0":
        return f" Did you mean {digits[:3]} {digits[3:]}?"
    return ""


def _turned(term: str) -> str:
    first, last = sorted((term[:3], term[-3:]))
    return first if first == last else f"{first}~{last}"
