"""The private servers: where no PostgreSQL or Redis is named, the console brings its own."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from banker.embedded import house as note
from banker.embedded.binaries import find_postgres, find_redis
from banker.embedded.child import Child, stop
from banker.embedded.failure import EmbeddedFailure, explained
from banker.embedded.house import House
from banker.embedded.lock import Lock, taking_turns
from banker.embedded.passwords import recall
from banker.embedded.place import Place, claim, settle
from banker.embedded.postgres import Postgres
from banker.embedded.redis import Redis

__all__ = ["Embedded", "EmbeddedFailure", "House", "find", "start", "visit"]

Say = Callable[[str], None]

WATCH_S = 0.25
CALM_S = 10.0  # a server that ran this long is started again at once
LONGEST_PAUSE_S = 10.0


def start(
    data: Path,
    *,
    pg_bin: Path | None = None,
    postgres: bool = True,
    redis: bool = True,
    settings: Mapping[str, str] | None = None,
    say: Say = lambda _: None,
) -> "Embedded":
    """Starts the servers of a data folder; returns when they accept connections. Blocks meanwhile.

    Call it, and run the loop of `keep`, in a thread that lives as long as the console, best the
    main one: on Linux the servers end with the thread that started them. `settings` are
    PostgreSQL's, over our own; `say` gets a line a person may read. Raises `EmbeddedFailure`.
    """
    with explained(data):
        data = claim(data)
        lock = Lock(data)
        children: list[Child] = []
        try:
            note.withdraw(data)
            place = settle(data)
            if place.home != data:
                say(f"The data lives in {place.home}, which the servers' user can reach.")
            passwords = recall(data)
            if postgres:
                binaries = find_postgres(place, pg_bin)
                children.append(Postgres(place, binaries, passwords, settings or {}))
            if redis:
                children.append(Redis(place, find_redis(place), passwords.redis))
            for child in children:
                child.prepare()
                child.start()
            embedded = Embedded(place, lock, children, say)
            note.announce(data, embedded.house)
        except BaseException:
            stop(children)
            lock.release()
            raise
    return embedded


def find(data: Path) -> House | None:
    """The house of the console on this data folder, if one runs; waits for one that starts."""
    with explained(data):
        return note.find(data)


@contextmanager
def visit(
    data: Path, *, pg_bin: Path | None = None, postgres: bool = True, redis: bool = True
) -> Iterator[House]:
    """The house for a command: the running console's, else one started for the block.

    Commands that start servers do so one after another, so that none ends them under the next.
    """
    with ExitStack() as stack:
        with explained(data):
            turn = stack.enter_context(taking_turns(data))
        found = find(data)
        if found is None:
            started = start(data, pg_bin=pg_bin, postgres=postgres, redis=redis)
            found = stack.enter_context(started).house
        else:
            turn.close()
        yield found


class Embedded:
    """The running servers, which end with the block, with `stop`, or with the console."""

    def __init__(self, place: Place, lock: Lock, children: list[Child], say: Say) -> None:
        self.place = place
        self.postgres = next((child for child in children if isinstance(child, Postgres)), None)
        self.redis = next((child for child in children if isinstance(child, Redis)), None)
        self.house = House(
            database_url=self.postgres.database_url if self.postgres else "",
            owner_url=self.postgres.owner_url if self.postgres else "",
            redis_url=self.redis.url if self.redis else "",
        )
        self._children = children
        self._lock: Lock | None = lock
        self._say = say

    async def keep(self) -> None:
        """Starts a server that dies again, at the same address, within about a second.

        Runs until it is cancelled, which comes best before `stop`. It also bounds the logs.
        """
        async with asyncio.TaskGroup() as group:
            for child in self._children:
                group.create_task(self._keep(child))

    def stop(self) -> None:
        """Ends the servers within 5 s, whoever is connected. A second call does nothing.

        It blocks meanwhile; a loop calls it with `asyncio.to_thread`.
        """
        if self._lock is None:
            return
        stop(self._children)
        note.withdraw(self.place.data)
        self._lock.release()
        self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def _keep(self, child: Child) -> None:
        pause_s = 0.0
        up_since = time.monotonic()
        while True:
            await asyncio.sleep(WATCH_S)
            with suppress(OSError):
                child.log.bound()
            if child.runs() or not child.wanted:
                continue
            if time.monotonic() - up_since > CALM_S:
                pause_s = 0.0
            self._say(f"{child.name} has ended ({child.exit_code}); it is started again.")
            await asyncio.sleep(pause_s)
            if not child.wanted:
                continue
            pause_s = min(2 * pause_s + WATCH_S, LONGEST_PAUSE_S)
            try:
                for moment_s in child.rise():
                    await asyncio.sleep(moment_s)
                    if not child.wanted:
                        break
                else:
                    self._say(f"{child.name} is back.")
            except EmbeddedFailure as failure:
                self._say(str(failure))
            up_since = time.monotonic()
