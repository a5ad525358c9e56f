"""One worker's line to Redis: what it tells, and one supervised reader of what all workers tell.

Telling never waits and never fails: a slip is answered whether Redis is there or not. What could
not be told is made good by telling the boards to read the phase anew.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from banker.books.judgement import Slip
from banker.books.news import News
from banker.errors import Refusal
from banker.live import message
from banker.live.message import Changed, Message, Moved, Pulse

PULSE_S = 1.0
# The reader hears its own worker's pulse; after so much silence the line is cut and made anew.
SILENCE_S = 4.0
BACKLOG = 1_000
LONGEST_PAUSE_S = 2.0
HARKEN_S = 0.2

_log = structlog.get_logger()
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Message).decode


class Stream:
    """The line. `on_message`, `on_up` and `on_down` are called by the reader, in order."""

    def __init__(self, redis_url: str, epoch: str) -> None:
        self.epoch = epoch
        self.up = False
        self.on_message: Callable[[Message], None] = lambda _: None
        self.on_up: Callable[[], None] = lambda: None
        self.on_down: Callable[[], None] = lambda: None
        self._redis_url = redis_url
        self._channel = f"banker:{epoch}"
        self._backlog: asyncio.Queue[Message] = asyncio.Queue(BACKLOG)
        self._untold: set[int] = set()
        self._speaking = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to tell and to listen."""
        self._tasks = [
            asyncio.create_task(self._speak(), name="stream speaker"),
            asyncio.create_task(self._listen(), name="stream listener"),
        ]

    async def stop(self) -> None:
        """End both. Told again until they hear it: the Redis client waits with `wait_for`, which
        in Python 3.11 may swallow a cancellation."""
        pending = set(self._tasks)
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=HARKEN_S)

    def tell(self, news: News) -> None:
        """Tell all boards what a committed transaction changed."""
        self._queue(message.of_news(self.epoch, news))

    def tell_change(self, phase_id: int, money: bool = False) -> None:
        """Tell all boards to read a phase anew, and all collectors where their `money` moved."""
        self._queue(Changed(self.epoch, phase_id, money))

    def tell_moved(self, user_ids: Iterable[int]) -> None:
        """Tell some people's pages to read their money anew."""
        self._queue(Moved(self.epoch, tuple(user_ids)))

    def tell_refusal(self, phase_id: int, slip: Slip, refusal: Refusal) -> None:
        """Tell the feeds of a slip that was not taken."""
        self._queue(message.of_refusal(self.epoch, phase_id, slip, refusal))

    def _queue(self, said: Message) -> None:
        """While Redis is away only the names of phases are kept, not all that happens in them."""
        if self._speaking and not self._backlog.full():
            self._backlog.put_nowait(said)
        else:
            self._miss(said)

    def _miss(self, said: Message) -> None:
        if isinstance(said, message.Placed | Changed):
            self._untold.add(said.phase_id)

    async def _speak(self) -> None:
        """Tells what is queued, and a pulse where nothing else is said."""
        while True:
            redis = self._connect()
            try:
                await self._speak_through(redis)
            except Exception as lost:
                _log.warning("stream cannot speak", reason=type(lost).__name__)
            finally:
                self._speaking = False
                while not self._backlog.empty():
                    self._miss(self._backlog.get_nowait())
                with contextlib.suppress(RedisError, OSError, TimeoutError):
                    await redis.aclose()
            await asyncio.sleep(random.uniform(0.3, 0.9))  # noqa: S311 - jitter, not a secret

    async def _speak_through(self, redis: "Redis") -> None:
        await redis.publish(self._channel, _encode(Pulse(self.epoch)))
        self._speaking = True
        while True:
            for phase_id in list(self._untold):
                await redis.publish(self._channel, _encode(Changed(self.epoch, phase_id)))
                self._untold.discard(phase_id)
            try:
                # Not `wait_for`, which in Python 3.11 may swallow the cancellation of a stop.
                async with asyncio.timeout(PULSE_S):
                    said = await self._backlog.get()
            except TimeoutError:
                said = Pulse(self.epoch)
            try:
                await redis.publish(self._channel, _encode(said))
            except BaseException:
                self._miss(said)
                raise

    async def _listen(self) -> None:
        pause_s = 0.1
        while True:
            redis = self._connect()
            try:
                pause_s = await self._listen_through(redis, pause_s)
            except Exception as lost:
                # Whatever it is, the reader goes on: a wall that stands still unnoticed is worse.
                _log.warning("stream lost", reason=type(lost).__name__)
            finally:
                if self.up:
                    self.up = False
                    self.on_down()
                with contextlib.suppress(RedisError, OSError, TimeoutError):
                    await redis.aclose()
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _listen_through(self, redis: "Redis", pause_s: float) -> float:
        """Reads until the line is silent for too long; gives the pause before the next attempt."""
        loop = asyncio.get_running_loop()
        async with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._channel)
            # Not to wait a second for the next pulse before the line counts as up.
            self._queue(Pulse(self.epoch))
            heard_at = loop.time()
            while loop.time() - heard_at < SILENCE_S:
                heard = await pubsub.get_message(timeout=PULSE_S)
                if heard is None:
                    continue
                heard_at = loop.time()
                pause_s = 0.1
                if not self.up:
                    self.up = True
                    self.on_up()
                self._hear(heard["data"])
        return pause_s

    def _hear(self, data: bytes) -> None:
        try:
            said = _decode(data)
        except msgspec.MsgspecError:
            _log.warning("stream message unreadable", size=len(data))
            return
        if not isinstance(said, Pulse):
            self.on_message(said)

    def _connect(self) -> "Redis":
        return Redis.from_url(self._redis_url, socket_connect_timeout=2, socket_timeout=3)
