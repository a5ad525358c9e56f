"""Simulated collectors that send slips through the HTTP API, as real ones would."""

import asyncio
import random
import uuid

import httpx

from banker.database import RETRIED, connect_pool
from banker.demo.house import COLLECTORS, PASSWORD, open_phase
from banker.demo.slips import write_slip
from banker.settings import Settings

TOP_UP = "2000000.00"
MOST_UNDER_WAY = 50


async def keep_sending(settings: Settings, rate: float) -> None:
    """Send about `rate` slips a second until cancelled; what goes wrong is tried again."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{settings.port}"
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        while True:
            try:
                await _Crowd(client, settings, rate).send()
            except* (httpx.HTTPError, KeyError, ValueError, *RETRIED):
                # The house is not there yet, or not there for a moment: begin anew.
                await asyncio.sleep(1)


class _Crowd:
    """The collectors, signed in."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings, rate: float) -> None:
        self._client = client
        self._settings = settings
        self._rate = rate
        self._chance = random.Random()  # noqa: S311 - sample data
        self._tokens: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._phase_id = ""

    async def send(self) -> None:
        await asyncio.gather(*(self._sign_in(name) for name in (*COLLECTORS, "cashier")))
        await self._find_phase()
        if self._rate == 0:
            await asyncio.Event().wait()
        async with asyncio.TaskGroup() as group:
            under_way: set[asyncio.Task[None]] = set()
            while True:
                await asyncio.sleep(self._chance.expovariate(self._rate))
                if len(under_way) < MOST_UNDER_WAY:
                    task = group.create_task(self._send_one())
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)

    async def _send_one(self) -> None:
        name = self._chance.choice(COLLECTORS)
        response = await self._post(
            name, f"/api/phases/{self._phase_id}/tickets", {"text": write_slip(self._chance)}
        )
        if response.status_code == 402:
            body = {"user_id": self._ids[name], "amount": TOP_UP, "reason": "demo top-up"}
            await self._post("cashier", "/api/cash/deposits", body)
        elif response.status_code == 401:
            await self._sign_in(name)
        elif response.status_code == 409 and response.json()["code"] == "phase-closed":
            await self._find_phase()

    async def _post(self, name: str, path: str, body: dict[str, str]) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self._tokens[name]}",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        return await self._client.post(path, json=body, headers=headers)

    async def _sign_in(self, name: str) -> None:
        body = {"username": name, "password": PASSWORD}
        answer = (await self._client.post("/api/tokens", json=body)).json()
        self._tokens[name], self._ids[name] = answer["token"], answer["user_id"]

    async def _find_phase(self) -> None:
        pool = await connect_pool(self._settings.database_url, least=1, most=1)
        async with pool:
            self._phase_id = str((await open_phase(pool)).id)
