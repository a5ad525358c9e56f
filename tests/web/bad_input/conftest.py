"""A house that all kinds of bad input are tried on, and that must not change."""

from collections.abc import AsyncIterator

import pytest

from banker.database import Pool
from tests.databases import Clones
from tests.web.standing import Standing, standing

FORGOTTEN = ("sessions", "sign_in_failures", "_pogo_migration", "_pogo_version")
# Where the jobs write that go on meanwhile.
JOBS = ("jobs", "links", "chain_marks", "samples", "verifications", "checkpoints")


@pytest.fixture(scope="package")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    """One house for all of these tests, with a ticket in it."""
    async with standing(clones) as stood:
        for name in ("thida", "min", "su", "aung"):
            await stood.api.token(name)
        placed = await stood.place("/api/phases/1", "137 500", key="bound")
        stood.ticket = placed.json()["id"]
        stood.books = await _books(stood.pool)
        yield stood


@pytest.fixture(autouse=True)
async def nothing_stored(stood: Standing) -> AsyncIterator[None]:
    """Every row of every table is after each test as it was before."""
    before = stood.books
    yield
    stood.books = await _books(stood.pool)
    assert stood.books == before


async def _books(pool: Pool) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of what is in them."""
    tables = await pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    query = " union all ".join(
        f"select '{row['tablename']}', count(*), sum(hashtextextended(t::text, 0))::text"
        f" from {row['tablename']} t"
        for row in tables
        if row["tablename"] not in FORGOTTEN + JOBS
    )
    return {name: (count, digest) for name, count, digest in await pool.fetch(query)}
