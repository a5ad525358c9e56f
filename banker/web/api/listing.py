"""Lists by the page: `limit` rows, and an opaque `cursor` to the next."""

import base64
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from banker.errors import Malformed

Row = TypeVar("Row")
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="rows a page")]
Cursor = Annotated[str | None, QueryParameter(max_length=40, description="where the page begins")]


class Listing(msgspec.Struct, Generic[Row], frozen=True):
    """One page of a list; `cursor` is null on the last."""

    items: list[Row]
    cursor: str | None


def listing(items: list[Row], limit: int, positions: list[int]) -> Listing[Row]:
    """A page of at most `limit` of the items, which were asked for with one more than that;
    `positions` are the items' places in the order."""
    if len(items) <= limit:
        return Listing(items, None)
    return Listing(items[:limit], sealed(positions[limit - 1]))


def position(cursor: str | None, start: int) -> int:
    """The place that a cursor stands for. Raises `Malformed` for one that no list gave."""
    if cursor is None:
        return start
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii")).decode("ascii")
        if not text.startswith("after:") or len(text) > 20:
            raise ValueError(text)
        place = int(text.removeprefix("after:"))
        if not 0 <= place < 2**31:
            raise ValueError(text)
    except ValueError:
        raise Malformed("The cursor is none that a list gave.", field="cursor") from None
    return place


def sealed(place: int) -> str:
    """The cursor that stands for a place."""
    return base64.urlsafe_b64encode(f"after:{place}".encode()).decode()
