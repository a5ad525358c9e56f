"""The viewers of the wall, a process of their own: `python -m banker.bench.viewers < plan.json`.

Each has a stream of its own, of which it reads no more than how many tickets a frame knows of.
"""

import asyncio
import gc
import signal
import sys
import time
from functools import partial
from itertools import cycle, islice
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

_FRAME_ENDS = b"\n\n"
_COUNT = b'"ticket_count":'
_OK = b"HTTP/1.1 200 "


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose stream to watch, with whose tokens in turn, and how many times over."""

    address: str
    phase_id: int
    tokens: tuple[str, ...]
    viewers: int


class Seen(msgspec.Struct, frozen=True):
    """For each viewer, when it read that there were more tickets (seconds of the epoch, the clock
    of this machine), and how many. `cpu_s` is the work of this process itself."""

    arrivals: list[list[tuple[float, int]]]
    cpu_s: float


class Viewer(asyncio.Protocol):
    """One stream. `came` is done when its first frame has come."""

    def __init__(self, request: bytes) -> None:
        self.arrivals: list[tuple[float, int]] = []
        self.came: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request = request
        self._known = -1
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        cast(asyncio.Transport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        """Some frames, or a part of one; the last that is whole has the latest count."""
        now = time.time()
        self._rest += data
        if not self.came.done() and self._rest[: len(_OK)] != _OK[: len(self._rest)]:
            raise ValueError(f"This is no stream: {self._rest[:200]!r}")
        end = self._rest.rfind(_FRAME_ENDS)
        if end < 0:
            return
        at = self._rest.rfind(_COUNT, 0, end) + len(_COUNT)
        if at >= len(_COUNT):
            self._note(now, int(self._rest[at : self._rest.index(b",", at)]))
        self._rest = self._rest[end + len(_FRAME_ENDS) :]

    def connection_lost(self, reason: Exception | None) -> None:
        """It sees nothing more."""
        if not self.came.done():
            self.came.set_exception(ConnectionError("The stream ended before its first frame."))

    def _note(self, now: float, count: int) -> None:
        if count > self._known:
            self._known = count
            self.arrivals.append((now, count))
        if not self.came.done():
            self.came.set_result(None)


async def watch(plan: Watch) -> Seen:
    """Watch until told to end; says a line when every viewer has had its first frame."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    place = urlsplit(plan.address)
    head = f"GET /api/phases/{plan.phase_id}/stream HTTP/1.1\r\nHost: {place.netloc}\r\n"
    viewers = []
    for token in islice(cycle(plan.tokens), plan.viewers):
        asked = f"{head}Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
        _, viewer = await loop.create_connection(
            partial(Viewer, asked.encode()), place.hostname or "", place.port or 80
        )
        viewers.append(viewer)
    await asyncio.gather(*(viewer.came for viewer in viewers))
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    cpu_s = time.process_time()
    await ended.wait()
    return Seen([viewer.arrivals for viewer in viewers], time.process_time() - cpu_s)


def main() -> None:
    """Read whom to watch from standard input, watch, and print what was seen."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Watch)
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(watch(plan))
    sys.stdout.buffer.write(msgspec.json.encode(seen) + b"\n")


if __name__ == "__main__":
    main()
