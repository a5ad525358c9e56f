"""What people paste on the first day: chat prefixes, and Burmese in the old Zawgyi encoding."""

import re

from banker.rules.notation.fold import BURMESE, Folded
from banker.rules.notation.problem import UNKNOWN_TERM, Complaint

_D = "[0-9\u1040-\u1049\u0e50-\u0e59]"
_unseen = "[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]*"
_clock = rf"{_D}{{1,2}}[:.]{_D}{{2}}(?:[:.]{_D}{{2}})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_date = rf"{_D}{{1,4}}[/.-]{_D}{{1,2}}[/.-]{_D}{{1,4}}"
# What is taken for a name must not swallow a bet or a total: it starts with no digit, has no three
# digits in a row and no word for total; a telephone number has nothing but its own signs.
_no_bet = r"(?![^:\r\n]{0,60}(?:\d{3}|(?i:total)|ပေါင်း|ยอด))"
_name = rf"(?:{_no_bet}[^\s:\d\[\]][^:\r\n]{{0,60}}|\+[\d\s().\u202c-]{{5,30}})"
_prefix = re.compile(
    rf"{_unseen}\s{{0,8}}(?:"
    rf"\[(?:{_date},?\s)?{_clock}(?:,?\s{_date})?\]\s?(?:{_unseen}{_name}:\s?)?"
    rf"|{_date},?\s{_clock}\s?-\s?{_unseen}{_name}:\s?"
    rf"){_unseen}"
)

_burmese_run = re.compile(f"[{BURMESE}]+")
# Zawgyi closes a syllable with U+1039, writes U+1031 and U+103B before their consonant, and has
# letters of its own from U+1060 on.
_zawgyi = re.compile(
    "\u1039(?![\u1000-\u1021])"
    "|(?<![\u1000-\u1021\u1025\u103b-\u103f])\u1031"
    "|(?<![\u1000-\u1021])\u103b"
    "|[\u1060-\u1097]"
)


def strip_chat_prefixes(text: str) -> str | None:
    """The text without the prefixes that a chat put before its lines; `None` where it has none.

    Only ever offered: nobody's slip is changed without their asking.
    """
    lines = re.split("(\r\n|\r|\n)", text)
    stripped = [line[prefix_length(line) :] for line in lines]
    return "".join(stripped) if stripped != lines else None


def prefix_length(line: str) -> int:
    """How many code points of a line a chat put before it."""
    prefix = _prefix.match(line)
    return prefix.end() if prefix else 0


def pasted_complaints(line: str, folded: Folded) -> list[Complaint]:
    """What a line that does not read owes to where it was pasted from, by name; often nothing."""
    length = len(line[: prefix_length(line)].rstrip())
    if length:
        covered = [at for at, end in enumerate(folded.ends) if end <= length]
        words = "this comes from the chat. Take the prefix out and leave the bets."
        if covered:
            return [Complaint(covered[0], covered[-1] + 1, UNKNOWN_TERM, words)]
    words = "this is Zawgyi; write it in Unicode Burmese, or with the letters r t p a k b."
    return [
        Complaint(run.start(), run.end(), UNKNOWN_TERM, words)
        for run in _burmese_run.finditer(folded.text)
        if _zawgyi.search(run.group())
    ]
