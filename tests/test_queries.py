"""Every named query is understood by this PostgreSQL, and is allowed to the service's own role."""

import itertools
from collections.abc import Iterator

import asyncpg

from banker.database import SQL, Connection, Pool, queries

# Asked by the owner of the tables: of the bench's own databases, and at the start of a console.
OF_THE_OWNER = ("bench", "bench_phases", "bench_seeds", "grants", "house write_timezone")

_numbers = itertools.count(1)


async def test_every_query_is_understood_and_allowed(pool: Pool) -> None:
    wrong: dict[str, str] = {}
    written = list(_written())
    for name, sql in written:
        async with pool.acquire() as connection:
            try:
                await _plan(connection, sql)
            except asyncpg.PostgresError as refused:
                wrong[name] = str(refused)
    assert wrong == {}
    assert len(written) > 300


def _written() -> Iterator[tuple[str, str]]:
    for file in sorted(SQL.rglob("*.sql")):
        noun = file.relative_to(SQL).with_suffix("").as_posix()
        if noun in OF_THE_OWNER or noun.startswith("migrations/"):
            continue
        named = queries(noun)
        for query in named.available_queries:
            name = f"{noun} {query}"
            # A cursor asks what its query asks.
            if name not in OF_THE_OWNER and not query.endswith("_cursor"):
                yield name, getattr(named, query).sql


async def _plan(connection: Connection, sql: str) -> None:
    """What a query would do, and whether it may: nothing is read or written."""
    prepared = f"asked_{next(_numbers)}"
    await connection.execute(f"prepare {prepared} as {sql}")
    count = await connection.fetchval(
        "select cardinality(parameter_types) from pg_prepared_statements where name = $1", prepared
    )
    arguments = f"({', '.join(['null'] * count)})" if count else ""
    await connection.execute(f"explain execute {prepared} {arguments}")
