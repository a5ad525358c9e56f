"""Slips that are placed, and told to the wall."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from banker.books import placement
from banker.books.news import News
from banker.database import Pool, transaction
from banker.live.stream import Stream
from tests.cast import Cast, slip
from tests.live.viewer import Viewer
from tests.web.conftest import Api


async def place_over_http(api: Api, cast: Cast, text: str) -> dict[str, Any]:
    key = f"wall-{time.monotonic_ns()}"
    path = f"/api/phases/{cast.phase.id}/tickets"
    response = await api.ask("aung", "POST", path, {"text": text}, key)
    assert response.status_code == 201, response.text
    placed: dict[str, Any] = response.json()
    return placed


async def commit(pool: Pool, cast: Cast, text: str) -> News:
    """A slip of Aung's that is in the books, and that nobody has told of."""
    async with transaction(pool) as connection:
        judged = await placement.place(connection, cast.phase.id, [slip(cast.aung, text)])
    assert judged.news is not None
    return judged.news


async def commit_and_tell(pool: Pool, cast: Cast, stream: Stream, text: str) -> None:
    """A slip of Aung's that is in the books, and that a worker tells of."""
    stream.tell(await commit(pool, cast, text))


async def until(true: Callable[[], object]) -> None:
    """Wait for something to be true, a few seconds at most."""
    async with asyncio.timeout(3):
        while not true():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.01)


async def beat(viewer: Viewer, redis: str) -> None:
    async with asyncio.timeout(10):
        while (await viewer.next("heartbeat")).data["redis"] != redis:
            pass
