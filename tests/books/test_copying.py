"""Phases made after others."""

import asyncio
from decimal import Decimal

import asyncpg
import pytest

from banker.books import copying, exposure, phase
from banker.books.phase import Draft, Phase
from banker.database import Pool, reading, transaction
from banker.errors import NotFound
from banker.rules.prize import Prizes
from tests.balanced import assert_books_balance
from tests.cast import Cast, placed

TERMS = (
    "global_limit",
    "total_limit",
    "prizes",
    "over_limit_policy",
    "void_window_s",
    "commission_rate",
)


async def copy(pool: Pool, cast: Cast, one: Phase, name: str = "copy") -> Phase:
    async with transaction(pool) as connection:
        return await copying.copy(connection, cast.min.id, one.id, name)


@pytest.fixture
async def model(pool: Pool, cast: Cast, owner: asyncpg.Connection) -> Phase:
    """An open phase with terms of its own, limits and factors on some numbers, and bets."""
    draft = Draft(
        name="model",
        global_limit=Decimal("12345.67"),
        total_limit=Decimal(999_999),
        prizes=Prizes(Decimal(85), Decimal("5.5"), Decimal(1), True),
        void_window_s=77,
        commission_rate=Decimal("12.5"),
    )
    async with transaction(pool) as connection:
        made = await phase.create(connection, cast.min.id, draft)
        for number, limit in ((0, 0), (137, 500), (999, 99_999)):
            await exposure.set_limit(connection, made.id, number, Decimal(limit))
    await owner.execute(
        "update exposures set factor = 0.5 where phase_id = $1 and number in (7, 137)", made.id
    )
    async with transaction(pool) as connection:
        await phase.open_(connection, made.id)
    await placed(pool, made, cast.aung, "137 100\n007 50")
    async with reading(pool) as connection:
        return await phase.read(connection, made.id)


async def test_a_copy_has_the_terms_of_its_model_and_nothing_of_what_it_took(
    pool: Pool, cast: Cast, model: Phase
) -> None:
    made = await copy(pool, cast, model)
    for name in TERMS:
        assert getattr(made, name) == getattr(model, name), name
    assert (made.name, made.state, made.opens_at, made.closes_at) == ("copy", "draft", None, None)
    assert made.total_in == 0
    assert (made.ticket_count, made.last_sequence, made.version) == (0, 0, 0)
    rows = "select number, max_amount, factor from exposures where phase_id = $1 order by number"
    theirs, ours = [await pool.fetch(rows, one.id) for one in (model, made)]
    assert len(ours) == 1000
    assert ours == theirs
    assert ours[137]["max_amount"] == 500
    assert ours[137]["factor"] == Decimal("0.5")
    staked = await pool.fetchval(
        "select sum(total_bet) + sum(weight) from exposures where phase_id = $1", made.id
    )
    assert staked == 0
    async with transaction(pool) as connection:
        opened = await phase.open_(connection, made.id)
    await placed(pool, opened, cast.aung, "137 500")
    await assert_books_balance(pool)


async def test_a_copy_goes_its_own_way(pool: Pool, cast: Cast, model: Phase) -> None:
    made = await copy(pool, cast, model)
    async with transaction(pool) as connection:
        await exposure.set_limit(connection, made.id, 137, None)
        await phase.amend(connection, made.id, commission_rate=None)
    async with reading(pool) as connection:
        limits = {one.number: one for one in await exposure.read(connection, model.id)}
        assert limits[137].limit_cents == 50_000
        assert (await phase.read(connection, model.id)).commission_rate == Decimal("12.5")


async def test_copies_are_made_side_by_side(pool: Pool, cast: Cast, model: Phase) -> None:
    made = await asyncio.gather(*(copy(pool, cast, model, f"copy {place}") for place in range(4)))
    assert len({one.id for one in made}) == 4


async def test_what_is_not_there_is_not_copied(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        with pytest.raises(NotFound):
            await copying.copy(connection, cast.min.id, 999_999, "copy")
