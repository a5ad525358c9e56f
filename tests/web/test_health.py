"""Whether the house can serve, and what it counts."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from banker import metrics
from banker.embedded import House
from tests.cast import Cast
from tests.databases import Clones
from tests.relay import relayed
from tests.serving import serving
from tests.web.conftest import Api
from tests.web.standing import Standing, standing

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


@pytest.fixture
def house(stood: Standing) -> House:
    return stood.house


@pytest.fixture
def cast(stood: Standing) -> Cast:
    return stood.cast


@pytest.fixture
def address(stood: Standing) -> str:
    return stood.address


@pytest.fixture
def api(stood: Standing) -> Api:
    return stood.api


async def _health(address: str, redis: str) -> httpx.Response:
    """The answer once Redis is told of as expected; a worker needs a moment to hear itself."""
    async with httpx.AsyncClient(base_url=address) as client:
        for _ in range(100):
            response = await client.get("/health")
            if response.json()["redis"] == redis:
                break
            await asyncio.sleep(0.02)
        return response


async def test_a_house_that_has_everything_is_well(address: str) -> None:
    response = await _health(address, "ok")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "postgres": "ok", "redis": "ok"}


async def test_a_balancer_that_asks_for_the_head_gets_the_status_alone(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        asked = await client.get("/health")
        probed = await client.head("/health")
    assert (probed.status_code, probed.content) == (200, b"")
    assert probed.headers["content-type"] == asked.headers["content-type"]
    assert "set-cookie" not in probed.headers


async def test_without_redis_the_house_serves(house: House, cast: Cast) -> None:
    async with serving(house, redis_url=NOWHERE) as address:
        response = await _health(address, "down")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "postgres": "ok", "redis": "down"}


async def test_without_redis_slips_are_taken(house: House, cast: Cast) -> None:
    async with (
        serving(house, redis_url=NOWHERE) as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        path = "/api/phases/1/tickets"
        placed = await Api(client).ask("aung", "POST", path, {"text": "137 500"}, "a")
    assert placed.status_code == 201


async def test_without_postgres_the_house_is_down_and_comes_back(house: House, cast: Cast) -> None:
    async with (
        relayed(house.database_url) as relay,
        serving(house, database_url=relay.url) as address,
        httpx.AsyncClient(base_url=address, timeout=20) as client,
    ):
        assert (await client.get("/health")).status_code == 200
        await relay.cut()
        lost = await client.get("/health", headers={"Cookie": "banker=whatever"})
        probed = await client.head("/health")
        await relay.open()
        found = await client.get("/health")
    assert (lost.status_code, probed.status_code) == (503, 503)
    assert (lost.json()["status"], lost.json()["postgres"]) == ("down", "down")
    assert found.status_code == 200


async def test_without_postgres_a_request_may_be_asked_again(house: House, cast: Cast) -> None:
    async with (
        relayed(house.database_url) as relay,
        serving(house, database_url=relay.url) as address,
        httpx.AsyncClient(base_url=address, timeout=20) as client,
    ):
        api = Api(client)
        await api.token("min")
        await relay.cut()
        refused = await api.ask("min", "GET", "/api/phases")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) >= 1


async def test_health_is_asked_by_anyone(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        headers = {"Authorization": "Bearer nonsense", "Cookie": "banker=nonsense"}
        assert (await client.get("/health", headers=headers)).status_code == 200


# What it counts.


async def test_metrics_are_read_from_this_machine(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        response = await client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "banker_redis_up" in response.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_what_a_proxy_that_nobody_named_passes_on_is_not_of_this_machine(
    address: str, header: str
) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        response = await client.get("/metrics", headers={header: "127.0.0.1"})
    assert response.status_code == 403, response.text


@pytest.mark.parametrize(
    ("token", "status"), [("", 403), ("wrong", 403), ("a metrics token", 200), ("ключ", 403)]
)
async def test_from_elsewhere_metrics_need_the_token(
    house: House, cast: Cast, token: str, status: int
) -> None:
    async with (
        serving(house, metrics_token="a metrics token", proxies=("127.0.0.1",)) as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        headers = {
            "X-Forwarded-For": "203.0.113.7",
            "Authorization": f"Bearer {token}".encode(),
        }
        headers = {name: value for name, value in headers.items() if token or name[0] == "X"}
        response = await client.get("/metrics", headers=headers)
    assert response.status_code == status


async def test_without_a_metrics_token_no_token_is_good(house: House, cast: Cast) -> None:
    async with (
        serving(house, proxies=("127.0.0.1",)) as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        headers = {"X-Forwarded-For": "203.0.113.7", "Authorization": "Bearer x"}
        response = await client.get("/metrics", headers=headers)
    assert response.status_code == 403


async def test_slips_are_counted_by_what_became_of_them(api: Api, cast: Cast) -> None:
    before = {outcome: _count(outcome) for outcome in ("placed", "replayed", "over-limit")}
    for text, key in (("137 500", "one"), ("137 500", "one"), ("137 60000", "two")):
        await api.ask("aung", "POST", "/api/phases/1/tickets", {"text": text}, key)
    counted = {outcome: _count(outcome) - before[outcome] for outcome in before}
    assert counted == {"placed": 1, "replayed": 1, "over-limit": 1}


def _count(outcome: str) -> float:
    line = rf'banker_slips_total{{outcome="{outcome}"}} ([0-9.]+)'
    found = re.search(line, metrics.exposition().decode())
    return float(found[1]) if found else 0.0
