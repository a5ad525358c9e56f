"""Rows of which Postgres works out the next while the last are looked at."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, TypeVar

Chunk = TypeVar("Chunk")

# About as many rows as fit into the buffers between the two.
ROWS = 1_000


@asynccontextmanager
async def rows(cursor: Any) -> AsyncGenerator[AsyncGenerator[Any, None], None]:
    """The rows of a cursor query (`named.query_cursor(…)`), read ahead; nothing is left under way
    where the block ends early."""
    async with cursor as waiting, aclosing(_rows(await waiting)) as read:
        yield read


async def chunks(
    load: Callable[[Chunk | None], Awaitable[Chunk | None]],
) -> AsyncGenerator[Chunk, None]:
    """What `load` gives for nothing, then for its last answer, and so on until that is empty; it is
    at work on the next while one is looked at. Close it: it may still be at work."""
    ahead = asyncio.ensure_future(load(None))
    try:
        while chunk := await ahead:
            ahead = asyncio.ensure_future(load(chunk))
            await asyncio.sleep(0)  # so that it is under way
            yield chunk
    finally:
        with suppress(Exception):
            await ahead


async def _rows(cursor: Any) -> AsyncGenerator[Any, None]:
    async with aclosing(chunks(lambda _: cursor.fetch(ROWS))) as read:
        async for chunk in read:
            for row in chunk:
                yield row
