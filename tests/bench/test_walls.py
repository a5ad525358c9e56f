"""The way to the wall, and what its viewers note."""

import asyncio
from datetime import UTC, datetime

import pytest

from banker.bench.beside import beside
from banker.bench.ground import Ground
from banker.bench.measure import PROMISED
from banker.bench.plan import Plan
from banker.bench.service import served
from banker.bench.traffic import load_of, sent_through
from banker.bench.viewers import Seen, Viewer, Watch
from banker.bench.walls import Watched, delays
from tests.balanced import assert_books_balance

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


async def test_a_round_before_the_wall_gives_what_is_promised(ground: Ground, small: Plan) -> None:
    watched = Watched()
    await watched.prepare(ground, small)
    figures = await watched.round(ground, small)
    assert figures.keys() >= set(PROMISED["f"])
    for crowd in ("f1", "f200"):
        assert 0 < figures[f"{crowd}_p50_ms"] <= figures[f"{crowd}_p99_ms"]
        assert figures[f"{crowd}_p99_ms"] <= figures[f"{crowd}_worst_ms"] < 5_000
    await assert_books_balance(ground.pool)


async def test_every_viewer_reads_of_every_ticket_after_it_was_placed(
    ground: Ground, small: Plan
) -> None:
    phase = await ground.open_phase("watched")
    async with served(ground.settings, workers=1) as service:
        watch = Watch(service.address, phase.id, ground.watcher_tokens, viewers=5)
        async with beside("banker.bench.viewers", watch, Seen) as crowd:
            await crowd.ready()
            await sent_through(load_of(ground, small, service, phase.id, senders=4))
            await asyncio.sleep(1)
            seen = await crowd.ended()
    placed = await ground.pool.fetch(
        "select placed_at from tickets where phase_id = $1 order by sequence", phase.id
    )
    assert len(placed) > 10
    assert len(seen.arrivals) == 5
    assert seen.cpu_s > 0
    for arrivals in seen.arrivals:
        assert arrivals[0][1] == 0
        assert arrivals[-1][1] == len(placed)
        for at, count in arrivals[1:]:
            assert placed[count - 1]["placed_at"] < datetime.fromtimestamp(at, UTC)


async def test_a_viewer_takes_the_latest_count_of_whole_frames_however_they_are_cut() -> None:
    frames = [
        b'id: e:1\nevent: snapshot\ndata: {"version":1,"ticket_count":3,"x":1}\n\n',
        b'id: e:1\nevent: heartbeat\ndata: {"version":1}\n\n',
        b'id: e:2\nevent: delta\ndata: {"version":2,"ticket_count":4,"x":1}\n\n',
        b'id: e:3\nevent: delta\ndata: {"version":3,"ticket_count":64,"x":1}\n\n',
    ]
    stream = HEAD + b"".join(b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames)
    assert _counts(stream, 1) == [3, 4, 64]
    assert [_counts(stream, size)[-1] for size in (7, 64, 100, 1000)] == [64] * 4
    assert _counts(stream[:-4], len(stream)) == [4]


def test_a_delay_is_taken_for_every_ticket_to_the_first_frame_that_knows_of_it() -> None:
    placed = [10.0, 10.5, 11.0, 11.25, 12.0]
    arrivals = [(9.0, 0), (11.5, 3), (11.75, 4)]
    found = list(delays(placed, 0.0, arrivals, ended_at=14.0))
    assert found == [1.5, 1.0, 0.5, 0.5, 2.0]
    assert list(delays(placed, 1.0, arrivals, ended_at=14.0)) == [0.5, 0.5, 2.0]
    assert list(delays(placed, 0.0, [(9.0, 0), (13.0, 5)], ended_at=14.0))[-1] == 1.0


def _counts(stream: bytes, size: int) -> list[int]:
    """What a viewer notes of a stream that comes in pieces of a size."""
    viewer = Viewer(b"")
    for place in range(0, len(stream), size):
        viewer.data_received(stream[place : place + size])
    assert viewer.came.done()
    return [count for _, count in viewer.arrivals]


async def test_what_is_no_stream_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="401"):
        Viewer(b"").data_received(b"HTTP/1.1 401 Unauthorized\r\n")
