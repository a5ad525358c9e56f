"""The notation of slips: text in, bets and problems out."""

from banker.rules.notation.chat import strip_chat_prefixes
from banker.rules.notation.plainest import plain_stakes
from banker.rules.notation.problem import CODES, Problem
from banker.rules.notation.slip import Bet, Line, Slip, parse, write

__all__ = [
    "CODES",
    "Bet",
    "Line",
    "Problem",
    "Slip",
    "parse",
    "plain_stakes",
    "strip_chat_prefixes",
    "write",
]
