"""One folded line: its bets, the total it claims, or what is wrong with it."""

import re

from banker.rules.notation.equation import read_equation
from banker.rules.notation.explanation import explain
from banker.rules.notation.plain import read_plain
from banker.rules.notation.problem import (
    BAD_STAKE,
    NO_STAKE,
    UNKNOWN_TERM,
    Complaint,
    Unreadable,
)
from banker.rules.notation.stake import read_sum, trouble
from banker.rules.notation.stakes import Groups
from banker.rules.notation.worded import read_pairs, read_worded

_rule = re.compile("-{3,}|={3,}|_{3,}")
_claim = re.compile("total(?![a-z]) ?[:=]? ?")


def read_line(text: str) -> Groups:
    """The bets of a line that is neither silent nor a claim. Raises `Unreadable`."""
    if "=" in text:
        return read_equation(text)
    if ";" not in text:
        return _read_listed(text, 0)
    return _read_pieces(text, 0, ";")


def is_silent(text: str) -> bool:
    """Whether a line says nothing: empty, a comment, or a line drawn across."""
    return not text or text.startswith("#") or _rule.fullmatch(text) is not None


def read_claim(text: str) -> int | None:
    """The total in cents that a line claims; `None` where it claims none. Raises `Unreadable`."""
    claim = _claim.match(text)
    if claim is None:
        return None
    written = text[claim.end() :]
    if not written:
        words = "the total has no amount: total 12500."
        raise Unreadable([Complaint(0, len(text), NO_STAKE, words)])
    cents = read_sum(written)
    if cents is None:
        raise Unreadable([Complaint(claim.end(), len(text), BAD_STAKE, trouble(written))])
    return cents


def _read_listed(text: str, at: int) -> Groups:
    """A text without `;`: pieces parted by comma and space, or one piece that has such commas."""
    if ", " not in text:
        return _read_piece(text, at)
    try:
        return _read_pieces(text, at, ", ")
    except Unreadable as refusal:
        groups = read_plain(text, at)
        if groups is None:
            raise refusal from None
        return groups


def _read_pieces(text: str, at: int, separator: str) -> Groups:
    """Each piece by itself, or all that is wrong in any of them."""
    groups: Groups = []
    complaints: list[Complaint] = []
    place = 0
    for piece in text.split(separator):
        start = place + len(piece) - len(piece.lstrip(" "))
        piece_text = piece.strip(" ")
        try:
            if not piece_text:
                raise Unreadable([_nothing_between(text, at, place, separator)])
            read = _read_listed if separator == ";" else _read_piece
            groups += read(piece_text, at + start)
        except Unreadable as refusal:
            complaints += refusal.complaints
        place += len(piece) + len(separator)
    if complaints:
        raise Unreadable(complaints)
    return groups


def _nothing_between(text: str, at: int, place: int, separator: str) -> Complaint:
    start = max(place - len(separator), 0)
    end = start + 1
    words = f"{separator.strip()} stands between two bets: 123 500; 456 200."
    return Complaint(at + start, at + end, UNKNOWN_TERM, words)


def _read_piece(text: str, at: int) -> Groups:
    for groups in (read_plain(text, at), read_worded(text, at), read_pairs(text)):
        if groups is not None:
            return groups
    raise Unreadable(explain(text, at))
