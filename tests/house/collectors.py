"""Collectors who send each slip under its key until the answer is definite, whatever dies."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import msgspec

from banker import embedded
from banker.books.receipt import Receipt
from banker.database import Pool, connect_pool
from banker.rules.number import label
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD, gather, newcomers
from tests.house.conftest import at_once, eventually
from tests.house.console import Console, banker

LONGEST_OUTAGE_S = 30.0


@asynccontextmanager
async def sending(
    house: Console, client: httpx.AsyncClient, count: int, callers: int = 0
) -> AsyncIterator["Crowd"]:
    """A crowd that sends slip after slip while the block lasts, beside callers who send when they
    are told to. Then the books are looked into: every slip acknowledged is one ticket, and there
    are no others."""
    pool = await _connected(house)
    cast = await gather(pool)
    people = await newcomers(pool, cast, count + callers)
    pool.terminate()
    collectors = [
        Collector(client, person.username, cast.phase.id, place)
        for place, person in enumerate(people)
    ]
    await at_once(collector.sign_in() for collector in collectors)
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for collector in collectors[callers:]:
            group.create_task(collector.send_until(over))
        yield Crowd(collectors, collectors[:callers])
        over.set()
    await at_once(collector.send_again() for collector in collectors)
    pool = await _connected(house)
    await _assert_stored(pool, collectors)
    await assert_books_balance(pool)
    pool.terminate()
    verified = banker(["verify"], house.environment)
    assert (verified.returncode, verified.stdout) == (0, "The books balance.\n")


class Crowd:
    """The collectors together."""

    def __init__(self, collectors: Sequence["Collector"], callers: Sequence["Collector"]) -> None:
        self._collectors = collectors
        self._callers = callers

    @property
    def retried(self) -> int:
        """How many slips had to be sent again."""
        return sum(len(collector.retried) for collector in self._collectors)

    @property
    def taken(self) -> int:
        """How many were acknowledged."""
        return sum(len(collector.receipts) for collector in self._collectors)

    async def call(self) -> None:
        """A slip of each caller, over a connection made for it; the first answer must be right."""
        await at_once(caller.send_once() for caller in self._callers)

    async def go_on(self, more: int) -> None:
        """Wait until so many more slips are taken: the house is open."""
        before = self.taken
        await eventually(lambda: self.taken >= before + more, LONGEST_OUTAGE_S)


class Collector:
    """One who sends each slip under its key until the answer is definite."""

    def __init__(self, client: httpx.AsyncClient, name: str, phase_id: int, place: int) -> None:
        self.receipts: list[Receipt] = []
        self.retried: set[int] = set()
        self._client = client
        self._name = name
        self._path = f"/api/phases/{phase_id}/tickets"
        self._place = place
        self._token = ""

    async def sign_in(self) -> None:
        """A token that outlives every death."""
        body = {"username": self._name, "password": PASSWORD}
        opened = await self._client.post("/api/tokens", json=body)
        self._token = opened.json()["token"]

    async def send_until(self, over: asyncio.Event) -> None:
        """Slip after slip."""
        while not over.is_set():
            answer = await self._definite(len(self.receipts))
            self.receipts.append(msgspec.json.decode(answer, type=Receipt))

    async def send_once(self) -> None:
        """One slip by a connection of its own, and no second attempt."""
        async with httpx.AsyncClient(base_url=self._client.base_url, timeout=10) as client:
            answer = await self._send(len(self.receipts), client)
        assert answer.status_code == 201, answer.text
        self.receipts.append(msgspec.json.decode(answer.content, type=Receipt))

    async def send_again(self) -> None:
        """The slips that had to be sent again, yet again: the same ticket."""
        for slip in self.retried:
            answer = await self._send(slip)
            assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (201, "true")
            assert msgspec.json.decode(answer.content, type=Receipt) == self.receipts[slip]

    def stakes(self, slip: int) -> dict[str, str]:
        """What stands on one of the slips."""
        number = (self._place * 61 + slip) % 1000
        return {label(number): f"{slip % 9 + 1}.07", label((number + 500) % 1000): "0.50"}

    async def _definite(self, slip: int) -> bytes:
        while True:
            try:
                answer = await self._send(slip)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == 201:
                return answer.content
            assert answer is None or answer.status_code == 503, answer.text
            self.retried.add(slip)
            await asyncio.sleep(0.1)

    async def _send(self, slip: int, client: httpx.AsyncClient | None = None) -> httpx.Response:
        text = "\n".join(f"{number} {stake}" for number, stake in self.stakes(slip).items())
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": f"slip-{slip}"}
        sender = client or self._client
        return await sender.post(self._path, json={"text": text}, headers=headers)


async def _connected(house: Console) -> Pool:
    found = embedded.find(house.data)
    assert found is not None
    return await connect_pool(found.database_url)


async def _assert_stored(pool: Pool, collectors: list[Collector]) -> None:
    """The tickets are those acknowledged, no fewer and no more, with the stakes that were sent."""
    rows = await pool.fetch(
        """
        select tickets.id, bets.number, bets.amount
        from tickets
        join bets on bets.phase_id = tickets.phase_id and bets.sequence = tickets.sequence
        """
    )
    stored: dict[str, dict[str, str]] = {}
    for row in rows:
        stored.setdefault(str(row["id"]), {})[label(row["number"])] = f"{row['amount']}"
    acknowledged = {
        receipt.id: collector.stakes(slip)
        for collector in collectors
        for slip, receipt in enumerate(collector.receipts)
    }
    assert sum(len(collector.receipts) for collector in collectors) == len(acknowledged)
    assert stored == acknowledged
