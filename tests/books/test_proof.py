"""Every honest ticket is proven to be inside the seal of its phase, and nothing else is."""

import asyncio
import itertools
from unittest import mock
from uuid import UUID

import asyncpg
import msgspec
import pytest

from banker.books import phase, proof, settlement, ticket, trunk, voiding
from banker.books.proof import Proof
from banker.books.trunk import Trunks
from banker.database import Connection, Pool, reading, transaction
from banker.errors import NotFound, WrongState
from tests.balanced import assert_books_balance
from tests.cast import Cast, placed
from tests.proving import holds, undone

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 70)


async def test_every_ticket_of_phases_of_many_sizes_is_proven(pool: Pool, cast: Cast) -> None:
    ids: list[str] = []
    for size in SIZES:
        await _grown(pool, cast, ids, size)
        for run in (2, 4, trunk.RUN):
            with mock.patch.object(trunk, "RUN", run), mock.patch.object(proof, "RUN", run):
                await _all_hold(pool, cast, ids)
    await assert_books_balance(pool)


async def test_void_tickets_are_proven_too_and_said_to_be_void(pool: Pool, cast: Cast) -> None:
    ids: list[str] = []
    await _grown(pool, cast, ids, 9)
    for sequence in (1, 6, 9):
        await _void(pool, cast, ids[sequence - 1])
    for proven in await _closed_for_good(pool, cast, ids):
        assert proven.voided_sequences == (1, 6, 9)
        hidden = msgspec.structs.replace(proven, voided_sequences=(1, 6))
        assert not holds(hidden, proven.seal)
    await assert_books_balance(pool)


async def test_factors_below_one_are_in_the_leaf(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await owner.execute("update exposures set factor = 0.5 where number = 137")
    ids = [(await placed(pool, cast.phase, cast.aung, "137 10\n138 5")).id]
    [proven] = await _closed_for_good(pool, cast, ids)
    assert proven.ticket.bets == "137:10.00:0.50,138:5.00:1.00"
    assert (proven.path, proven.size) == ((), 1)


async def test_a_proof_with_any_bit_flipped_does_not_hold(pool: Pool, cast: Cast) -> None:
    ids: list[str] = []
    await _grown(pool, cast, ids, 11)
    for proven in await _closed_for_good(pool, cast, ids):
        for place_ in range(len(proven.path)):
            for bit in (0, 100, 255):
                path = list(proven.path)
                path[place_] = f"{int(path[place_], 16) ^ 1 << bit:064x}"
                assert not holds(msgspec.structs.replace(proven, path=tuple(path)), proven.seal)
        flipped = f"{int(proven.seal, 16) ^ 1:064x}"
        assert not holds(proven, flipped)
        for name in proven.ticket.__struct_fields__:
            text = getattr(proven.ticket, name)
            other = msgspec.structs.replace(proven.ticket, **{name: f"{text}0"})
            assert not holds(msgspec.structs.replace(proven, ticket=other), proven.seal), name


async def test_a_phase_that_is_open_or_was_called_off_open_has_no_proof(
    pool: Pool, cast: Cast
) -> None:
    ids = [UUID((await placed(pool, cast.phase, cast.aung, "137 10")).id)]
    async with reading(pool) as connection:
        with pytest.raises(WrongState, match="is open; its tickets are sealed at the closing"):
            await proof.prove(connection, Trunks(), ids[0])
        with pytest.raises(NotFound):
            await proof.prove(connection, Trunks(), UUID(int=7, version=4))
    async with transaction(pool) as connection:
        await voiding.void(connection, cast.phase.id, "no draw", cast.min.id)
    async with reading(pool) as connection:
        with pytest.raises(WrongState, match="called off before it was closed"):
            await proof.prove(connection, Trunks(), ids[0])


async def test_a_phase_called_off_after_its_closing_keeps_its_proofs(
    pool: Pool, cast: Cast
) -> None:
    ids: list[str] = []
    await _grown(pool, cast, ids, 5)
    await _void(pool, cast, ids[2])
    before = await _closed_for_good(pool, cast, ids)
    async with transaction(pool) as connection:
        await voiding.void(connection, cast.phase.id, "no draw", cast.min.id)
    async with reading(pool) as connection:
        assert await _proofs(connection, ids) == before
    await assert_books_balance(pool)


async def test_what_was_changed_after_the_closing_is_not_proven(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    ids: list[str] = []
    await _grown(pool, cast, ids, 6)
    closed = await _closed_for_good(pool, cast, ids)
    trunks = Trunks()
    async with reading(pool) as connection:
        await proof.prove(connection, trunks, UUID(ids[0]))
    await owner.execute("alter table tickets disable trigger tickets_are_voided_in_time")
    changes = (
        "update tickets set cents[1] = cents[1] + 100 where sequence = 2",
        "update tickets set leaf = sha256('x') where sequence = 1",
        "delete from tickets where sequence = 5",
        "update tickets set voided_at = placed_at, voided_by = 1, void_transfer_id = 1"
        " where sequence = 3",
        "update settlements set tree_root = sha256('x')",
        "update settlements set seal = sha256('x')",
    )
    for change in changes:
        async with undone(owner):
            assert not (await owner.execute(change)).endswith(" 0"), change
            anew = await proof.prove(owner, Trunks(), UUID(ids[1]))
            assert (anew.holds, bool(anew.problem)) == (False, True), change
            # A worker that has seen the tree before tells what leads there, and nothing else.
            remembered = await proof.prove(owner, trunks, UUID(ids[1]))
            assert holds(remembered, closed[1].seal) or not remembered.holds, change
    async with reading(pool) as connection:
        assert (await proof.prove(connection, trunks, UUID(ids[1]))).holds


async def test_a_ticket_slipped_in_after_the_closing_is_not_proven(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    ids: list[str] = []
    await _grown(pool, cast, ids, 8)
    await _closed_for_good(pool, cast, ids)
    slipped = UUID(int=1, version=4)
    for sequence in (9, 600, 2**31 - 1):
        await owner.execute("delete from tickets where id = $1", slipped)
        await owner.execute(_SLIPPED, sequence, slipped)
        async with reading(pool) as connection:
            proven = await proof.prove(connection, Trunks(), slipped)
            assert (proven.holds, holds(proven, proven.seal)) == (False, False)


async def test_many_ask_at_once_and_the_leaves_are_read_once(pool: Pool, cast: Cast) -> None:
    ids: list[str] = []
    await _grown(pool, cast, ids, 20)
    await _closed_for_good(pool, cast, ids)
    trunks = Trunks()

    async def prove(ticket_id: str) -> Proof:
        async with reading(pool) as connection:
            return await proof.prove(connection, trunks, UUID(ticket_id))

    with mock.patch.object(trunk, "_grow", wraps=trunk._grow) as grown:
        proofs = await asyncio.gather(*map(prove, ids * 3))
    assert all(one.holds for one in proofs)
    assert grown.call_count == 1


async def test_what_a_worker_keeps_is_bounded(pool: Pool, cast: Cast) -> None:
    trunks = Trunks()
    with mock.patch.object(trunk, "_MOST", 2):
        for name in ("first", "second", "third"):
            async with transaction(pool) as connection:
                draft = await phase.create(connection, cast.thida.id, phase.Draft(name=name))
                opened = await phase.open_(connection, draft.id)
            receipt = await placed(pool, opened, cast.aung, "137 1")
            async with transaction(pool) as connection:
                await settlement.close(connection, opened.id, cast.min.id)
                assert (await proof.prove(connection, trunks, UUID(receipt.id))).holds
    assert len(trunks._kept) == 2


_SLIPPED = """
insert into tickets (
    phase_id, sequence, id, collector_id, key, fingerprint, text, numbers, cents, total, bet_count,
    commission_rate, commission, balance_after, transfer_id, leaf, placed_at
)
select
    phase_id, $1, $2, collector_id, 'slipped', fingerprint, text, numbers, cents, total, bet_count,
    commission_rate, commission, balance_after, transfer_id + 1000000, leaf, placed_at
from tickets
where sequence = 8
"""


async def _grown(pool: Pool, cast: Cast, ids: list[str], size: int) -> None:
    """So many tickets in the phase, of two people and a few numbers."""
    while len(ids) < size:
        count = len(ids)
        person = (cast.aung, cast.khin)[count % 2]
        receipt = await placed(
            pool, cast.phase, person, f"{count * 7 % 1000:03d} {count + 1}\n999 0.05"
        )
        ids.append(receipt.id)


async def _all_hold(pool: Pool, cast: Cast, ids: list[str]) -> None:
    """Close the phase as it is, prove every ticket of it, and take the closing back."""
    async with pool.acquire() as connection, undone(connection):
        closed = await settlement.close(connection, cast.phase.id, cast.min.id)
        for proven in await _proofs(connection, ids):
            assert (proven.seal, proven.size) == (closed.seal, len(ids))


async def _closed_for_good(pool: Pool, cast: Cast, ids: list[str]) -> list[Proof]:
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    async with reading(pool) as connection:
        return await _proofs(connection, ids)


async def _proofs(connection: Connection, ids: list[str]) -> list[Proof]:
    trunks = Trunks()
    proofs = [await proof.prove(connection, trunks, UUID(one)) for one in ids]
    for index, proven in enumerate(proofs):
        assert (proven.holds, proven.problem) == (True, None), proven
        assert (proven.index, proven.ticket.sequence) == (index, str(index + 1))
        assert proven.ticket.ticket_id == ids[index]
        assert holds(proven, proven.seal)
    for one, other in itertools.pairwise(proofs):
        swapped = msgspec.structs.replace(one, ticket=other.ticket)
        assert not holds(swapped, one.seal)
    return proofs


async def _void(pool: Pool, cast: Cast, ticket_id: str) -> None:
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(ticket_id), cast.thida.id, any_time=True)
