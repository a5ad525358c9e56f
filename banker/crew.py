"""The crew: worker processes, each with a listening socket of its own on the console's address.

Of one socket for all, whoever wakes first takes every connection that waits; of one each, the
kernel deals connections out evenly. The console keeps them all open: what waits for a worker that
died is taken up by the next.

One that dies is started again. They end when the console does, even by `kill -9`: they hold the
reading end of a pipe that closes with it.
"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from banker.settings import Settings

BACKLOG = 2048
GRACE_S = 3.5
# A worker that ran this long is started again at once; one that does not start is given up.
CALM_S = 10.0
MOST_FAILURES = 5

SETTINGS_VARIABLE = "BANKER_WORKER_SETTINGS"
SOCKET_VARIABLE = "BANKER_WORKER_SOCKET"
LIFELINE_VARIABLE = "BANKER_WORKER_LIFELINE"


class CannotServe(Exception):
    """The console cannot start or go on; the message is one line for the person who started it."""


async def keep_workers(
    settings: Settings, listener: socket.socket, say: Callable[[str], None], ended: asyncio.Event
) -> None:
    """Start the workers, and again where one dies, until the house is told to end. The first has
    `listener`.

    Raises `CannotServe` where they die as soon as they are started.
    """
    reading_end, writing_end = os.pipe()
    os.set_inheritable(reading_end, True)
    with contextlib.ExitStack() as beside:
        beside.callback(os.close, writing_end)
        beside.callback(os.close, reading_end)
        others = range(1, settings.workers)
        listeners = [listener, *(beside.enter_context(_listen_beside(listener)) for _ in others)]
        async with asyncio.TaskGroup() as group:
            for own in listeners:
                group.create_task(_keep_worker(settings, own, reading_end, say, ended))


def _listen_beside(listener: socket.socket) -> socket.socket:
    """Another socket on the same address; `console.listen` made the first one share it."""
    own = socket.socket(listener.family, listener.type, listener.proto)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    own.bind(listener.getsockname())
    own.listen(BACKLOG)
    own.set_inheritable(True)
    return own


async def _keep_worker(
    settings: Settings,
    listener: socket.socket,
    lifeline: int,
    say: Callable[[str], None],
    ended: asyncio.Event,
) -> None:
    loop = asyncio.get_running_loop()
    failures = 0
    while not ended.is_set():
        started_at = loop.time()
        worker = await _start_worker(settings, listener, lifeline)
        try:
            await _either(worker.wait(), ended.wait())
        finally:
            await _end_worker(worker)
        if ended.is_set():
            return
        failures = 1 if loop.time() - started_at > CALM_S else failures + 1
        if failures >= MOST_FAILURES:
            ended.set()
            raise CannotServe("A worker ends as soon as it is started; its words are above.")
        say(f"worker {worker.pid} ended with {worker.returncode}; another is started")
        await asyncio.sleep(0.2 * failures)


async def _start_worker(
    settings: Settings, listener: socket.socket, lifeline: int
) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        SETTINGS_VARIABLE: msgspec.json.encode(settings, enc_hook=str).decode(),
        SOCKET_VARIABLE: str(listener.fileno()),
        LIFELINE_VARIABLE: str(lifeline),
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "banker.serving",
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        pass_fds=(listener.fileno(), lifeline),
        # Ctrl-C is for the console alone, which ends its workers in order.
        start_new_session=True,
    )


async def _end_worker(worker: asyncio.subprocess.Process) -> None:
    if worker.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        worker.terminate()
    try:
        await asyncio.wait_for(worker.wait(), GRACE_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def _either(*waits: Awaitable[Any]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
