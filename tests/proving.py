"""The check of a proof as docs/seal.md gives it to anybody: it shares no line with the house."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from banker.books.proof import Proof
from banker.database import Connection
from banker.settings import PROJECT

PAGE = (PROJECT / "docs" / "seal.md").read_text()


def blocks(kind: str) -> list[str]:
    """The blocks of the page that are of a kind, such as `python`."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def _checking() -> Callable[[Any, str], bool]:
    names: dict[str, Any] = {"__name__": "docs"}
    [source] = blocks("python")
    exec(compile(source, "docs/seal.md", "exec"), names)
    found: Callable[[Any, str], bool] = names["check"]
    return found


check = _checking()


def holds(proof: Proof, published: str) -> bool:
    """Whether a proof, as the API tells it, leads to a seal that was published."""
    return check(msgspec.json.decode(msgspec.json.encode(proof)), published)


@asynccontextmanager
async def undone(connection: Connection) -> AsyncIterator[None]:
    """A transaction that is not to stand."""
    taken_back = connection.transaction()
    await taken_back.start()
    try:
        yield
    finally:
        await taken_back.rollback()
