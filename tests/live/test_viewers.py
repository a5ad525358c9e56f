"""Viewers of two workers, how soon they see, and how they come and go."""

import asyncio
import gc
import time
from unittest import mock

import pytest

from banker import caller, metrics, worker
from banker.embedded import House
from banker.live import board, boards
from banker.live.board import Board
from banker.live.frame import Frames
from banker.web import event_stream
from tests.cast import PASSWORD, Cast
from tests.live.telling import beat, place_over_http, until
from tests.live.viewer import Frame, Viewer, watching
from tests.serving import serving
from tests.web.conftest import Api
from tests.web.wire import wired


@pytest.mark.alone
async def test_a_slip_at_one_worker_is_seen_at_both_in_a_quarter_of_a_second(
    house: House, cast: Cast, address: str, api: Api
) -> None:
    async with (
        serving(house) as second,
        watching(address, cast) as here,
        watching(second, cast) as there,
    ):
        await asyncio.gather(beat(here, "ok"), beat(there, "ok"))
        await place_over_http(api, cast, "137 500")
        placed_at = time.monotonic()
        seen = await asyncio.gather(here.until(1), there.until(1))
    for frame in seen:
        assert frame.data["total_in"] == "500.00"
        assert frame.at - placed_at < 0.25


@pytest.mark.alone
async def test_a_slip_is_on_the_wall_in_a_quarter_of_a_second(
    cast: Cast, api: Api, address: str
) -> None:
    placed_at: dict[int, float] = {}
    frames: list[Frame] = []

    async def follow(viewer: Viewer) -> None:
        while not frames or frames[-1].version < 100:
            frames.append(await viewer.next("delta", "snapshot"))

    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        following = asyncio.create_task(follow(viewer))
        for sequence in range(1, 101):
            await place_over_http(api, cast, f"{sequence:03d} 5")
            placed_at[sequence] = time.monotonic()
            await asyncio.sleep(0.007)
        await following
    seen_at = {
        version: next(frame.at for frame in frames if frame.version >= version)
        for version in placed_at
    }
    delays_ms = sorted(max(0.0, seen_at[one] - placed_at[one]) * 1000 for one in placed_at)
    print(f"\ncommit to frame: median {delays_ms[49]:.0f} ms, p99 {delays_ms[98]:.0f} ms")
    assert delays_ms[98] < 250


@pytest.mark.alone
async def test_a_stream_ends_within_a_second_of_the_closing(house: House, cast: Cast) -> None:
    service = serving(house)
    address = await service.__aenter__()
    async with watching(address, cast) as viewer:
        await viewer.next("heartbeat")
        started = time.monotonic()
        closing = asyncio.create_task(service.__aexit__(None, None, None))
        await viewer.rest()
        assert time.monotonic() - started < 1
        await closing
    assert time.monotonic() - started < 2


@pytest.mark.alone
async def test_a_stream_has_a_bounded_life(cast: Cast, address: str) -> None:
    with mock.patch.object(worker, "STREAM_LIFE_S", 0.3):
        async with watching(address, cast) as viewer:
            started = time.monotonic()
            frames = await viewer.rest()
    assert frames[0].event == "snapshot"
    assert time.monotonic() - started < 1.5


async def test_the_stream_of_someone_who_is_put_out_ends(
    api: Api, cast: Cast, address: str
) -> None:
    with mock.patch.object(event_stream, "LOOK_AGAIN_S", 0.1):
        body = {"username": "leaver", "password": PASSWORD, "role": "manager"}
        leaver = (await api.ask("thida", "POST", "/api/users", body)).json()
        async with watching(address, cast, "leaver") as viewer, watching(address, cast) as other:
            await viewer.next("heartbeat")
            await api.ask("thida", "PATCH", f"/api/users/{leaver['id']}", {"disabled": True})
            async with asyncio.timeout(3):
                await viewer.rest()
            await other.next("snapshot")
            await other.next("heartbeat")


async def test_a_viewer_who_stops_reading_is_let_go(api: Api, cast: Cast, address: str) -> None:
    """Whoever writes to them would wait for ever, and see neither the end of the stream's life nor
    that the viewer has signed out."""
    before = _gauge()
    path = f"/api/phases/{cast.phase.id}/stream"
    head = f"GET {path} HTTP/1.1\r\nHost: banker\r\nAuthorization: Bearer {await api.token('min')}"
    with (
        mock.patch.object(caller, "UNREAD_S", 0.5),
        mock.patch.object(Frames, "heartbeat", return_value=b":" * 4_000_000 + b"\n\n"),
    ):
        async with wired(address) as idle, wired(address) as other:
            for line in (idle, other):
                await line.send(f"{head}\r\n\r\n".encode())
            reading = asyncio.create_task(other.drain())
            await until(lambda: _gauge() == before + 2)
            await until(lambda: _gauge() == before + 1)
            await asyncio.sleep(1)
            assert (_gauge(), reading.done()) == (before + 1, False)
            reading.cancel()
    await until(lambda: _gauge() == before)


async def test_a_board_that_nobody_watches_is_forgotten(
    cast: Cast, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "LOOK_S", 0.1)
    monkeypatch.setattr(board, "IDLE_S", 0.2)
    async with watching(address, cast) as viewer, watching(address, cast) as second:
        await viewer.next("snapshot")
        await second.next("snapshot")
        assert len(_boards_of(cast)) == 1
    await until(lambda: not _boards_of(cast))


async def test_viewers_are_counted_while_they_are_there(cast: Cast, address: str) -> None:
    before = _gauge()
    async with watching(address, cast) as first, watching(address, cast) as second:
        await first.next()
        await second.next()
        assert _gauge() == before + 2
    await until(lambda: _gauge() == before)


async def test_viewers_who_left_leave_nothing_behind(cast: Cast, api: Api, address: str) -> None:
    before = _gauge()
    async with watching(address, cast) as viewer:
        await viewer.next()
    await until(lambda: _gauge() == before)
    tasks = len(asyncio.all_tasks())
    for _ in range(10):
        async with watching(address, cast) as viewer:
            await viewer.next()
    await until(lambda: _gauge() == before)
    await until(lambda: len(asyncio.all_tasks()) <= tasks)


def _boards_of(cast: Cast) -> list[Board]:
    """Whatever is in memory of the test's phase."""
    gc.collect()
    boards = [one for one in gc.get_objects() if isinstance(one, Board)]
    return [one for one in boards if one.phase_id == cast.phase.id]


def _gauge() -> float:
    value = metrics.registry.get_sample_value("banker_viewers")
    assert value is not None
    return value
