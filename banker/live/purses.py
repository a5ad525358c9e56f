"""Who watches their money in this worker: told that it moved, never how much, so that what they
see is read after commit."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from banker.live.message import Changed, Message, Moved


class Purses:
    """The open pages, by person; each has an event that is set while there is something to read."""

    def __init__(self) -> None:
        self._watchers: dict[int, set[asyncio.Event]] = {}

    @contextmanager
    def watched(self, user_id: int) -> Iterator[asyncio.Event]:
        """An event that is set when money of this person may have moved; the watcher clears it."""
        event = asyncio.Event()
        watchers = self._watchers.setdefault(user_id, set())
        watchers.add(event)
        try:
            yield event
        finally:
            watchers.discard(event)
            if not watchers and self._watchers.get(user_id) is watchers:
                del self._watchers[user_id]

    def hear(self, said: Message) -> None:
        """Pass on what the stream told."""
        if isinstance(said, Moved):
            for user_id in said.user_ids:
                self._wake(user_id)
        elif isinstance(said, Changed) and said.money:
            self.doubt_all()

    def doubt_all(self) -> None:
        """Anybody's money may have moved."""
        for user_id in list(self._watchers):
            self._wake(user_id)

    def _wake(self, user_id: int) -> None:
        for event in self._watchers.get(user_id, ()):
            event.set()
