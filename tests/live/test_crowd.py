"""Many slips at once, messages out of order, and what Redis says that is no truth."""

import asyncio
import time

import httpx
import msgspec
import pytest
from redis.asyncio import Redis

from banker import worker
from banker.database import Pool
from banker.embedded import House
from banker.live.message import of_news
from banker.live.stream import Stream
from tests.cast import Cast
from tests.live.telling import beat, commit, commit_and_tell, place_over_http, until
from tests.live.viewer import watching
from tests.relay import relayed
from tests.serving import serving, settings_for
from tests.web.conftest import Api


@pytest.mark.alone
async def test_many_slips_make_few_frames(
    pool: Pool, cast: Cast, address: str, teller: Stream
) -> None:
    news = await commit(pool, cast, "137 500")
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        started = time.monotonic()
        for version in range(2, 502):
            news.totals.version = version
            teller.tell(news)
            await asyncio.sleep(0.002)
        frames = [await viewer.next("delta")]
        while frames[-1].version < 501:
            frames.append(await viewer.next("delta", "snapshot"))
        took_s = time.monotonic() - started
    print(f"\n500 messages in {took_s:.2f} s made {len(frames)} frames")
    assert {frame.event for frame in frames} == {"delta"}
    assert len(frames) <= took_s / 0.1 + 2


async def test_a_slow_viewer_skips_and_ends_right(
    pool: Pool, cast: Cast, house: House, teller: Stream
) -> None:
    """A viewer that does not read holds up its own frames: the next is of all that it missed."""
    async with worker.opened(settings_for(house)) as opened:
        await until(lambda: opened.stream.up)
        slow, quick = [await opened.frames(cast.phase.id, cast.min.id) for _ in range(2)]
        for viewer in (slow, quick):
            assert (await anext(viewer)).split(b"\n")[1] == b"event: snapshot"
            await anext(viewer)
        read: list[bytes] = []

        async def follow() -> None:
            while frame := await anext(quick, b""):
                read.append(frame)

        following = asyncio.create_task(follow())
        for number in range(5):
            await commit_and_tell(pool, cast, opened.stream, f"{number:03d} 5")
            await asyncio.sleep(0.15)
        missed = (await anext(slow)).decode()
        following.cancel()
    assert len([frame for frame in read if b"event: delta" in frame]) >= 3
    assert "event: delta" in missed
    for number in range(5):
        assert f'["{number:03d}","5.00"]' in missed


async def test_a_gap_is_read_anew_from_postgres(
    pool: Pool, cast: Cast, address: str, teller: Stream
) -> None:
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        await commit(pool, cast, "137 500")  # and nobody tells
        await commit_and_tell(pool, cast, teller, "138 5")
        told = await viewer.next("snapshot")
    assert told.version == 2
    assert told.data["numbers"][137]["total_bet"] == "500.00"


async def test_messages_that_overtake_each_other_are_no_gap(
    pool: Pool, cast: Cast, address: str, teller: Stream
) -> None:
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        news = [await commit(pool, cast, f"137 {stake}") for stake in ("1", "2")]
        for one in reversed(news):
            teller.tell(one)
        told = await viewer.until(2)
    assert (told.event, told.data["numbers"]) == ("delta", [["137", "3.00"]])


@pytest.mark.parametrize("epoch_of", ["another house", "garbage", "a number beyond all numbers"])
async def test_what_others_say_on_redis_moves_no_wall(
    pool: Pool, cast: Cast, house: House, address: str, epoch: str, teller: Stream, epoch_of: str
) -> None:
    news = await commit(pool, cast, "137 500")
    said = msgspec.json.encode(of_news(epoch, news)).replace(b'"version":1', b'"version":2')
    channel, heard = {
        "another house": ("banker:another", said),
        "garbage": (f"banker:{epoch}", b"\xff{"),
        "a number beyond all numbers": (f"banker:{epoch}", said.replace(b"[137,", b"[5000,")),
    }[epoch_of]
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        redis = Redis.from_url(house.redis_url)
        await redis.publish(channel, heard)
        await redis.aclose()
        await commit_and_tell(pool, cast, teller, "138 5")
        told = await viewer.next("delta", "snapshot")
    assert (told.event, told.version, told.data["numbers"]) == ("delta", 2, [["138", "5.00"]])


async def test_without_redis_a_viewer_who_comes_sees_what_postgres_knows(
    house: House, cast: Cast
) -> None:
    async with (
        serving(house, redis_url="redis://127.0.0.1:1/0") as address,
        httpx.AsyncClient(base_url=address) as client,
        watching(address, cast) as early,
    ):
        await early.next("snapshot")
        await place_over_http(Api(client), cast, "137 500")
        async with watching(address, cast) as late:
            await late.until(1)
        assert (await early.next("heartbeat")).data["redis"] == "down"


async def test_when_redis_comes_back_the_wall_catches_up(house: House, cast: Cast) -> None:
    async with (
        relayed(house.redis_url) as relay,
        serving(house, redis_url=relay.url) as address,
        httpx.AsyncClient(base_url=address) as client,
        watching(address, cast) as viewer,
    ):
        await beat(viewer, "ok")
        await relay.cut()
        await beat(viewer, "down")
        await place_over_http(Api(client), cast, "137 500")
        await relay.open()
        told = await viewer.until(1, patience_s=10)
        await beat(viewer, "ok")
    assert told.data["total_in"] == "500.00"
