"""Verification from a checkpoint: what came since is gone over, what was before is remembered."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import msgspec
import pytest

from banker.books import cash, ledger, mending, phase, resettlement, settlement, ticket
from banker.books.cash import Counted
from banker.books.ledger import House, Transfer
from banker.books.phase import Draft
from banker.books.settlement import Draw
from banker.books.verify import CHECKS, checkpoint, go_over, moment, verification
from banker.books.verify.scope import Checkpoint
from banker.books.verify.verification import Verification
from banker.database import Pool, reading, transaction
from tests.balanced import assert_books_balance
from tests.books import full_house
from tests.books.sealing import sealed
from tests.books.test_verify import Damage, _read
from tests.cast import Cast, asked, deposit, newcomers, placed

DAMAGES = [
    _read(block)
    for block in (Path(__file__).parent / "damages_since.sql").read_text().split("\n\n")
]


@pytest.fixture
async def cast(pool: Pool, owner: asyncpg.Connection) -> Cast:
    """The full house, verified whole."""
    cast = await full_house.build(pool)
    await sealed(pool)
    first = await _verified(pool)
    assert (first.whole, first.findings) == (True, [])
    assert first.up_to == await pool.fetchval("select max(id) from transfers")
    # Damage is a hand on the disk.
    await owner.execute(
        "alter table entries disable trigger user; alter table transfers disable trigger user;"
        "alter table audit disable trigger user; alter table links disable trigger user;"
        "alter table payouts disable trigger user; alter table draws disable trigger user"
    )
    return cast


async def test_nothing_new_is_nothing_to_say_against(pool: Pool, cast: Cast) -> None:
    told: dict[str, int] = {}
    again = await verification.run(pool, False, told.__setitem__)
    assert (again.whole, again.findings) == (False, [])
    assert again.account_count == again.equal_count > 0
    assert set(told) == set(CHECKS)
    assert len(told) == verification.CHECK_COUNT
    rows = await pool.fetch(
        "select whole, up_to, position, findings from verifications order by id"
    )
    assert [row["whole"] for row in rows] == [True, False]
    assert rows[1]["position"] == await pool.fetchval("select position from chain_marks")


async def test_what_came_since_agrees_whatever_it_is(pool: Pool, cast: Cast) -> None:
    await _everything_once_more(pool, cast)
    await sealed(pool)
    second = await _verified(pool, whole=False)
    assert (second.whole, second.findings) == (False, [])
    await _everything_once_more(pool, cast)
    third = await _verified(pool, whole=False)  # not all of it sealed
    assert third.findings == []
    assert third.up_to >= second.up_to
    await assert_books_balance(pool)


async def test_a_checkpoint_is_what_the_entries_come_to(pool: Pool, cast: Cast) -> None:
    await _everything_once_more(pool, cast)
    await sealed(pool)
    since = await _verified(pool, whole=False)
    kept = await _checkpoints(pool)
    assert {row["up_to"] for row in kept} == {since.up_to}
    sums = await pool.fetch(
        """
        select
            accounts.id as account_id,
            coalesce(sum(amount), 0) as total,
            coalesce(max(sequence), 0) as sequence
        from accounts
        left join entries on account_id = accounts.id
        group by accounts.id
        order by 1
        """
    )
    assert [(row["account_id"], row["total"], row["sequence"]) for row in kept] == [
        (row["account_id"], row["total"], row["sequence"]) for row in sums
    ]


async def test_damage_before_the_checkpoint_is_left_to_the_whole(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await owner.execute("update transfers set note = 'otherwise' where id = 1")
    assert (await _verified(pool, whole=False)).findings == []
    [finding] = (await _verified(pool)).findings[:1]
    assert (finding.check, finding.row) == (
        "link_hashes",
        "link 1 (entry of transfer 1 on account 4)",
    )


@pytest.mark.parametrize(
    "damage", DAMAGES, ids=lambda damage: f"{damage.check}: {damage.done}".replace(" ", "-")
)
async def test_damage_since_the_checkpoint_is_found(
    pool: Pool, owner: asyncpg.Connection, cast: Cast, damage: Damage
) -> None:
    await _everything_once_more(pool, cast)
    await sealed(pool)
    assert not (await owner.execute(damage.sql)).endswith(" 0")
    before = await _checkpoints(pool)
    found = await _verified(pool, whole=False)
    assert not found.whole
    assert [one for one in found.findings if one.check == damage.check and damage.row in one.row], (
        found.findings
    )
    assert await _checkpoints(pool) == before, "a checkpoint was kept of books that disagree"
    assert (await _verified(pool, whole=False)).findings == found.findings, "found once alone"


async def test_money_made_by_the_ledger_itself_is_found(pool: Pool, cast: Cast) -> None:
    aung, khin_bonus = 104, 108
    await _granted(pool, cast)
    async with transaction(pool) as connection:
        journal = await ledger.lock(connection, [cast.aung.id, cast.khin.id])
        for reason, account_id, amount, house, phase_id in (
            ("conversion", aung, 5_000, House.BONUSES, 1),
            ("correction", aung, 7_000, House.CORRECTIONS, None),
            ("expiry", khin_bonus, -1, House.BONUSES, None),
        ):
            legs = ((account_id, Decimal(amount)),)
            journal.enter(Transfer(reason, cast.su.id, legs, house, phase_id, "why not"))
        ids = await journal.write(connection)
    await pool.execute("update bonuses set worked_off = 999 where transfer_id = 4")
    for whole in (False, True):
        found = {(one.check, one.row) for one in (await _verified(pool, whole)).findings}
        assert found >= {
            ("bonus_ends", f"transfer {ids[0]} (conversion)"),
            ("corrections", f"transfer {ids[1]} (correction)"),
            ("bonus_ends", f"transfer {ids[2]} (expiry)"),
            ("worked_off", "bonus 4"),
        }


async def test_a_draw_put_right_that_moved_nothing_is_gone_over(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    # Phase 9 was settled longer ago than anything that was not in sight at the checkpoint.
    await owner.execute(
        "update verifications set started_at = clock_timestamp() + interval '10 minutes'"
    )
    async with transaction(pool) as connection:
        draw = Draw(888, "the gazette", cast.min.id, "misheard")
        await resettlement.resettle(connection, 9, draw)
    await owner.execute("update draws set number = 887 where phase_id = 9 and revision = 2")
    found = (await _verified(pool, whole=False)).findings
    assert ("draws", "draw 2 of phase 9") in {(one.check, one.row) for one in found}


async def test_wherever_a_checkpoint_lies_bonuses_and_corrections_agree(
    pool: Pool, cast: Cast
) -> None:
    await _everything_once_more(pool, cast)
    last = await pool.fetchval("select max(id) from transfers")
    names = ("bonuses", "worked_off", "bonus_ends", "bonus_reversals", "corrections")
    async with reading(pool) as connection:
        now = await connection.fetchval("select clock_timestamp()")
        for up_to in range(50, last + 1):
            for at in (now - timedelta(days=1), now + timedelta(days=1)):
                scope = await checkpoint.scope(connection, Checkpoint(up_to, 0, at))
                found = await go_over(moment.one(connection), names, scope)
                assert not any(found.values()), (up_to, at, found)


async def test_purses_that_differ_are_counted(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await owner.execute("update accounts set balance = balance + 1 where id = any('{104, 107}')")
    found = await _verified(pool, whole=False)
    assert found.account_count - found.equal_count == 2


async def test_somebody_new_has_no_checkpoint_and_needs_none(pool: Pool, cast: Cast) -> None:
    [newcomer] = await newcomers(pool, cast, 1, "10.00")
    assert (await _verified(pool, whole=False)).findings == []
    await sealed(pool)
    assert (await _verified(pool, whole=False)).findings == []
    await deposit(pool, cast, newcomer, "5.00")
    assert (await _verified(pool, whole=False)).findings == []


async def test_what_was_not_sealed_when_it_was_verified_is_verified_again(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await deposit(pool, cast, cast.aung, "5.00")
    first = await _verified(pool, whole=False)
    assert first.up_to < await pool.fetchval("select max(id) from transfers")
    await owner.execute("update entries set amount = 6 where account_id = 104 and amount = 5")
    found = await _verified(pool, whole=False)
    assert "balances" in {one.check for one in found.findings}


async def test_verifications_at_once_beside_a_busy_desk_leave_a_checkpoint_that_holds(
    pool: Pool, cast: Cast
) -> None:
    async def desk(place: int) -> None:
        for _ in range(12):
            await deposit(pool, cast, (cast.aung, cast.khin)[place % 2], "1.00")

    async def verifier(whole: bool) -> None:
        for _ in range(2):
            assert (await _verified(pool, whole, is_hurried=False)).findings == []
            await sealed(pool)

    await asyncio.gather(desk(0), desk(1), verifier(True), verifier(False), verifier(False))
    assert len({row["up_to"] for row in await _checkpoints(pool)}) == 1
    assert (await _verified(pool, whole=False)).findings == []
    await assert_books_balance(pool)


async def test_a_checkpoint_that_was_damaged_is_found_and_a_whole_verification_replaces_it(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await owner.execute("update checkpoints set total = total + 1 where account_id = 104")
    assert "balances" in {one.check for one in (await _verified(pool, whole=False)).findings}
    assert (await _verified(pool)).findings == []
    assert (await _verified(pool, whole=False)).findings == []


async def test_in_a_hurry_the_same_is_found(
    pool: Pool, owner: asyncpg.Connection, cast: Cast
) -> None:
    await owner.execute("update tickets set leaf = sha256('x') where phase_id = 5")
    await owner.execute("update accounts set balance = balance + 1 where id = 104")
    told: dict[str, int] = {}
    hurried = await verification.run(pool, True, told.__setitem__, is_hurried=True)
    assert set(told) == set(CHECKS)
    assert hurried.findings == (await _verified(pool, is_hurried=False)).findings != []


async def _verified(pool: Pool, whole: bool = True, is_hurried: bool = True) -> Verification:
    return await verification.run(pool, whole, is_hurried=is_hurried)


async def _checkpoints(pool: Pool) -> list[asyncpg.Record]:
    return await pool.fetch("select * from checkpoints order by account_id")


async def _everything_once_more(pool: Pool, cast: Cast) -> None:
    """A drift mended, a void of a ticket from before, tickets, a deposit; a phase from draft to
    draw that turns a bonus into cash, and a bonus undone; and the first time, a draw of phase 9 put
    right by which nobody wins either."""
    await pool.execute("update accounts set balance = balance + 2 where id = 107")
    async with transaction(pool) as connection:
        await mending.mend(connection, 107, "entries", cast.thida.id, "counted anew")
    async with transaction(pool) as connection:
        current = await phase.read(connection, 5)
    ticket_id = await pool.fetchval(
        "select id from tickets where phase_id = 5 and voided_at is null order by sequence limit 1"
    )
    async with transaction(pool) as connection:
        await ticket.void(connection, ticket_id, cast.thida.id, any_time=True)
    await placed(pool, current, cast.aung, "555 5\n123 1.10")
    await placed(pool, current, cast.khin, "555 5")
    await deposit(pool, cast, cast.aung, "12.00")
    async with transaction(pool) as connection:
        draft = await phase.create(
            connection, cast.thida.id, Draft(name="once more", prizes=full_house.PRIZES)
        )
        drawn = await phase.open_(connection, draft.id)
    await placed(pool, drawn, cast.aung, "777 10\n778 0.05")
    await _granted(pool, cast)
    await placed(pool, drawn, cast.khin, "700 6")
    async with transaction(pool) as connection:
        await settlement.close(connection, drawn.id, cast.min.id)
    async with transaction(pool) as connection:
        await settlement.settle(connection, drawn.id, Draw(777, "the radio", cast.min.id))
    undone = await _granted(pool, cast)
    async with transaction(pool) as connection:
        await cash.reverse(connection, asked(cast.su, "reverse"), undone, None, "too much")
    async with transaction(pool) as connection:
        draw = Draw(888, "the gazette", cast.min.id, "misheard")
        await resettlement.resettle(connection, 9, draw)


async def _granted(pool: Pool, cast: Cast) -> int:
    """A bonus of 5.00 for Khin that her next stakes work off; its transfer."""
    async with transaction(pool) as connection:
        request = asked(cast.su, "bonus")
        terms = (cast.khin.id, Decimal(5), "a gift", Decimal(6), None)
        answer = await cash.grant_bonus(connection, request, *terms)
    return int(msgspec.json.decode(answer.body, type=Counted).transfer_id)
