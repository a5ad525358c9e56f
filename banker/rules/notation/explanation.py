"""Why a piece does not read: the spans to underline, and the way to mend each of them.

Nothing is read here. A piece comes only after every reading has failed, so whatever the words
look like, at least one complaint is given.
"""

import re

from banker.rules.notation.problem import (
    AMBIGUOUS,
    BAD_STAKE,
    NO_STAKE,
    NOT_THREE_DIGITS,
    UNKNOWN_TERM,
    Complaint,
)
from banker.rules.notation.stake import trouble as stake_trouble
from banker.rules.notation.stakes import read_stakes, stakes_complaint
from banker.rules.notation.term import trouble as term_trouble
from banker.rules.notation.word import Word, words_of

_LONGEST_LOOK = 60

_times = re.compile(r"[0-9x*?×]*[0-9][x*?×]* ?[x*?×]+ ?([^x*?×]+)")
_marked = re.compile(r"([0-9]+) ?([-:/*@,.]) ?(.*)")
_with_orders = re.compile(r"[0-9]{3}(?: ?[-:/*@,.] ?| )([0-9.,]+k? ?r ?[^ ]*)")
_lettered = re.compile(r"([0-9]{3}r|[0-9]t[0-9]p|[0-9][tpabv]|apu)([-:/*@,.])?(.+)")
_letter_alone = re.compile("[tpabvk]")
_grouped = re.compile("[0-9]{1,2},")
_odd_thousands = re.compile(r"[0-9]+\.[0-9]{3,}k")
_another_mark = re.compile(r"[0-9]{3} ?[-:/*@] ?[0-9]+k?$")
_mark_first = re.compile(r"[-:/*@,]|\.(?![0-9])")


def explain(text: str, at: int) -> list[Complaint]:
    """All that is wrong with a piece that no reading takes, by place in the line."""
    if _looks_like_times(text):
        return [_whole(text, at, AMBIGUOUS, "a pattern, or a stake? Write 12x 500, or 123 500.")]
    words = words_of(text, at)
    if not words:
        return [_whole(text, at, *term_trouble(text))]
    if words[0].is_number or not words[0].is_term:
        marked = _marked_complaint(text, at)
        if marked is not None:
            return [marked]
    if len(words) == 1:
        return [_one_word(words[0])]
    if len(words) == 2:
        return _two_words(*words)
    return _strange_words(words) or _misplaced_words(words, text, at)


def _whole(text: str, at: int, problem: str, words: str) -> Complaint:
    return Complaint(at, at + len(text), problem, words)


def _about(word: Word, problem: str, words: str) -> Complaint:
    return Complaint(word.start, word.end, problem, words)


def _looks_like_times(text: str) -> bool:
    if len(text) > _LONGEST_LOOK:
        return False
    times = _times.fullmatch(text)
    return times is not None and read_stakes(times[1]) is not None


def _marked_complaint(text: str, at: int) -> Complaint | None:
    """What is wrong with digits, a mark and what follows; `None` where more words are to blame."""
    orders = _with_orders.fullmatch(text)
    if orders is not None and not read_stakes(orders[1]):
        return stakes_complaint(orders[1], at + orders.start(1))
    marked = _marked.fullmatch(text)
    if marked is None:
        return None
    number, mark, rest = marked.groups()
    if len(number) != 3 and _odd_thousands.fullmatch(text):
        return _whole(text, at, BAD_STAKE, stake_trouble(text))
    if len(number) != 3:
        return Complaint(at, at + len(number), *term_trouble(number), quotes_line=True)
    if not rest:
        return _whole(text, at, NO_STAKE, f"the stake is missing after {mark}: {number} 500.")
    if _another_mark.match(rest):
        return _whole(text, at, AMBIGUOUS, "more than one mark. Write 111 222 = 500, or 123 500.")
    if _mark_first.match(rest):
        return _whole(text, at, AMBIGUOUS, f"one mark before the stake: {number} 500.")
    if " " in rest or read_stakes(rest):
        return None
    return stakes_complaint(rest, at + marked.start(3))


def _one_word(word: Word) -> Complaint:
    if word.is_term:
        return _about(
            word, NO_STAKE, f"the stake is missing after {word.text}; write it as in 123 500."
        )
    lettered = _lettered.fullmatch(word.text)
    if lettered is None:
        return _about(word, *term_trouble(word.text))
    term, mark, rest = lettered.groups()
    if mark:
        return _about(word, UNKNOWN_TERM, f"after {term} write a space or =: {term} 500.")
    if rest[0].isdecimal():
        return stakes_complaint(rest, word.end - len(rest))
    return _about(word, *term_trouble(word.text))


def _two_words(first: Word, second: Word) -> list[Complaint]:
    if first.is_term:
        if _letter_alone.fullmatch(second.text):
            words = "write the letter close to its digits, and then a stake: 1t 500, 123k 500."
            return [Complaint(first.start, second.end, UNKNOWN_TERM, words)]
        if read_stakes(second.text):
            return [_both_ways(first, second)]
        return [stakes_complaint(second.text, second.start)]
    if not (first.is_strange or first.is_stake):
        if second.is_strange:
            return [_about(second, *term_trouble(second.text))]
        return [_both_ways(first, second)]
    if first.is_strange and second.is_strange and not first.text.isdecimal():
        return [Complaint(first.start, second.end, *term_trouble(first.text))]
    complaint = _about(first, *term_trouble(first.text))
    return [complaint._replace(quotes_line=complaint.problem == NOT_THREE_DIGITS)]


def _both_ways(first: Word, last: Word) -> Complaint:
    words = "could be read in two ways. Put = before the stake, and ; or a new line between bets."
    return Complaint(first.start, last.end, AMBIGUOUS, words)


def _strange_words(words: list[Word]) -> list[Complaint]:
    """The words that mean nothing here: stakes that are none, and runs of anything else."""
    complaints: list[Complaint] = []
    runs_on = False
    for index, word in enumerate(words):
        is_stake_place = index % 2 == 1 and words[index - 1].is_term
        is_grouped = _grouped.match(word.text) and word.is_stake and word is not words[-1]
        if is_grouped or (word.is_strange and is_stake_place and word.text[0].isdecimal()):
            complaints.append(_about(word, BAD_STAKE, stake_trouble(word.text)))
        elif word.is_strange and runs_on:
            complaints[-1] = complaints[-1]._replace(end=word.end)
            continue
        elif word.is_strange:
            complaints.append(_about(word, *term_trouble(word.text)))
        runs_on = word.is_strange and not is_grouped
    return complaints


def _misplaced_words(words: list[Word], text: str, at: int) -> list[Complaint]:
    """Words that each mean something, but not in this order: terms and stakes take turns."""
    if not any(word.is_stake for word in words):
        return [_whole(text, at, NO_STAKE, "the stake is missing: 1t 5p = 500.")]
    complaints: list[Complaint] = []
    for index, word in enumerate(words):
        is_stake_place = index % 2 == 1
        if not (word.is_term or word.is_stake) or (is_stake_place and word.is_term):
            break
        if not (is_stake_place or word.is_term):
            complaints.append(_about(word, *term_trouble(word.text)))
    else:
        if len(words) % 2 == 1 and not complaints:
            missing = f"the stake is missing after {words[-1].text}; write it as in 123 500."
            complaints.append(_about(words[-1], NO_STAKE, missing))
    return complaints or [_both_ways(words[0], words[-1])]
