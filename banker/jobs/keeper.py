"""The keeper of the jobs: one a worker, of whom one at a time is at work.

Who holds an advisory lock on a direct connection of its own runs what the timetable says. When the
worker dies, or stands still, Postgres ends the connection and with it the hold; the next keeper
finds what was cut short and runs it again.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context

import asyncpg
import msgspec
import structlog

from banker.books import job
from banker.books.job import Run
from banker.database import LOCK_TIMEOUT_MS, Connection, Pool, connect_pool
from banker.jobs.timetable import TIMETABLE, Work, in_words
from banker.live.stream import Stream

TRY_S = 2.0
TURN_S = 0.5
# A holder that asks nothing for so long has died without a word, or stands still.
SILENCE_S = 15
PATIENCE_S = 5.0
LEAVE_S = 1.0
# What failed is not left for a day.
MOST_AGAIN_S = 300.0
MOST_CONNECTIONS = 8

_log = structlog.get_logger()


class Running(msgspec.Struct, eq=False):
    """A run under way; `told` is what the books say of it, `said` what it has said last."""

    run: Run
    task: "asyncio.Task[str] | None" = None
    said: str = ""
    told: str = ""

    def say(self, words: str) -> None:
        """Keep what the run says until it can be told."""
        self.said = words


class Keeper:
    """One worker's keeper. `holds` says whether its turn has come."""

    def __init__(self, database_url: str, stream: Stream, worker: str) -> None:
        self.holds = False
        self._database_url = database_url
        self._stream = stream
        self._worker = worker
        self._running: dict[str, Running] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wait for the hold. Whatever is done for nobody names nobody: no context is
        inherited."""
        self._task = asyncio.create_task(self._keep(), name="jobs", context=Context())

    async def stop(self) -> None:
        """Leave everything where it is; another takes it up."""
        while self._task is not None and not self._task.done():
            # Told again until it hears it: a library may swallow a cancellation.
            self._task.cancel()
            await asyncio.wait([self._task], timeout=LEAVE_S)

    async def _keep(self) -> None:
        while True:
            try:
                async with self._connected() as connection:
                    await self._wait(connection)
                    await self._hold(connection)
            except Exception as lost:
                _log.warning("jobs lost", reason=type(lost).__name__)
            await asyncio.sleep(random.uniform(0.3, 0.9))  # noqa: S311 - jitter, not a secret

    async def _wait(self, connection: Connection) -> None:
        """Until the hold is free and taken."""
        while not await job.take_hold(connection):  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(TRY_S * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret

    async def _hold(self, connection: Connection) -> None:
        """Do what is due, turn after turn, until the connection is lost. Raises what lost it."""
        pool = await connect_pool(self._database_url, 0, MOST_CONNECTIONS, patience_s=None)
        self.holds = True
        try:
            firsts_s = {one.name: one.first_s for one in TIMETABLE.values()}
            await job.enter(connection, firsts_s)
            while True:
                await self._take_turn(connection, pool)
                await self._pause()
        finally:
            self.holds = False
            await self._drop()
            pool.terminate()

    async def _take_turn(self, connection: Connection, pool: Pool) -> None:
        for running in list(self._running.values()):
            assert running.task is not None
            if running.task.done():
                del self._running[running.run.name]
                await self._finish(connection, running)
            elif running.said != running.told:
                running.told = running.said
                await job.tell(connection, running.run, running.told)
        for name in await job.due(connection, self._running):
            # A name that is not on this worker's timetable is left to those who know it.
            if name in TIMETABLE and TIMETABLE[name].apart_from not in self._running:
                running = Running(await job.begin(connection, name, self._worker))
                work = Work(pool, self._stream, running.say)
                running.task = asyncio.create_task(_run(work, name), name=f"job {name}")
                self._running[name] = running

    async def _finish(self, connection: Connection, running: Running) -> None:
        assert running.task is not None
        every_s = TIMETABLE[running.run.name].every_s
        try:
            detail = running.task.result()
        except (Exception, asyncio.CancelledError) as failed:
            words = in_words(failed)
            _log.warning("job failed", job=running.run.name, reason=words)
            again_s = min(every_s, MOST_AGAIN_S)
            await job.finish(connection, running.run, "failed", words, again_s)
        else:
            await job.finish(connection, running.run, "done", detail, every_s)

    async def _pause(self) -> None:
        """Until the next turn: a moment, or as soon as a run ends."""
        tasks = [one.task for one in self._running.values() if one.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=TURN_S, return_when=asyncio.FIRST_COMPLETED)
        else:
            await asyncio.sleep(TURN_S)

    async def _drop(self) -> None:
        """Stop all runs at once: whoever holds the jobs next begins them anew."""
        tasks = [one.task for one in self._running.values() if one.task is not None]
        self._running.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            ended, _ = await asyncio.wait(tasks, timeout=LEAVE_S / 2)
            for task in ended:
                # Looked at, or asyncio complains of it.
                _ = task.cancelled() or task.exception()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        """The connection that takes hold: short of patience, so that a dead line is given up."""
        connection = await asyncpg.connect(
            self._database_url,
            timeout=PATIENCE_S,
            command_timeout=PATIENCE_S,
            server_settings={
                "application_name": "banker jobs",
                "timezone": "UTC",
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "idle_session_timeout": str(SILENCE_S * 1000),
                "tcp_keepalives_idle": "5",
                "tcp_keepalives_interval": "3",
                "tcp_keepalives_count": "3",
            },
        )
        try:
            yield connection
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=1)


async def _run(work: Work, name: str) -> str:
    return await TIMETABLE[name].run(work)
