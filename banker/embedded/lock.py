"""The lock of a data folder: one console at a time, and for no longer than that console lives."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from banker.embedded.failure import AlreadyRunning

STRAGGLER_S = 5.0
LOCK = "lock"


class Lock:
    """Held from its making to `release`, or to the end of a console that is killed.

    A process forked off the console shares the lock. Where the console is dead and such a
    straggler still lives, a new console waits a few seconds for it to end. Raises
    `AlreadyRunning`.
    """

    def __init__(self, data: Path) -> None:
        path = data / LOCK
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + STRAGGLER_S
        while not _take(self._descriptor, fcntl.LOCK_EX):
            holder = _holder(path)
            if is_alive(holder) or time.monotonic() > deadline:
                os.close(self._descriptor)
                named = f" (process {holder})" if holder else ""
                raise AlreadyRunning(holder=named, folder=data)
            time.sleep(0.05)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Lets the next console in."""
        os.ftruncate(self._descriptor, 0)
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)


@contextmanager
def taking_turns(data: Path) -> Iterator[ExitStack]:
    """One command after another; `close` of what is given ends the turn early."""
    with ExitStack() as turn:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(data, os.O_RDONLY)
        turn.callback(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield turn


def is_held(data: Path) -> bool:
    """Whether a living console holds the folder."""
    path = data / LOCK
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _take(descriptor, fcntl.LOCK_SH) and is_alive(_holder(path))
    finally:
        os.close(descriptor)


def is_alive(process: int) -> bool:
    """Whether a process of this number exists, be it another user's."""
    if process <= 0:
        return False
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True


def _take(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> int:
    """The process that wrote itself into the lock, or 0."""
    text = path.read_text()
    return int(text) if text.isdigit() else 0
