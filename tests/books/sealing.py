"""Sealing in tests: other tests' transactions, in other databases, may hold a pass up."""

import asyncio

from banker.books import chain
from banker.database import Pool, transaction


async def sealed(pool: Pool, within_s: float = 20.0) -> int:
    """Seal all that is committed; the position of the last link."""
    async with asyncio.timeout(within_s):
        while True:
            async with transaction(pool) as connection:
                made = await chain.seal(connection)
            if made.lag_s == 0 and not made.is_behind:
                return made.position
            await asyncio.sleep(0.01)
