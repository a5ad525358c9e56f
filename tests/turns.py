"""Whose turn it is, where tests run side by side: most share the machine, and one that measures how
long a thing takes has it to itself."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Turns:
    """The turns of one run of tests, kept in two files of a folder that its processes share."""

    def __init__(self, folder: Path) -> None:
        self._door = (folder / "door").open("w")
        self._floor = (folder / "floor").open("w")

    @contextmanager
    def taken(self, alone: bool) -> Iterator[None]:
        """Beside others or alone. Whoever waits holds the door, so that nobody overtakes them."""
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._floor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._floor, fcntl.LOCK_UN)
