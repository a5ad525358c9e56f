"""One keep-alive connection of the load generator, with at most one request under way.

Of an answer it reads the status and the length, and lets the rest pass by.
"""

import asyncio
import re
import time
from typing import Protocol, cast

_length = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_HEAD_ENDS = b"\r\n\r\n"


class Watcher(Protocol):
    """Who is told what becomes of a line."""

    def connected(self, line: "Line") -> None:
        """It can be sent through."""

    def answered(self, line: "Line", status: int) -> None:
        """What was under way is answered; the line is free again."""

    def lost(self, line: "Line") -> None:
        """It ended; `sent_at` is not 0 where something was under way."""


class Line(asyncio.Protocol):
    """A connection of the collector at `place`. Of the slip under way: when it was due and when it
    was sent (`time.perf_counter`), how many bets it holds, and whether it was given up."""

    __slots__ = (
        "_head", "_missing", "_transport", "_watcher", "bets", "due_at", "late", "place", "sent_at",
    )  # fmt: skip

    def __init__(self, watcher: Watcher, place: int) -> None:
        self.place = place
        self.due_at = self.sent_at = 0.0
        self.bets = 0
        self.late = False
        self._watcher = watcher
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._missing = 0

    def send(self, request: bytes, due_at: float, bets: int) -> None:
        """Send a request."""
        assert self._transport is not None
        assert not self.sent_at
        self.due_at, self.sent_at, self.bets = due_at, time.perf_counter(), bets
        self._transport.write(request)

    def give_up(self) -> None:
        """Wait no longer for what is under way; the line is lost."""
        self.late = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line stands."""
        self._transport = cast(asyncio.Transport, transport)
        self._watcher.connected(self)

    def data_received(self, data: bytes) -> None:
        """A part of an answer, nearly always the whole."""
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            end = self._head.find(_HEAD_ENDS)
            if end < 0:
                return
            length = _length.search(self._head, 0, end + 2)
            if length is None or self._transport is None or not self.sent_at:
                raise ValueError(f"This is no answer to a slip: {self._head[:200]!r}")
            self._missing = end + len(_HEAD_ENDS) + int(length[1]) - len(self._head)
        if self._missing <= 0:
            status = int(self._head[9:12])
            self._head, self._missing, self.sent_at = b"", 0, 0.0
            self._watcher.answered(self, status)

    def connection_lost(self, reason: Exception | None) -> None:
        """The line is no more."""
        self._transport = None
        self._watcher.lost(self)
