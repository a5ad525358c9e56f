"""The load generator, a process of its own: `python -m banker.bench.load < plan.json`.

Closed loop: every collector sends the next slip as soon as the last is answered. Open loop: slips
fall due at random moments at a given rate, whatever the service makes of it, and each is timed from
the moment it was due. It shares the machine with the service, so it does no more than it must.
"""

import asyncio
import gc
import random
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
import uvloop

from banker.bench.line import Line
from banker.bench.requests import Requests
from banker.bench.tally import Sent, Tally

SWEEP_S = 0.1


class Load(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to send: slips of one bet a line to a phase, each under a key of its own.

    With a `rate`, in slips a second, the loop is open and `connections` are as many as may wait at
    once. What happens in the `warm_up_s` before the `seconds` does not count.
    """

    address: str
    phase_id: int
    tokens: list[str]
    texts: list[str]
    seconds: float
    connections: int = 64
    rate: float | None = None
    warm_up_s: float = 0.0
    deadline_s: float = 10.0


class Crowd:
    """The collectors of one load, on their lines."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._requests = Requests(load.address, load.phase_id, load.tokens, load.texts)
        self._tally = Tally(is_open=load.rate is not None)
        self._started = False
        self._ended = asyncio.Event()
        self._at_rest = asyncio.Event()
        self._under_way = 0
        self._lines: set[Line] = set()
        self._idle: deque[Line] = deque()
        self._due: deque[float] = deque()
        self._connecting: set[asyncio.Task[None]] = set()

    async def send(self) -> Sent:
        """Send until the time is over. Raises `OSError` where nobody listens at the address."""
        await asyncio.gather(*map(self._connect, range(self._load.connections)))
        sweeping = asyncio.create_task(self._sweep())
        started_at = time.perf_counter()
        self._tally.starts_at = started_at + self._load.warm_up_s
        self._tally.ends_at = self._tally.starts_at + self._load.seconds
        self._started = True
        if self._load.rate is None:
            for _ in range(len(self._idle)):
                self._free(self._idle.popleft())
        else:
            falling = asyncio.create_task(self._fall_due(started_at, self._load.rate))
            sweeping.add_done_callback(lambda _: falling.cancel())
        await self._wait(self._tally.starts_at)
        cpu_s = time.process_time()
        await self._wait(self._tally.ends_at)
        cpu_s = time.process_time() - cpu_s
        self._tally.ends_at = min(self._tally.ends_at, time.perf_counter())
        self.end()
        for due_at in self._due:
            self._tally.unsent(due_at)
        await self._at_rest.wait()
        sweeping.cancel()
        return self._tally.sent(cpu_s)

    def end(self) -> None:
        """The time is over: what is under way is waited for, and nothing more is sent."""
        self._ended.set()
        if not self._under_way:
            self._at_rest.set()

    def connected(self, line: Line) -> None:
        """A collector can send."""
        self._lines.add(line)
        self._free(line)

    def answered(self, line: Line, status: int) -> None:
        """A slip has its answer."""
        self._tally.answer(status, line.due_at, time.perf_counter(), line.bets)
        self._settle()
        self._free(line)

    def lost(self, line: Line) -> None:
        """A line has ended; its collector makes another."""
        self._lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)
        if line.sent_at:
            count = self._tally.late if line.late else self._tally.lost
            count(line.due_at, time.perf_counter())
            self._settle()
        if not self._ended.is_set():
            again = asyncio.create_task(self._reconnect(line.place))
            self._connecting.add(again)
            again.add_done_callback(self._connecting.discard)

    def _free(self, line: Line) -> None:
        now = time.perf_counter()
        if not self._started or self._ended.is_set() or now >= self._tally.ends_at:
            self._idle.append(line)
        elif self._load.rate is None:
            self._send(line, now, line.place)
        elif self._due:
            self._send(line, self._due.popleft(), None)
        else:
            self._idle.append(line)

    def _send(self, line: Line, due_at: float, collector: int | None) -> None:
        request, bets = self._requests.next(collector)
        line.send(request, due_at, bets)
        self._under_way += 1

    def _settle(self) -> None:
        self._under_way -= 1
        if not self._under_way and self._ended.is_set():
            self._at_rest.set()

    async def _fall_due(self, due_at: float, rate: float) -> None:
        """Slips that fall due at random, independently of each other, `rate` a second."""
        chance = random.Random(0)  # noqa: S311 - the same moments in every run
        while (due_at := due_at + chance.expovariate(rate)) < self._tally.ends_at:
            # Behind its time it still lets the answers in.
            await asyncio.sleep(max(due_at - time.perf_counter(), 0))
            self._due.append(due_at)
            if self._idle:
                self._free(self._idle.popleft())

    async def _sweep(self) -> None:
        """Give up what is past its deadline."""
        while True:
            await asyncio.sleep(SWEEP_S)
            latest = time.perf_counter() - self._load.deadline_s
            for line in [one for one in self._lines if 0 < one.sent_at < latest]:
                line.give_up()

    async def _wait(self, moment: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(max(moment - time.perf_counter(), 0)):
                await self._ended.wait()

    async def _connect(self, place: int) -> None:
        address = urlsplit(self._load.address)
        await asyncio.get_running_loop().create_connection(
            lambda: Line(self, place), address.hostname or "", address.port or 80
        )

    async def _reconnect(self, place: int) -> None:
        while not self._ended.is_set():
            await asyncio.sleep(SWEEP_S)
            with suppress(OSError):
                await self._connect(place)
                return


def main() -> None:
    """Read a load from standard input, send it, and print what became of it. SIGTERM and Ctrl-C
    end it early, and what was sent until then is told all the same."""
    load = msgspec.json.decode(sys.stdin.buffer.read(), type=Load)

    async def send() -> Sent:
        crowd = Crowd(load)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, crowd.end)
        return await crowd.send()

    # What stands now stays to the end: no pause looks through it.
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sent = runner.run(send())
    sys.stdout.buffer.write(msgspec.json.encode(sent) + b"\n")


if __name__ == "__main__":
    main()
