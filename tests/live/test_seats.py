"""A person has so many streams at a time, of whatever kind; the oldest ends for the newest."""

from contextlib import AsyncExitStack, ExitStack
from unittest import mock

from banker.live import seats
from banker.live.seats import Seats
from tests.cast import Cast
from tests.live.test_purses import open_page
from tests.live.viewer import watching
from tests.web.standing import Standing


async def test_the_oldest_stream_of_the_wall_ends_for_the_newest(
    stood: Standing, cast: Cast, address: str
) -> None:
    async with AsyncExitStack() as opened:
        opened.enter_context(mock.patch.object(seats, "MOST_SEATS", 2))
        other = await opened.enter_async_context(watching(address, cast, "thida"))
        first, second, third = [
            await opened.enter_async_context(watching(address, cast)) for _ in range(3)
        ]
        assert (await first.rest())[0].event == "snapshot"
        for viewer in (second, third, other):
            await viewer.next("heartbeat")


async def test_the_oldest_page_of_a_collector_ends_for_the_newest(stood: Standing) -> None:
    async with AsyncExitStack() as opened:
        opened.enter_context(mock.patch.object(seats, "MOST_SEATS", 2))
        other = await opened.enter_async_context(open_page(stood, stood.address, "khin"))
        first, second, third = [
            await opened.enter_async_context(open_page(stood, stood.address, "aung"))
            for _ in range(3)
        ]
        await first.ended()
        for page in (second, third, other):
            await page.still_there()


def test_seats_are_counted_by_person_and_forgotten() -> None:
    taken = Seats()
    woken: list[int] = []
    with ExitStack() as held, mock.patch.object(seats, "MOST_SEATS", 2):
        one, two, three = [
            held.enter_context(taken.taken(1, wake=lambda place=place: woken.append(place)))
            for place in range(3)
        ]
        other = held.enter_context(taken.taken(2))
        assert [one.is_lost, two.is_lost, three.is_lost, other.is_lost] == [True] + [False] * 3
        with taken.taken(1):
            assert (two.is_lost, three.is_lost) == (True, False)
        assert woken == [0, 1]
        with taken.taken(1):
            assert not three.is_lost
    assert not taken._taken
