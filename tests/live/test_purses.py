"""Money that moves shows on the open page of whoever it belongs to, at another worker, at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from banker.embedded import House
from banker.live.message import Changed, Moved, Pulse
from banker.live.purses import Purses
from tests.cast import Cast
from tests.serving import serving
from tests.web.conftest import Api
from tests.web.standing import Standing


class Page:
    """The stream of a collector's open page."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def moved(self, patience_s: float = 5.0) -> float:
        """Wait for the next word that money moved; when it came."""
        async with asyncio.timeout(patience_s):
            while await anext(self._lines) != "event: money":
                pass
            return time.monotonic()

    async def still_there(self) -> None:
        """Wait for a sign of life."""
        async with asyncio.timeout(5):
            while await anext(self._lines) != ": still here":
                pass

    async def ended(self) -> None:
        """Wait for the end of the stream."""
        async with asyncio.timeout(5):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def open_page(stood: Standing, address: str, who: str) -> AsyncIterator[Page]:
    """A collector's page at one worker, which has just been told to read."""
    cookies = {"banker": await stood.token(getattr(stood.cast, who), "page")}
    async with (
        httpx.AsyncClient(base_url=address, cookies=cookies, timeout=10) as client,
        client.stream("GET", "/collect/stream") as response,
    ):
        assert response.status_code == 200
        page = Page(response)
        await page.moved()
        yield page


async def pay_in(api: Api, cast: Cast, amount: str) -> float:
    """A deposit for Aung; when its answer came."""
    body = {"user_id": str(cast.aung.id), "amount": amount, "reason": "at the counter"}
    key = f"live-{time.monotonic_ns()}"
    response = await api.ask("su", "POST", "/api/cash/deposits", body, key)
    assert response.status_code == 201, response.text
    return time.monotonic()


@pytest.mark.alone
async def test_a_deposit_shows_on_the_open_page_within_a_second(
    stood: Standing, house: House, api: Api, cast: Cast
) -> None:
    async with serving(house) as other, open_page(stood, other, "aung") as page:
        for _ in range(5):
            paid_at = await pay_in(api, cast, "10.00")
            assert await page.moved() - paid_at < 1


async def test_nobody_is_told_of_another_persons_money(
    stood: Standing, api: Api, cast: Cast
) -> None:
    async with open_page(stood, stood.address, "khin") as page:
        await pay_in(api, cast, "10.00")
        told = asyncio.create_task(page.moved())
        done, _ = await asyncio.wait({told}, timeout=0.7)
        told.cancel()
        assert not done


async def test_a_settlement_tells_everybody(stood: Standing, api: Api, cast: Cast) -> None:
    path = f"/api/phases/{cast.phase.id}"
    async with open_page(stood, stood.address, "khin") as page:
        assert (await api.ask("min", "POST", f"{path}/closure")).status_code == 200
        await api.ask("min", "POST", f"{path}/settlement", {"number": "137"})
        await page.moved()


async def test_watchers_that_leave_are_forgotten() -> None:
    purses = Purses()
    with purses.watched(1) as first, purses.watched(1) as second, purses.watched(2) as other:
        purses.hear(Moved("epoch", (1, 3)))
        assert (first.is_set(), second.is_set(), other.is_set()) == (True, True, False)
        purses.hear(Changed("epoch", 1))
        purses.hear(Pulse("epoch"))
        assert not other.is_set()
        purses.hear(Changed("epoch", 1, money=True))
        assert other.is_set()
    assert not purses._watchers
