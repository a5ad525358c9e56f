"""A hundred hands on the tickets of a closed phase, each of which `banker verify --phase` finds."""

import random
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from banker.books import settlement, ticket, voiding
from banker.books.settlement import Draw
from banker.books.verify import phase_seal
from banker.books.verify.phase_seal import Checked
from banker.books.verify.phase_walk import MOST
from banker.database import Pool, reading, transaction
from banker.errors import NotFound, WrongState
from tests.balanced import assert_books_balance
from tests.books.hands import HANDS, SEALED, TICKETS, VOID, insert, make_leaves, make_seal
from tests.books.sealing import sealed
from tests.books.test_verify import _LIFT_ALL_GUARDS
from tests.cast import Cast, placed
from tests.proving import undone

TRIES = 100


@pytest.fixture
async def closed(pool: Pool, owner: asyncpg.Connection, cast: Cast) -> AsyncIterator[str]:
    """The published seal of a phase of two dozen tickets, two of them void, some at half the
    factor; all of it in the chain."""
    for count in range(TICKETS):
        if count == TICKETS // 2:
            await owner.execute("update exposures set factor = 0.5 where number = 777")
        person = (cast.aung, cast.khin)[count % 2]
        receipt = await placed(
            pool, cast.phase, person, f"777 {count + 1}\n{count * 31 % 700:03d} 0.75\n999 10"
        )
        if count + 1 in VOID:
            async with transaction(pool) as connection:
                await ticket.void(connection, UUID(receipt.id), person.id)
    async with transaction(pool) as connection:
        published = (await settlement.close(connection, cast.phase.id, cast.min.id)).seal
    await sealed(pool)
    yield published
    assert (await _checked(pool, published)).findings == []
    await assert_books_balance(pool)


@pytest.fixture
async def hand(owner: asyncpg.Connection, closed: str) -> asyncpg.Connection:
    """A hand on the disk, which no table refuses."""
    await owner.execute(_LIFT_ALL_GUARDS)
    return owner


@pytest.mark.parametrize("is_drawn", [True, False])
async def test_an_undamaged_phase_is_clean_before_and_after_its_end(
    pool: Pool, cast: Cast, closed: str, is_drawn: bool
) -> None:
    told: list[int] = []
    async with reading(pool) as connection:
        checked = await phase_seal.check(connection, 1, bytes.fromhex(closed), told.append)
    assert (checked.ticket_count, checked.closing.ticket_count) == (TICKETS, TICKETS - len(VOID))
    assert (checked.found, checked.closing.seal.hex()) == (0, closed)
    async with transaction(pool) as connection:
        if is_drawn:
            await settlement.settle(connection, 1, Draw(777, "the radio", cast.min.id))
        else:
            await voiding.void(connection, 1, "no draw", cast.min.id)
    assert (await _checked(pool, closed)).findings == []


@pytest.mark.parametrize("depth", range(6))
async def test_each_of_a_hundred_hands_is_found(
    pool: Pool, hand: asyncpg.Connection, closed: str, depth: int
) -> None:
    """Depth 0 changes the ticket alone. 1 makes the leaf new. 2 and 3 make counts, root and seal
    new as well, and 3 tells the trail of it. 4 rewrites what the trail says, and 5 takes the chain
    away too: then it is the published seal that finds it."""
    tried: dict[str, int] = {}
    works = SEALED if depth == 5 else HANDS
    for number in range(TRIES):
        chance = random.Random(depth * TRIES + number)
        work = works[number % len(works)]
        async with undone(hand):
            named = await work(hand, chance)
            if depth >= 1:
                await make_leaves(hand)
            if depth >= 2:
                if depth == 3:
                    await hand.execute("alter table settlements enable trigger note_settlement")
                await make_seal(hand, told=depth >= 4)
            if depth == 5:
                await hand.execute("delete from links")
                await hand.execute("update chain_marks set audit_id = 0")
            published = bytes.fromhex(closed) if depth == 5 else None
            checked = await phase_seal.check(hand, 1, published)
            assert checked.found > 0, (work.__name__, number)
            if depth == 0:
                rows = [finding.row for finding in checked.findings]
                for sequence in named:
                    assert f"ticket {sequence} of phase 1" in rows, (work.__name__, rows)
            tried[work.__name__] = tried.get(work.__name__, 0) + 1
    assert sum(tried.values()) == TRIES
    assert len(tried) == len(works)


async def test_what_the_trail_says_is_held_to_the_chain(
    pool: Pool, hand: asyncpg.Connection, closed: str
) -> None:
    guilty = {
        "update audit set after = jsonb_set(after, '{seal}', '\"\\\\x00\"')": "seal is",
        "update audit set after = jsonb_set(after, '{total_in}', '1')": "total_in is 1",
        "update audit set after = after - 'tree_root'": "cannot be read",
        "update audit set subject = 'settlement of phase 2'": "does not know of the closing",
        "update audit set address = 'elsewhere'": "is not what link",
    }
    for change, said in guilty.items():
        async with undone(hand):
            done = await hand.execute(f"{change} where subject = 'settlement of phase 1'")
            assert done == "UPDATE 1"
            findings = (await phase_seal.check(hand, 1)).findings
            assert any(said in one.detail for one in findings), (said, findings)
            assert {one.row for one in findings} == {"trail of phase 1"}
    async with undone(hand):
        await hand.execute("delete from links where kind = 'audit'")
        [finding] = (await phase_seal.check(hand, 1)).findings
        assert "no link of the chain names audit row" in finding.detail


async def test_a_house_older_than_its_trail_is_not_blamed(
    pool: Pool, hand: asyncpg.Connection, closed: str
) -> None:
    async with undone(hand):
        await hand.execute(
            "delete from audit where at <= (select closed_at from settlements)"
            " or subject = 'settlement of phase 1'"
        )
        assert (await phase_seal.check(hand, 1, bytes.fromhex(closed))).findings == []


async def test_a_settlement_that_is_gone_is_found(
    pool: Pool, hand: asyncpg.Connection, closed: str
) -> None:
    async with undone(hand):
        await hand.execute("delete from settlements")
        [finding] = (await phase_seal.check(hand, 1)).findings
        assert finding.detail == "it is closed, and its settlement is missing"
        await hand.execute("update phases set closed_at = null, state = 'open'")
        assert (await phase_seal.check(hand, 1)).found > 0


async def test_of_very_many_findings_the_first_are_named_and_all_counted(
    pool: Pool, hand: asyncpg.Connection, closed: str
) -> None:
    async with undone(hand):
        copied = dict(await hand.fetchrow("select * from tickets where sequence = 1"))
        for extra in range(60):
            await insert(hand, copied | {"sequence": 100 + 2 * extra, "key": f"extra {extra}"})
        checked = await phase_seal.check(hand, 1)
        assert len(checked.findings) == MOST < checked.found


async def test_a_phase_that_was_not_closed_has_nothing_to_check(pool: Pool, cast: Cast) -> None:
    async with reading(pool) as connection:
        with pytest.raises(WrongState, match="Phase 1 is open; it was not closed"):
            await phase_seal.check(connection, 1)
        with pytest.raises(NotFound):
            await phase_seal.check(connection, 999)
    async with transaction(pool) as connection:
        await voiding.void(connection, 1, "no draw", cast.min.id)
    async with reading(pool) as connection:
        with pytest.raises(WrongState, match="is void"):
            await phase_seal.check(connection, 1)


async def test_an_empty_phase_is_sealed_too(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await settlement.close(connection, 1, cast.min.id)
    async with reading(pool) as connection:
        checked = await phase_seal.check(connection, 1)
    assert (checked.found, checked.ticket_count) == (0, 0)


async def _checked(pool: Pool, published: str) -> Checked:
    async with reading(pool) as connection:
        return await phase_seal.check(connection, 1, bytes.fromhex(published))
