"""The chain of hashes: nothing is passed over, nothing is linked twice, and a kept head tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import asyncpg
import msgspec
import pytest

from banker.books import chain
from banker.books.verify import verified
from banker.database import Pool, transaction
from banker.embedded import House
from tests.balanced import assert_books_balance
from tests.books.sealing import cut_off, sealed
from tests.cast import Cast, deposit, placed

_LINK = "insert into transfers (reason, actor_id, note) values ('correction', 1, $1) returning id"


async def test_all_that_was_written_is_linked_once_and_in_order(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "123 5")
    position = await sealed(pool)
    links = await _links(pool)
    entries = await pool.fetch("select transfer_id, account_id from entries order by 1, 2")
    audit = await pool.fetch("select id from audit order by 1")
    assert [key for kind, *key in links if kind == "entry"] == [list(row) for row in entries]
    assert [key[0] for kind, *key in links if kind == "audit"] == [row["id"] for row in audit]
    assert position == len(links) == len(entries) + len(audit) > 5
    await placed(pool, cast.phase, cast.khin, "123 5")
    assert await sealed(pool) == position + 2
    await assert_books_balance(pool)


async def test_a_link_is_the_hash_that_anyone_can_work_out(pool: Pool, cast: Cast) -> None:
    await sealed(pool)
    row = await pool.fetchrow(
        """
        select entries.*, transfers.*, desk_transfers.user_id, desk_transfers.shift_id,
            (extract(epoch from created_at) * 1000000)::bigint as at
        from entries
        join transfers on id = entries.transfer_id
        join desk_transfers using (transfer_id)
        order by entries.transfer_id, account_id
        """
    )
    assert row is not None
    house = [row["transfer_id"], row["account_id"], row["amount"], None, None, row["reason"]]
    rest = [row["actor_id"], None, row["note"], row["at"]]
    desk = [row["user_id"], row["shift_id"], -row["amount"], None, "false", None]
    fields = b"".join(_field(one) for one in ["entry", *house, *rest, *desk])
    expected = sha256(sha256(b"").digest() + (1).to_bytes(8, "big") + fields).digest()
    stored = await pool.fetchval("select substring(hashes for 32) from links where position = 1")
    assert stored == expected


async def test_a_late_commit_comes_later_and_is_not_passed_over(
    pool: Pool, house: House, cast: Cast
) -> None:
    before = await sealed(pool)
    async with _under_way(house) as (late, late_id):
        await placed(pool, cast.phase, cast.aung, "123 5")
        for _ in range(6):
            async with transaction(pool) as connection:
                made = await chain.seal(connection)
        assert (made.count, made.position) == (0, before)
        assert made.lag_s > 0
        await late.execute(
            "insert into entries (transfer_id, account_id, amount) values ($1, 4, 5), ($1, 6, -5)",
            late_id,
        )
    assert await sealed(pool) > before
    numbers = [key for kind, *key in await _links(pool) if kind == "entry"]
    assert [late_id, 4] in numbers
    assert numbers == sorted(numbers)
    assert not [one for one in await verified(pool) if one.check in ("links", "unsealed")]


async def test_a_number_that_is_never_committed_holds_nobody_up(
    pool: Pool, house: House, cast: Cast
) -> None:
    async with _under_way(house) as (late, _):
        await placed(pool, cast.phase, cast.aung, "123 5")
        await late.execute("rollback; begin")
    await sealed(pool)
    await assert_books_balance(pool)


async def test_sealers_and_writers_at_once_leave_one_chain(pool: Pool, cast: Cast) -> None:
    done = asyncio.Event()

    async def seal_on() -> None:
        while not done.is_set():
            async with transaction(pool) as connection:
                await chain.seal(connection, most=7)

    async def write_on(place: int) -> None:
        for _ in range(15):
            await deposit(pool, cast, (cast.aung, cast.khin, cast.hla)[place % 3], "1.00")

    sealers = [asyncio.create_task(seal_on()) for _ in range(3)]
    await asyncio.gather(*(write_on(place) for place in range(6)))
    done.set()
    await asyncio.gather(*sealers)
    await sealed(pool)
    linked = [key for kind, *key in await _links(pool) if kind == "entry"]
    assert len(linked) == await pool.fetchval("select count(*) from entries")
    assert linked == sorted(linked)
    await assert_books_balance(pool)


async def test_a_pass_that_is_cut_short_leaves_the_chain_as_it_was(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "5.00")

    async def cut_short() -> None:
        while True:
            async with transaction(pool) as connection:
                if (await chain.seal(connection)).count:
                    raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await cut_short()
    assert (await _head(pool)).position == 0
    await sealed(pool)
    await assert_books_balance(pool)


async def test_a_pass_is_a_transaction_of_its_own(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await connection.execute("update phases set name = 'written' where id = 1")
        with pytest.raises(AssertionError):
            await chain.seal(connection)


async def test_a_restored_database_with_lower_transaction_numbers_is_sealed_on(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    before = await sealed(pool)
    await owner.execute("update chain_marks set noted_xid = noted_xid + 1000000000")
    await deposit(pool, cast, cast.hla, "5.00")
    assert await sealed(pool) > before
    await assert_books_balance(pool)


async def test_a_kept_head_tells_of_a_tail_that_was_cut_off_with_all_its_traces(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await sealed(pool)
    short = await _head(pool)
    await deposit(pool, cast, cast.hla, "5.00")
    await sealed(pool)
    kept = await _head(pool)
    assert await _check(pool, kept) is await _check(pool, short) is None
    assert await _check(pool, chain.Head(0, sha256(b"").hexdigest(), None)) is None

    await cut_off(owner, short)
    assert await verified(pool) == [], "all traces"
    wrong = await _check(pool, kept)
    assert wrong is not None
    assert f"ends at link {short.position}" in wrong
    assert f"link {kept.position}, {kept.hash}" in wrong
    assert await _check(pool, short) is None


async def test_a_kept_head_tells_of_a_tail_that_was_written_anew(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await sealed(pool)
    short = await _head(pool)
    await deposit(pool, cast, cast.hla, "5.00")
    await sealed(pool)
    kept = await _head(pool)
    await cut_off(owner, short)
    await deposit(pool, cast, cast.hla, "6.00")
    await sealed(pool)
    await deposit(pool, cast, cast.hla, "6.00")
    await sealed(pool)
    assert await verified(pool) == []
    wrong = await _check(pool, kept)
    assert wrong is not None
    assert wrong.startswith(f"link {kept.position} is ")


async def test_the_service_can_neither_change_a_link_nor_take_one_away(
    pool: Pool, cast: Cast
) -> None:
    await sealed(pool)
    for statement in ("update links set kind = kind", "delete from links", "truncate links"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def _links(pool: Pool) -> list[Any]:
    rows = await pool.fetch(
        """
        select kind, item.id, item.account_id
        from links
        cross join lateral unnest(ids, account_ids) with ordinality
            as item (id, account_id, place)
        order by position, item.place
        """
    )
    return [tuple(row) for row in rows]


def _field(value: object) -> bytes:
    if value is None:
        return (-1).to_bytes(4, "big", signed=True)
    content = str(value).encode()
    return len(content).to_bytes(4, "big") + content


@asynccontextmanager
async def _under_way(house: House) -> AsyncIterator[tuple[asyncpg.Connection, int]]:
    """A transaction that holds a number of a transfer; it commits at the end."""
    connection = await asyncpg.connect(house.owner_url)
    try:
        await connection.execute("begin")
        yield connection, await connection.fetchval(_LINK, "late")
        await connection.execute("commit")
    finally:
        await connection.close()


async def _head(pool: Pool) -> chain.Head:
    async with transaction(pool) as connection:
        head = await chain.head(connection)
    return msgspec.json.decode(msgspec.json.encode(head), type=chain.Head)


async def _check(pool: Pool, head: chain.Head) -> str | None:
    async with transaction(pool) as connection:
        return await chain.check_head(connection, head)
