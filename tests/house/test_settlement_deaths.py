"""Settlement killed by `kill -9` at random moments and asked for again: paid once, never half.

`BANKER_SETTLEMENT_KILLS` asks for another number of deaths than the 50 of every suite.
"""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from banker import embedded
from banker.books.settlement import Settlement
from banker.books.verify import go_over, moment
from banker.books.verify.scope import Scope
from banker.database import (
    RETRIED,
    Pool,
    connect_pool,
    migrate,
    persist,
    reading,
    transaction,
)
from banker.embedded import Embedded
from banker.embedded.processes import lingering, send
from banker.errors import Unavailable
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD, Cast, gather
from tests.house.conftest import eventually
from tests.house.console import Console, console, named
from tests.house.full_phases import Crowd, left
from tests.house.settling import Clerk, Entry

KILLS = int(os.environ.get("BANKER_SETTLEMENT_KILLS", "50"))
# Of the settled phases, one in so many is settled anew, and that is killed too.
ANEW_EVERY = 5
# A worker that never lives long is given up, so that few of them can be killed.
WORKER_KILLS = 3
UNDISTURBED = 3
# The last moments lie after the commit.
BEYOND = 1.15
PATIENCE_S = 30.0

OF_DRAWS = (
    *("all_money", "settlement_rows", "settlement_sums", "settlement_draws", "payouts"),
    *("payout_transfers", "commissions", "commission_transfers", "unclaimed_payments"),
    *("draws", "compensations", "resettlements", "earnings", "earning_sums", "partner_totals"),
    *("house_months", "collector_months", "number_months"),
)

Death = Callable[["Stage", Entry, float], Awaitable[None]]


class Stage:
    """A house on servers of its own, that a test may kill."""

    def __init__(self, servers: Embedded, pool: Pool, cast: Cast, crowd: Crowd) -> None:
        self.servers = servers
        self.pool = pool
        self.cast = cast
        self.crowd = crowd

    async def kill(self, entry: Entry, death: Death, moment_s: float) -> bool:
        """Enter a draw and die of it, then enter it until it is answered. Gives whether it was
        there before it was entered again."""
        before = await left(self.pool)
        whole = before + self.crowd.adds(entry.revision)
        await death(self, entry, moment_s)
        found = await left(self.pool)
        assert found in (before, whole), "half of a settlement"
        answers = [await self.entered(entry) for _ in range(2)]
        assert answers[0] == answers[1]
        assert answers[0].revision == entry.revision
        assert await left(self.pool) == whole
        await self.check(entry.phase_id)
        return found == whole

    async def check(self, phase_id: int) -> None:
        """What `banker verify` says of a draw; the whole books are gone over at the end."""
        async with reading(self.pool) as connection:
            found = await go_over(moment.one(connection), OF_DRAWS, Scope(phases=[phase_id]))
        assert not any(found.values()), found

    async def entered(self, entry: Entry) -> Settlement:
        """Ask until there is an answer."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                # What died may still hold its locks for a moment.
                with contextlib.suppress(Unavailable):
                    return await persist(self.pool, entry.enter)

    async def entry(self) -> Entry:
        """The first draw of another full phase."""
        return Entry(await self.crowd.full_phase(), self.cast.min.id)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """A house with a crowd in it."""
    pg_bin = os.environ.get("BANKER_PG_BIN")
    with console() as place:
        servers = embedded.start(place.data, pg_bin=Path(pg_bin) if pg_bin else None)
        house = servers.house
        await migrate(house.owner_url, house.database_url)
        pool = await connect_pool(house.database_url, least=0)
        cast = await gather(pool)
        crowd = Crowd(pool, cast)
        await crowd.gather()
        yield Stage(servers, pool, cast, crowd)
        pool.terminate()
        servers.stop()


async def death_of_the_process(stage: Stage, entry: Entry, moment_s: float) -> None:
    """Whoever enters the draw is gone; Postgres finds that out by itself."""
    clerk = Clerk(stage.servers.house.database_url, entry)
    await clerk.ready()
    clerk.go()
    await asyncio.sleep(moment_s)
    clerk.kill()


async def death_of_postgres(stage: Stage, entry: Entry, moment_s: float) -> None:
    """All its processes are killed at once, and it recovers from its log."""

    async def once() -> None:
        async with transaction(stage.pool) as connection:
            await entry.enter(connection)

    postgres = stage.servers.postgres
    assert postgres is not None
    await left(stage.pool)  # the pool has a connection that lives
    entering = asyncio.create_task(once())
    await asyncio.sleep(moment_s)
    send(postgres.leader(), signal.SIGKILL)
    for number in lingering(postgres.folder, postgres.process_names, 0):
        send(number, signal.SIGKILL)
    with contextlib.suppress(*RETRIED):
        await entering
    await eventually(lambda: not postgres.runs(), PATIENCE_S)
    postgres.start()


@pytest.mark.parametrize("death", [death_of_the_process, death_of_postgres])
async def test_a_settlement_killed_at_random_moments_is_paid_once(
    stage: Stage, death: Death
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    takes_s = await undisturbed(stage, death)
    count = KILLS // 2
    moments = [(place + chance.random()) / count * takes_s * BEYOND for place in range(count)]
    chance.shuffle(moments)
    there = 0
    for place, moment_s in enumerate(moments):
        entry = await stage.entry()
        there += await stage.kill(entry, death, moment_s)
        if place % ANEW_EVERY == 0:
            anew = Entry(entry.phase_id, entry.actor_id, revision=2)
            await stage.kill(anew, death, chance.uniform(0, takes_s * BEYOND))
    print(f"{count} deaths within {takes_s * BEYOND:.3f} s: {there} after the commit")
    assert there < count, "some were caught in the middle"
    await assert_books_balance(stage.pool)


async def undisturbed(stage: Stage, death: Death) -> float:
    """How long a settlement takes that nobody kills."""
    took_s = []
    for _ in range(UNDISTURBED):
        entry = await stage.entry()
        if death is death_of_postgres:
            await left(stage.pool)
            began = time.perf_counter()
            await stage.entered(entry)
        else:
            clerk = Clerk(stage.servers.house.database_url, entry)
            await clerk.ready()
            began = time.perf_counter()
            clerk.go()
            await clerk.done()
        took_s.append(time.perf_counter() - began)
    return min(took_s)


async def test_a_settlement_asked_for_again_after_its_worker_died_is_paid_once(
    stage: Stage,
) -> None:
    """Over HTTP, as a manager asks for it."""
    with console("serve", "--workers", "1", **named(stage.servers.house)) as served:
        served.start()
        await asyncio.to_thread(served.wait)
        async with httpx.AsyncClient(base_url=served.address, timeout=PATIENCE_S) as client:
            who = {"username": "min", "password": PASSWORD}
            token = (await client.post("/api/tokens", json=who)).json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            took_s = [await _asked(client, await stage.entry()) for _ in range(UNDISTURBED)]
            for place in range(WORKER_KILLS):
                await _kill_worker(
                    stage, served, client, (place + 0.5) / WORKER_KILLS * min(took_s)
                )
    await assert_books_balance(stage.pool)


async def _kill_worker(
    stage: Stage, served: Console, client: httpx.AsyncClient, moment_s: float
) -> None:
    async def death(_: Stage, entry: Entry, moment_s: float) -> None:
        [victim] = served.workers()
        asking = asyncio.create_task(_asked(client, entry))
        await asyncio.sleep(moment_s)
        os.kill(victim, signal.SIGKILL)
        await eventually(lambda: victim not in served.workers(), PATIENCE_S)
        with contextlib.suppress(httpx.TransportError):
            await asking
        await asyncio.to_thread(served.wait)

    entry = await stage.entry()
    await stage.kill(entry, death, moment_s)
    await _asked(client, entry)


async def _asked(client: httpx.AsyncClient, entry: Entry) -> float:
    """How long the answer took."""
    began = time.perf_counter()
    answer = await client.post(
        f"/api/phases/{entry.phase_id}/settlement", json={"number": "137", "source": "the radio"}
    )
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - began
