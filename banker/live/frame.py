"""Server-sent events of a board: encoded once for all viewers."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from banker import metrics
from banker.live import figures
from banker.live.board import Board
from banker.rules.money import from_cents
from banker.rules.number import label

# Viewers who fell behind, each at a tick of their own, whose frames are kept at once.
MOST_KEPT = 50

_encode = msgspec.json.Encoder().encode


class Frames:
    """The frames of one board for one viewer. One that is a tick behind shares its frame with all
    others; one that fell further behind gets a frame from where it stands."""

    def __init__(self, board: Board, epoch: str) -> None:
        self.board = board
        self._epoch = epoch

    def snapshot(self) -> bytes:
        """Everything, as a viewer that comes needs it."""
        return self._once("snapshot", 0, lambda: _snapshot(self.board))

    def delta(self, since: int) -> bytes:
        """What is new after a tick; a snapshot where more than stakes has changed since."""
        if self.board.told_at is not None:
            # Once a tick: the other viewers' frames leave in the same moment.
            metrics.screen_delay_seconds.observe(max(0.0, time.time() - self.board.told_at))
            self.board.told_at = None
        if since < self.board.snapshot_tick:
            return self.snapshot()
        return self._once("delta", since, lambda: _delta(self.board, since))

    def heartbeat(self, redis_up: bool, at: datetime) -> bytes:
        """A sign of life, and whether the worker hears the others."""
        beat = {"version": self.board.version, "redis": "ok" if redis_up else "down", "at": at}
        return self._framed("heartbeat", beat)

    def _once(self, event: str, since: int, make: Callable[[], dict[str, Any]]) -> bytes:
        made = self.board.frames
        tick, frame = made.get((event, since), (-1, b""))
        if tick != self.board.tick:
            frame = self._framed(event, make())
            if len(made) > MOST_KEPT:
                made.clear()
            made[event, since] = (self.board.tick, frame)
        return frame

    def _framed(self, event: str, content: dict[str, Any]) -> bytes:
        name = f"id: {self._epoch}:{self.board.version}\nevent: {event}\ndata: "
        return name.encode() + _encode(content) + b"\n\n"


def _snapshot(board: Board) -> dict[str, Any]:
    exposures = board.exposures
    return {
        **figures.head(board.phase, board.risk),
        **figures.summary(board.risk),
        "curve": figures.curve(board.risk),
        "numbers": figures.numbers(board.phase, exposures, board.risk),
        "hurting": figures.hurting(board.phase, exposures, board.risk),
        "tickets": [line for _, line in reversed(board.feed.tickets)],
        "refusals": [line for _, line in reversed(board.feed.refusals)],
        "intake": board.intake,
        "slips_per_minute": board.feed.slips_per_minute(),
    }


def _delta(board: Board, since: int) -> dict[str, Any]:
    exposures = board.exposures
    content = {
        **figures.head(board.phase, board.risk),
        **figures.summary(board.risk),
        "curve": figures.curve(board.risk),
        "numbers": [
            (label(number), from_cents(exposures[number].staked_cents))
            for number, tick in enumerate(board.changed_at)
            if tick > since
        ],
        "hurting": figures.hurting(board.phase, exposures, board.risk),
        "tickets": [line for tick, line in reversed(board.feed.tickets) if tick > since],
        "refusals": [line for tick, line in reversed(board.feed.refusals) if tick > since],
        "slips_per_minute": board.feed.slips_per_minute(),
    }
    del content["phase"]
    return content
