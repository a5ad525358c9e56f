"""The chain in tests: sealed to its end, and cut off by whoever owns the tables."""

import asyncio

import asyncpg

from banker.books import chain
from banker.books.chain import Head
from banker.database import Pool, transaction


async def sealed(pool: Pool, within_s: float = 20.0) -> int:
    """Seal all that is committed; the position of the last link. Other tests' transactions, in
    other databases, may hold a pass up."""
    async with asyncio.timeout(within_s):
        while True:
            async with transaction(pool) as connection:
                made = await chain.seal(connection)
            if made.lag_s == 0 and not made.is_behind:
                return made.position
            await asyncio.sleep(0.01)


async def cut_off(owner: asyncpg.Connection, head: Head) -> None:
    """Undo everything after a head, as whoever owns the tables could: the last deposit to Hla."""
    async with owner.transaction():
        for table in ("links", "entries", "transfers", "desk_transfers"):
            await owner.execute(f"alter table {table} disable trigger user")
        last = await owner.fetchval("select max(id) from transfers")
        await owner.execute("delete from links where position > $1", head.position)
        await owner.execute("delete from requests where transfer_id = $1", last)
        await owner.execute("delete from desk_transfers where transfer_id = $1", last)
        await owner.execute(
            """
            update accounts
            set balance = balance - amount, last_sequence = last_sequence - 1
            from entries
            where transfer_id = $1 and account_id = accounts.id and user_id is not null
            """,
            last,
        )
        await owner.execute("delete from entries where transfer_id = $1", last)
        await owner.execute("delete from transfers where id = $1", last)
        await owner.execute(
            """
            update chain_marks
            set position = $1, head = $2,
                transfer_id = (select max(id) from transfers),
                audit_id = (select max(id) from audit)
            """,
            head.position,
            bytes.fromhex(head.hash),
        )
        for table in ("links", "entries", "transfers", "desk_transfers"):
            await owner.execute(f"alter table {table} enable trigger user")
