"""Boards are let go when nobody watches, and look for what they were not told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from banker.database import Pool
from banker.errors import NotFound
from banker.live import board as board_module
from banker.live import boards as boards_module
from banker.live.boards import Boards
from tests.cast import Cast, placed
from tests.live.telling import until


@pytest.fixture
async def boards(pool: Pool) -> AsyncIterator[Boards]:
    """The boards of a worker that hears nothing."""
    kept = Boards(pool, lambda: datetime.now(UTC))
    yield kept
    await kept.stop()


async def test_what_was_committed_and_never_told_is_found_by_looking(
    pool: Pool, cast: Cast, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards_module, "LOOK_S", 0.1)
    board = await boards.board(cast.phase.id)
    await placed(pool, cast.phase, cast.aung, "137 500")
    await until(lambda: board.version == 1)
    assert board.exposures[137].staked_cents == 500_00
    assert board.snapshot_tick == board.tick


async def test_a_board_is_let_go_when_nobody_watches_and_made_anew(
    pool: Pool, cast: Cast, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards_module, "LOOK_S", 0.1)
    monkeypatch.setattr(board_module, "IDLE_S", 0.3)
    board = await boards.board(cast.phase.id)
    with board.watched():
        await placed(pool, cast.phase, cast.aung, "137 500")
        await until(lambda: board.version == 1)
        assert await boards.board(cast.phase.id) is board
    await until(lambda: not boards._keepers)
    await placed(pool, cast.phase, cast.aung, "138 500")
    fresh = await boards.board(cast.phase.id)
    assert fresh is not board
    assert fresh.version == 2


async def test_a_phase_that_is_not_there_leaves_no_board(cast: Cast, boards: Boards) -> None:
    with pytest.raises(NotFound):
        await boards.board(999)
    assert not boards._boards
