"""How a check tells of a row that disagrees."""

from typing import TypeAlias

import msgspec

# The row and what is wrong with it, both in words.
Disagreement: TypeAlias = tuple[str, str]

# What the rules raise for values that could not have come from them.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
