"""The words of a piece that does not read, and what each of them could be taken for."""

import re
from typing import NamedTuple

from banker.rules.notation.stake import CURRENCY_PATTERN, read_stake
from banker.rules.notation.stakes import read_stakes
from banker.rules.notation.term import expand

_word = re.compile(r"[0-9]{3} r(?= |$)|[^ ]+")
_currency = re.compile(CURRENCY_PATTERN)
_joined = re.compile(r"(?:[0-9]{3}[-:/*@,.])+(.*)")
_marked_stake = re.compile(r"[-:/*@,.](.+)")
_signs = re.compile(r"[-:/*@,.]+|r")
_lettered = re.compile(r"(?:[0-9]{3}r|[0-9]t[0-9]p|[0-9][tpabv]|apu)(.+)")


class Word(NamedTuple):
    """A word with its place in the line. A number is a term too, and may be a stake as well."""

    text: str
    start: int
    is_number: bool
    is_term: bool
    is_stake: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_strange(self) -> bool:
        """Whether it is neither a term nor a stake nor a part of a bet, or a whole one."""
        if self.is_term or self.is_stake or _signs.fullmatch(self.text):
            return False
        for shape in (_joined, _marked_stake, _lettered):
            part = shape.fullmatch(self.text)
            if part and (not part[1] or read_stakes(part[1])):
                return False
        return True


def words_of(text: str, at: int) -> list[Word]:
    """The words of a piece; `123 r` is one, and a currency on its own is none."""
    return [
        _word_of(match.group(), at + match.start())
        for match in _word.finditer(text)
        if not _currency.fullmatch(match.group())
    ]


def _word_of(text: str, start: int) -> Word:
    is_term = expand(text) is not None
    is_number = is_term and len(text) == 3 and text.isdecimal()
    return Word(text, start, is_number, is_term, read_stake(text) is not None)
