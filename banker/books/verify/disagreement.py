"""How a check tells of a row that disagrees."""

from typing import TypeAlias

import msgspec

# The row and what is wrong with it, both in words.
Disagreement: TypeAlias = tuple[str, str]

# How many disagreeing rows a check names, the first ones; the cause is seldom in the thousandth.
FEW = 3

# What the rules raise for values that could not have come from them.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
