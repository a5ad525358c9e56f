from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from banker.books import exposure, ledger, phase, settlement, ticket, voiding
from banker.books.settlement import Draw
from banker.database import Pool, reading, transaction
from banker.errors import NotFound, WrongState
from tests.balanced import assert_books_balance
from tests.cast import Cast, deposit, placed


async def test_a_void_gives_back_to_the_purses_it_came_from(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "100.00")
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal("500.00"))
    receipt = await placed(pool, cast.phase, cast.hla, "137 300\n444 50.50")
    async with transaction(pool) as connection:
        voided, news = await ticket.void(connection, UUID(receipt.id), cast.hla.id)
    assert voided.voided_at is not None
    assert news is not None
    assert (news.totals.total_in, news.totals.ticket_count) == (0, 0)
    async with reading(pool) as connection:
        balance = (await ledger.balances(connection, [cast.hla.id]))[cast.hla.id]
        exposures = await exposure.read(connection, cast.phase.id)
    assert (balance.cash_balance, balance.credit_balance) == (Decimal("100.00"), 0)
    assert {(one.staked_cents, one.weight) for one in exposures} == {(0, 0)}
    await assert_books_balance(pool)


async def test_a_second_void_changes_nothing(pool: Pool, cast: Cast) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "137 300")
    for expected in (True, False):
        async with transaction(pool) as connection:
            _, news = await ticket.void(connection, UUID(receipt.id), cast.aung.id)
        assert (news is not None) is expected
    await assert_books_balance(pool)


async def test_an_owner_has_the_window_and_an_admin_until_the_closing(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, void_window_s=0)
    first = await placed(pool, cast.phase, cast.aung, "137 300")
    second = await placed(pool, cast.phase, cast.aung, "137 300")
    async with transaction(pool) as connection:
        with pytest.raises(WrongState, match="0 seconds"):
            await ticket.void(connection, UUID(first.id), cast.aung.id)
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(first.id), cast.thida.id, any_time=True)
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    async with transaction(pool) as connection:
        with pytest.raises(WrongState, match="closed"):
            await ticket.void(connection, UUID(second.id), cast.thida.id, any_time=True)
    await assert_books_balance(pool)


async def test_no_ticket_is_voided_after_the_closing_time(
    pool: Pool, cast: Cast, owner: object
) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "137 300")
    async with transaction(pool) as connection:
        await connection.execute("update phases set closes_at = clock_timestamp()")
    async with transaction(pool) as connection:
        with pytest.raises(WrongState, match="closing time"):
            await ticket.void(connection, UUID(receipt.id), cast.thida.id, any_time=True)


async def test_the_tables_themselves_refuse_a_void_that_comes_late_and_one_taken_back(
    pool: Pool, cast: Cast
) -> None:
    early = await placed(pool, cast.phase, cast.aung, "137 300")
    late = await placed(pool, cast.phase, cast.aung, "138 300")
    async with transaction(pool) as connection:
        await ticket.void(connection, UUID(early.id), cast.aung.id)
    voided = "voided_by = 1, void_transfer_id = 1"
    refused = [
        (early.id, "voided_at = null, voided_by = null, void_transfer_id = null"),
        (early.id, "voided_at = clock_timestamp()"),
    ]
    for state in ("open", "closed", "settled"):
        if state == "open":
            await pool.execute("update phases set closes_at = clock_timestamp()")
        async with transaction(pool) as connection:
            if state == "closed":
                await settlement.close(connection, cast.phase.id, cast.min.id)
            if state == "settled":
                draw = Draw(137, "the radio", cast.min.id)
                await settlement.settle(connection, cast.phase.id, draw)
        for ticket_id, change in (*refused, (late.id, f"voided_at = clock_timestamp(), {voided}")):
            with pytest.raises(asyncpg.RestrictViolationError, match="in time or not at all"):
                await pool.execute(f"update tickets set {change} where id = '{ticket_id}'")
    await pool.execute("update tickets set note = 'late, and a note all the same'")
    await assert_books_balance(pool)


async def test_a_ticket_is_found_by_its_short_number_and_noted_on(pool: Pool, cast: Cast) -> None:
    receipt = await placed(pool, cast.phase, cast.aung, "137 300")
    async with transaction(pool) as connection:
        found = await ticket.find(connection, cast.phase.id, 1, cast.aung.id)
        assert str(found) == receipt.id
        noted = await ticket.note(connection, found, "for the shop next door")
        assert noted.note == "for the shop next door"
        with pytest.raises(NotFound):
            await ticket.find(connection, cast.phase.id, 1, cast.khin.id)
        with pytest.raises(NotFound):
            await ticket.find(connection, cast.phase.id, 2)


async def test_voiding_a_phase_gives_every_stake_back(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 300\n5a 10")
    await placed(pool, cast.phase, cast.khin, "444 12.34")
    for _ in range(2):
        async with transaction(pool) as connection:
            voided = await voiding.void(connection, cast.phase.id, "no draw", cast.min.id)
        assert (voided.state, voided.total_in, voided.commission) == ("void", 0, 0)
    async with reading(pool) as connection:
        balances = await ledger.balances(connection, [cast.aung.id, cast.khin.id])
    assert {balance.cash_balance for balance in balances.values()} == {Decimal("1000000.00")}
    await assert_books_balance(pool)


async def test_a_closed_phase_is_voided_and_a_settled_one_is_not(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 300")
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    async with transaction(pool) as connection:
        await voiding.void(connection, cast.phase.id, "no draw", cast.min.id)
    await assert_books_balance(pool)
    async with transaction(pool) as connection:
        with pytest.raises(WrongState, match="void"):
            await settlement.settle(connection, cast.phase.id, Draw(137, "the radio", cast.min.id))
