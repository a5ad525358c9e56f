"""The door: who holds the token that a request shows.

Requests that arrive while a look into the books is under way are looked up together in the next.
Every request is looked up after it arrived: who signed out or was put out a moment ago is out.
"""

import asyncio

from banker.books import session
from banker.books.session import Shown, SignedIn
from banker.database import RETRIED, Pool
from banker.errors import Crowded, Unavailable

MOST_WAITING = 5_000
PATIENCE_S = 5.0


class Door:
    """One worker's door."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._waiting: list[tuple[Shown, asyncio.Future[SignedIn | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def find(self, shown: Shown) -> SignedIn | None:
        """Who holds a token, or None. Raises `Unavailable`, or `Crowded` where too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            raise Crowded()
        found: asyncio.Future[SignedIn | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((shown, found))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="door")
        return await found

    async def _look(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                try:
                    known = await self._known([shown for shown, _ in together])
                except BaseException as lost:
                    _refuse(together, lost)
                    if not isinstance(lost, Exception):
                        raise
                    continue
                for shown, found in together:
                    if not found.done():
                        found.set_result(known.get(shown))
        finally:
            # In the same step in which nobody is found waiting.
            self._looking = None
            _refuse(self._waiting, Unavailable())

    async def _known(self, asked: list[Shown]) -> dict[Shown, SignedIn]:
        async with self._pool.acquire(timeout=PATIENCE_S) as connection:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await session.holders(connection, asked)
            except TimeoutError:
                # Everybody waits for this one: a line that is dead is not waited for to come round.
                connection.terminate()
                raise


def _refuse(
    together: list[tuple[Shown, asyncio.Future[SignedIn | None]]], lost: BaseException
) -> None:
    is_passing = isinstance(lost, RETRIED) or not isinstance(lost, Exception)
    refusal = Unavailable() if is_passing else lost
    for _, found in together:
        if not found.done():
            found.set_exception(refusal)
