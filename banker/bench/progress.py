"""Where a bench stands, for the person who waits: one line that is written over, or a plain line a
step where standard error is no terminal."""

import sys
import time
from typing import TextIO


class Progress:
    """The display; what it says never mixes with the report on standard output."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._over = self._out.isatty()
        self._began = time.monotonic()
        self._step = ""

    def say(self, words: str) -> None:
        """The step that begins now, and for how long the bench has been at work."""
        self._step = words
        self._write(words)

    def still(self, words: str) -> None:
        """The same step goes on; a terminal shows with what."""
        if self._over:
            self._write(f"{self._step}: {words}")

    def end(self) -> None:
        """The line makes room for what comes."""
        if self._over:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _write(self, words: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        line = f"{minutes:2}:{seconds:02}  {words}"
        self._out.write(f"\r\x1b[K{line}" if self._over else f"{line}\n")
        self._out.flush()
