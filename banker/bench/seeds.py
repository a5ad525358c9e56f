"""(a) and (b): the plain ways to write bets, in the tables of the seeds' document.

They have a database of their own, in it a schema for each of the three phases, and no index that
the document does not name.
"""

import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle, islice
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from banker.bench import slips
from banker.bench.ground import PLENTY, Ground
from banker.bench.plan import COLLECTORS, Plan
from banker.database import queries
from banker.rules import notation
from banker.rules.number import label

COPIED_TOGETHER = 6_400
BATCHES = 16
# So few that the empty phase stays nearly so; a slip among a million bets takes seconds.
SLIPS_AMONG_NONE = 20
SLIPS_AMONG_MILLION = 2

_seeds = queries("bench_seeds")

# A line of a slip as these tables take it: the number in three digits, and the stake.
SeedLine = tuple[str, Decimal]
Record = tuple[UUID, UUID, str, Decimal]


class Copying:
    """(a) Binary COPY by one connection, nothing checked, a commit a batch, from an empty table."""

    letter = "a"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """The tables, and the records, so that no clock runs while they are made."""
        self._phase = await opened(ground, "copied")
        records = self._records(plan.lines)
        self._batches = [list(islice(records, COPIED_TOGETHER)) for _ in range(BATCHES)]

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """Bets a second."""
        await _seeds.empty_bets(self._phase.connection)
        await self._copy(plan.warm_up_s)
        return {"a_bets_per_s": await self._copy(plan.seconds)}

    async def _copy(self, seconds: float) -> float:
        connection, batches = self._phase.connection, cycle(self._batches)
        copied = 0
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            await connection.copy_records_to_table(
                "bets", records=next(batches), columns=("user_id", "phase_id", "number", "amount")
            )
            copied += COPIED_TOGETHER
        return copied / (time.perf_counter() - began)

    def _records(self, lines: int) -> Iterator[Record]:
        phase = self._phase
        for user_id, slip in zip(cycle(phase.user_ids), cycle(_read(lines)), strict=False):
            for number, amount in slip:
                yield user_id, phase.id, number, amount


class RowByRow:
    """(b) A transaction a slip by one connection, its lines one by one: the limit of the number,
    the sum of its bets, the bet."""

    letter = "b"

    async def prepare(self, ground: Ground, plan: Plan) -> None:
        """The tables, and a million bets in one of them."""
        self._slips = cycle(_read(plan.lines))
        self._empty = await opened(ground, "empty")
        self._million = await opened(ground, "million")
        await _seeds.fill_bets(
            self._million.connection,
            user_ids=self._million.user_ids,
            phase_id=self._million.id,
            stakes=slips.STAKES,
            count=plan.million,
        )
        await _seeds.tidy(self._million.connection)

    async def round(self, ground: Ground, plan: Plan) -> dict[str, float]:
        """Bets a second on a phase that was empty, and on one of a million."""
        await _seeds.empty_bets(self._empty.connection)
        return {
            "b_empty_bets_per_s": await self._place(self._empty, SLIPS_AMONG_NONE),
            "b_million_bets_per_s": await self._place(self._million, SLIPS_AMONG_MILLION),
        }

    async def _place(self, phase: "SeedPhase", slip_count: int) -> float:
        began, bets = time.perf_counter(), 0
        for place in range(slip_count):
            slip = next(self._slips)
            await phase.place(phase.user_ids[place % COLLECTORS], slip)
            bets += len(slip)
        return bets / (time.perf_counter() - began)


class SeedPhase(msgspec.Struct, frozen=True):
    """A phase in tables of its own, with collectors who have money."""

    connection: Any
    id: UUID
    user_ids: list[UUID]

    async def place(self, user_id: UUID, slip: list[SeedLine]) -> None:
        """One slip, row by row. Raises `ValueError` for one that is over a limit or not covered,
        of which there is none here."""
        connection = self.connection
        async with connection.transaction():
            balance = await _seeds.lock_balance(connection, user_id=user_id)
            total = sum((amount for _, amount in slip), Decimal(0))
            if balance < total:
                raise ValueError(total)
            for number, amount in slip:
                asked = {"phase_id": self.id, "number": number}
                limit = await _seeds.read_limit(connection, **asked)
                if await _seeds.sum_number(connection, **asked) + amount > limit:
                    raise ValueError(number)
                await _seeds.insert_bet(connection, user_id=user_id, amount=amount, **asked)
            await _seeds.update_balance(connection, user_id=user_id, total=total)


async def opened(ground: Ground, schema: str) -> SeedPhase:
    """Fresh tables in a schema of their own, on a connection that ends with the ground."""
    _, owner_url = await ground.database("seeds")
    connection = await asyncpg.connect(owner_url)
    ground.resources.push_async_callback(connection.close)
    await connection.execute(f"create schema {schema}; set search_path to {schema}")
    await _seeds.create_tables(connection)
    rows = _seeds.insert_users(connection, count=COLLECTORS, balance=PLENTY)
    user_ids = [row["id"] async for row in rows]
    return SeedPhase(
        connection, await _seeds.insert_phase(connection, global_limit=PLENTY), user_ids
    )


def _read(lines: int) -> list[list[SeedLine]]:
    return [
        [(label(bet.number), bet.amount) for bet in notation.parse(text).bets]
        for text in slips.texts(COLLECTORS, lines)
    ]
