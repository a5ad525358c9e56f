"""(k) Verifying five million entries: all of them, with the desk quiet and with it busy, and beside
the busy desk in every round what came since the last time. The verification runs in a process of
its own, as `banker verify` does."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from banker.bench.beside import Beside, beside
from banker.bench.desks import Counter, Supply, opened
from banker.bench.fill import fill
from banker.bench.ground import Ground
from banker.bench.plan import Plan
from banker.books import chain
from banker.books.verify import verification
from banker.database import connect_pool, persist

SENDERS = 64


class Asked(msgspec.Struct, frozen=True):
    """What the process beside is to verify."""

    database_url: str
    whole: bool


class Told(msgspec.Struct, frozen=True):
    """How long it took, and what was found."""

    seconds: float
    findings: list[str]


class Verified:
    """A house beside with tickets of one bet, each two entries, all sealed."""

    letter = "k"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """Fill the house, seal what is in it, and verify all of it with nobody at the desk."""
        self._house = await ground.beside("entries")
        phase = await self._house.open_phase("many entries")
        await fill(self._house, phase.id, plan.entries // 2, lines=1)
        self._supply = Supply(phase.id, plan.lines)
        self._once = {
            "k_seals_per_s": await self._seal(),
            "k_quiet_s": await self._verify(whole=True),
        }

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """The desk alone; then beside a verification of what came of that; and in the first round
        beside one of everything. What that leaves new is verified quietly, and counts nowhere."""
        found, self._once = self._once, {}
        is_first = bool(found)
        async with opened(self._house, self._supply) as counter:
            found["k_alone_bets_per_s"] = await counter.take(SENDERS, plan)
            await self._seal()
            recent = await self._beside(counter, plan, whole=False)
            found["k_recent_s"], found["k_beside_recent_bets_per_s"] = recent
            if is_first:
                whole = await self._beside(counter, plan, whole=True)
                found["k_whole_s"], found["k_beside_whole_bets_per_s"] = whole
        await self._seal()
        await self._verify(whole=False)
        return found

    async def _beside(self, counter: Counter, plan: Plan, whole: bool) -> tuple[float, float]:
        """Seconds of the verification, and the bets a second that the desk took meanwhile."""
        async with self._verifier(whole) as verifier:
            telling = asyncio.create_task(verifier.told())
            began, taken = time.perf_counter(), 0.0
            while not telling.done():
                taken += await counter.taken(SENDERS, plan.warm_up_s)
            rate = taken * plan.lines / (time.perf_counter() - began)
            return _clean(await telling), rate

    async def _verify(self, whole: bool) -> float:
        """Seconds of a verification."""
        async with self._verifier(whole) as verifier:
            return _clean(await verifier.told())

    @asynccontextmanager
    async def _verifier(self, whole: bool) -> AsyncIterator[Beside[Told]]:
        """A process that begins to verify."""
        asked = Asked(self._house.settings.database_url, whole)
        async with beside("banker.bench.verifying", asked, Told) as verifier:
            await verifier.ready()
            yield verifier

    async def _seal(self) -> float:
        """Link all that is not in the chain; rows a second."""
        began, count = time.perf_counter(), 0
        while True:
            sealed = await persist(self._house.pool, chain.seal)
            count += sealed.count
            if not sealed.is_behind:
                return count / (time.perf_counter() - began)


def _clean(told: Told) -> float:
    assert not told.findings, told.findings
    return told.seconds


async def _verified(asked: Asked) -> Told:
    pool = await connect_pool(asked.database_url, least=1, most=3, patience_s=None)
    async with pool:
        sys.stdout.buffer.write(b"ready\n")
        sys.stdout.buffer.flush()
        began = time.perf_counter()
        verified = await verification.run(pool, asked.whole, is_hurried=asked.whole)
        took_s = time.perf_counter() - began
    return Told(took_s, [f"{one.check}: {one.row}: {one.detail}" for one in verified.findings])


def main() -> None:
    """The process beside: told on standard input what to verify, it tells how that went."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_verified(asked))))


if __name__ == "__main__":
    main()
