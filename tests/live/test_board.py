"""A board: read from Postgres, and kept current by what is told, in whatever order it comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest import mock
from uuid import UUID

import pytest

from banker.books import exposure, ticket
from banker.books.exposure import Standing
from banker.database import Pool, transaction
from banker.errors import NotFound
from banker.live.board import Board
from banker.live.boards import Boards
from banker.live.message import Changed, Placed, of_news
from tests.cast import Cast, placed
from tests.live.telling import commit, until

EPOCH = "an epoch"


@asynccontextmanager
async def boards(pool: Pool) -> AsyncIterator[Boards]:
    kept = Boards(pool, lambda: datetime.now(UTC))
    try:
        yield kept
    finally:
        await kept.stop()


async def _told(pool: Pool, cast: Cast, text: str) -> Placed:
    """A slip that is committed, and what the stream would tell of it."""
    return of_news(EPOCH, await commit(pool, cast, text))


async def _ticks(board: Board, count: int = 1) -> None:
    """Wait until the board has ticked."""
    goal = board.tick + count
    async with asyncio.timeout(3):
        await board.past(goal - 1)


def _stake(board: Board, number: int) -> int:
    return board.exposures[number].staked_cents


async def test_a_board_begins_with_what_postgres_knows(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        assert board.version == 1
        assert _stake(board, 137) == 500_00
        assert [line.sequence for _, line in board.feed.tickets] == [1]


async def test_a_board_of_an_unknown_phase_is_not_found_and_not_kept(
    pool: Pool, cast: Cast
) -> None:
    async with boards(pool) as kept:
        for _ in range(2):
            with pytest.raises(NotFound):
                await kept.board(999)
        assert kept._boards == {}


async def test_viewers_who_come_together_share_one_board(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        found = await asyncio.gather(*(kept.board(cast.phase.id) for _ in range(5)))
        assert len({id(board) for board in found}) == 1


async def test_what_is_told_is_taken_in_without_reading_again(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        said = await _told(pool, cast, "137 500")
        with mock.patch.object(exposure, "standing", side_effect=AssertionError):
            kept.hear(said)
            await _ticks(board)
        assert board.version == 1
        assert _stake(board, 137) == 500_00
        assert board.risk.worst.number == 137


async def test_a_message_heard_twice_does_nothing_the_second_time(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        said = await _told(pool, cast, "137 500")
        for _ in range(2):
            kept.hear(said)
        await _ticks(board)
        assert (board.version, len(board.feed.tickets)) == (1, 1)


async def test_a_message_of_long_ago_does_no_harm(pool: Pool, cast: Cast) -> None:
    first = await _told(pool, cast, "137 500")
    await _told(pool, cast, "137 100")
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        kept.hear(first)
        assert _stake(board, 137) == 600_00


async def test_messages_that_overtook_each_other_are_taken_in_order(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        said = [await _told(pool, cast, f"137 {stake}") for stake in (1, 2, 3)]
        with mock.patch.object(exposure, "standing", side_effect=AssertionError):
            for one in reversed(said):
                kept.hear(one)
            await _ticks(board)
        assert board.version == 3
        assert _stake(board, 137) == 6_00
        assert [line.sequence for _, line in board.feed.tickets] == [1, 2, 3]


async def test_after_a_gap_the_board_reads_postgres_again(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        await _told(pool, cast, "137 500")  # and nobody hears it
        kept.hear(await _told(pool, cast, "138 5"))
        assert board.version == 0
        await _ticks(board, 2)
        assert board.version == 2
        assert (_stake(board, 137), _stake(board, 138)) == (500_00, 5_00)
        assert board.snapshot_tick == board.tick


async def test_a_gap_that_nothing_fills_is_read_once(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        said = await _told(pool, cast, "137 500")
        with mock.patch.object(exposure, "standing", wraps=exposure.standing) as read:
            kept.hear(_of_version(said, 10**12))
            await asyncio.sleep(0.6)
        assert read.await_count == 1
        assert board.version == 1


async def test_what_is_told_while_the_board_reads_is_not_lost(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        async with _held_reading(board) as release:
            kept.hear(await _told(pool, cast, "137 500"))
            release.set()
        await until(lambda: board.version == 1)
        assert _stake(board, 137) == 500_00


async def test_what_is_told_while_the_board_first_reads_is_not_lost(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        held, release = _hold()
        with mock.patch.object(exposure, "standing", held):
            making = asyncio.create_task(kept.board(cast.phase.id))
            await until(lambda: held.called)
            kept.hear(await _told(pool, cast, "137 500"))
            release.set()
            board = await making
        assert (board.version, _stake(board, 137)) == (1, 500_00)


async def test_a_change_told_while_the_board_reads_is_not_lost(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        async with _held_reading(board) as release:
            async with transaction(pool) as connection:
                await exposure.set_limit(connection, cast.phase.id, 137, Decimal("7.00"))
            kept.hear(Changed(EPOCH, cast.phase.id))
            release.set()
        await until(lambda: board.exposures[137].limit_cents == 7_00)


async def test_a_slip_that_is_read_and_told_is_counted_once(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        said = await _told(pool, cast, "137 500")
        async with _held_reading(board) as release:
            kept.hear(said)
            release.set()
        await until(lambda: board.version == 1)
        assert (_stake(board, 137), len(board.feed.tickets)) == (500_00, 1)


async def test_a_board_that_cannot_read_tries_again(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        with mock.patch.object(exposure, "standing", side_effect=ConnectionError) as refused:
            await _told(pool, cast, "137 500")
            board.doubt()
            await until(lambda: refused.call_count >= 2)
            assert board.version == 0
        await until(lambda: board.version == 1)


async def test_a_board_ticks_at_most_ten_times_a_second(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        board = await kept.board(cast.phase.id)
        said = await _told(pool, cast, "137 500")
        for version in range(1, 51):
            kept.hear(_of_version(said, version))
            await asyncio.sleep(0.01)
        await until(lambda: board.version == 50)
        assert board.tick <= 9


async def test_a_void_slip_leaves_the_board(pool: Pool, cast: Cast) -> None:
    async with boards(pool) as kept:
        receipt = await placed(pool, cast.phase, cast.aung, "137 500")
        board = await kept.board(cast.phase.id)
        async with transaction(pool) as connection:
            await ticket.void(connection, UUID(receipt.id), cast.aung.id)
        kept.hear(Changed(EPOCH, cast.phase.id))
        await until(lambda: _stake(board, 137) == 0)
        assert len(board.feed.tickets) == 0


def _of_version(said: Placed, version: int) -> Placed:
    fields = {name: getattr(said, name) for name in said.__struct_fields__}
    return Placed(**{**fields, "version": version})


def _hold() -> tuple[mock.AsyncMock, asyncio.Event]:
    """A reading of the standing that sees its moment, and answers only when it is released."""
    release = asyncio.Event()
    truly = exposure.standing

    async def slowly(*arguments: Any) -> Standing:
        seen = await truly(*arguments)
        await release.wait()
        return seen

    return mock.AsyncMock(side_effect=slowly), release


@asynccontextmanager
async def _held_reading(board: Board) -> AsyncIterator[asyncio.Event]:
    """The board is in the middle of a reading that has seen its moment already."""
    held, release = _hold()
    with mock.patch.object(exposure, "standing", held):
        board.doubt()
        await until(lambda: held.called)
        await asyncio.sleep(0.05)
        yield release
        await _ticks(board)
