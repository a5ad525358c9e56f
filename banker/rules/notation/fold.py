"""One form first: every way of typing a sign becomes one sign, and the way back is kept."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

# Letters and marks of Burmese, without its digits, which have become ASCII before this is asked.
BURMESE = "\u1000-\u103f\u104a-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"

# The word for "all made of" becomes a capital K, for there is no other capital left: a small k
# after digits may be a stake of thousands, and that word never is.
_WORDS = {
    "ပတ်လည်": "r",
    "အာ": "r",
    "ထိပ်": "t",
    "ပိတ်": "p",
    "အပါ": "a",
    "ခွေ": "K",
    "ဗြိတ်": "b",
    "ဘဒိတ်": "b",
    "အပူး": "apu",
    "ကျပ်": "kyat",
    "စုစုပေါင်း": "total",
    "ပေါင်း": "total",
    "ยอด": "total",
}

_WA = "\u101d"
_ZERO_WIDTH = "\u200b-\u200f\u2060\ufeff"


class Folded(NamedTuple):
    """A folded line and, for each of its code points, where in the original it starts and ends."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text as a span of the original."""
        if start >= end:
            before = self.ends[start - 1] if 0 < start <= len(self.ends) else 0
            return before, before
        return self.starts[start], self.ends[end - 1]


def fold(line: str) -> Folded:
    """One line in one form: lower case, ASCII digits and signs, single spaces, none at the ends."""
    text = line.lower() if line.isascii() else line
    if not line.isascii() or _odd_space.search(text):
        text = text.translate(_one_to_one)
    folded = Folded(text, range(len(text)), range(1, len(text) + 1))
    if not line.isascii():
        folded = _rewritten(folded, _zero_width, lambda _: "")
        if _WA in folded.text:
            folded = folded._replace(text=_wa_run.sub(_wa_as_zero, folded.text))
        folded = _rewritten(folded, _word_run, lambda run: _word.sub(_letters, run.group()))
    if "  " in folded.text:
        folded = _rewritten(folded, _spaces, lambda _: " ")
    return _stripped(folded)


def _table() -> dict[int, str]:
    table = {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
    for zero in (0x1040, 0x0E50):
        table |= {zero + digit: str(digit) for digit in range(10)}
    table |= {ord(dash): "-" for dash in "–—−"}
    table |= {code: " " for code in range(0x3001) if chr(code).isspace()}
    table |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    table |= {code + 0xFEE0: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    return table


_one_to_one = _table()
_odd_space = re.compile(r"[^\S ]")
_spaces = re.compile("  +")
_zero_width = re.compile(f"[{_ZERO_WIDTH}]+")
_wa_run = re.compile(f"[0-9{_WA}]+")
_word = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
# A word counts only where nothing of its own script hangs on to it.
_word_run = re.compile(
    f"(?<![{BURMESE}\u0e01-\u0e4e])(?:{_word.pattern})+(?![{BURMESE}\u0e01-\u0e4e])"
)


def _wa_as_zero(run: re.Match[str]) -> str:
    if not run.group().strip(_WA):
        return run.group()
    return run.group().replace(_WA, "0")


def _letters(word: re.Match[str]) -> str:
    return _WORDS[word.group()]


def _rewritten(
    folded: Folded, pattern: re.Pattern[str], replaced: Callable[[re.Match[str]], str]
) -> Folded:
    """Each match replaced; every letter put in its place stands for the whole of it."""
    if pattern.search(folded.text) is None:
        return folded
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(folded.text):
        first, last = match.span()
        letters = replaced(match)
        parts += (folded.text[at:first], letters)
        starts += folded.starts[at:first]
        starts += [folded.starts[first]] * len(letters)
        ends += folded.ends[at:first]
        ends += [folded.ends[last - 1]] * len(letters)
        at = last
    parts.append(folded.text[at:])
    starts += folded.starts[at:]
    ends += folded.ends[at:]
    return Folded("".join(parts), starts, ends)


def _stripped(folded: Folded) -> Folded:
    text = folded.text.lstrip(" ")
    left = len(folded.text) - len(text)
    text = text.rstrip(" ")
    if len(text) == len(folded.text):
        return folded
    right = left + len(text)
    return Folded(text, folded.starts[left:right], folded.ends[left:right])
