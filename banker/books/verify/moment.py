"""The moments of the books at which checks look: one for all, or each one of its own.

While one moment is held in sight Postgres keeps every older version of the rows that slips change,
and the desk slows down tenfold within half a minute. So a check of much looks at it in pieces that
do not change any more, each at a moment of its own, and at the rest in a last one.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from banker.database import Connection, Pool, reading

Moments: TypeAlias = "Callable[[], AbstractAsyncContextManager[Connection]]"

# Most queries go over whole tables. Sums have no statistics, so that the planner takes them for
# small and joins by nested loops, which cost a minute where hashing takes a tenth of a second. No
# query takes more than one processor from those who work meanwhile. Each is planned for the scope
# that it is asked for. Where the bets of a ticket are unfolded there is no way but a nested loop,
# which before PostgreSQL 18 looks dear enough to be compiled, at ten times what it takes.
_SETTINGS = """
set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0;
set local enable_seqscan = on;
set local max_parallel_workers_per_gather = 0;
set local enable_nestloop = off;
set local jit = off;
set local work_mem = '64MB';
set local plan_cache_mode = force_custom_plan
"""


def one(connection: Connection) -> Moments:
    """The same moment for all, that of the transaction which the connection is in; one at a time.
    A savepoint each: a query that Postgres itself refuses does not end those after it."""
    turns = asyncio.Lock()

    @asynccontextmanager
    async def moment() -> AsyncIterator[Connection]:
        async with turns, connection.transaction():
            await connection.execute(_SETTINGS)
            yield connection

    return moment


def apart(pool: Pool, share: float = 1.0) -> Moments:
    """A transaction each, one at a time, with a rest after it that leaves to the moments this
    `share` of the time; 1 is no rest."""
    turns = asyncio.Lock()

    @asynccontextmanager
    async def moment() -> AsyncIterator[Connection]:
        async with turns:
            began = time.perf_counter()
            async with reading(pool) as connection:
                await connection.execute(_SETTINGS)
                yield connection
            await asyncio.sleep((time.perf_counter() - began) * (1 / share - 1))

    return moment
