from datetime import UTC, datetime, timedelta
from decimal import Decimal

import asyncpg
import pytest

from banker.books import phase, settlement
from banker.books.phase import Draft, Phase
from banker.books.request import Answer
from banker.books.settlement import Draw
from banker.books.terms import LARGEST_PRIZE
from banker.database import Connection, Pool, transaction
from banker.errors import IntakeStopped, Malformed, NotFound, PhaseClosed, WrongState
from banker.rules import prize
from banker.rules.prize import Prizes
from tests.balanced import assert_books_balance
from tests.cast import Cast, close_and_settle, deposit, place, placed, slip

LARGEST_LIMIT = Decimal("9999999999999.99")


async def create(pool: Pool, cast: Cast, **fields: object) -> Phase:
    async with transaction(pool) as connection:
        draft = Draft(name="later", **fields)  # type: ignore[arg-type]
        return await phase.create(connection, cast.thida.id, draft)


async def read(pool: Pool, phase_id: int) -> Phase:
    async with transaction(pool) as connection:
        return await phase.read(connection, phase_id)


def soon(**distance: float) -> datetime:
    return datetime.now(UTC) + timedelta(**distance)


async def test_a_draft_has_its_rows_before_anyone_locks_them(pool: Pool, cast: Cast) -> None:
    draft = await create(pool, cast)
    assert (draft.state, draft.version, draft.total_in) == ("draft", 0, 0)
    async with transaction(pool) as connection:
        numbers = await connection.fetchval(
            "select count(*) from exposures where phase_id = $1", draft.id
        )
        assert numbers == 1000
        with pytest.raises(NotFound):
            await phase.read(connection, draft.id + 1)


@pytest.mark.parametrize(
    "closes_at",
    [soon(seconds=-1), datetime(2020, 1, 1, tzinfo=UTC), datetime.min.replace(tzinfo=UTC)],
)
async def test_a_closing_time_lies_ahead(pool: Pool, cast: Cast, closes_at: datetime) -> None:
    with pytest.raises(Malformed, match="past"):
        await create(pool, cast, closes_at=closes_at)
    draft = await create(pool, cast, closes_at=soon(hours=1))
    with pytest.raises(Malformed, match="past"):
        async with transaction(pool) as connection:
            await phase.amend(connection, draft.id, closes_at=closes_at)
    assert (await read(pool, draft.id)).closes_at == draft.closes_at


@pytest.mark.parametrize("kind", ["straight", "permutation", "near"])
async def test_a_prize_has_a_measure(pool: Pool, cast: Cast, kind: str) -> None:
    beyond = Prizes(**{kind: LARGEST_PRIZE + Decimal("0.01")})
    with pytest.raises(Malformed) as refused:
        await create(pool, cast, prizes=beyond)
    assert refused.value.facts == {"field": kind}
    draft = await create(pool, cast, prizes=Prizes(**{kind: LARGEST_PRIZE}))
    with pytest.raises(Malformed):
        async with transaction(pool) as connection:
            await phase.amend(connection, draft.id, prizes=beyond)


async def test_the_largest_prizes_on_the_largest_limits_can_be_paid(pool: Pool, cast: Cast) -> None:
    prizes = Prizes(LARGEST_PRIZE, LARGEST_PRIZE, LARGEST_PRIZE)
    draft = await create(pool, cast, global_limit=LARGEST_LIMIT, prizes=prizes)
    async with transaction(pool) as connection:
        cast.phase = await phase.open_(connection, draft.id)
    await deposit(pool, cast, cast.khin, "999999999999.99")
    for _ in range(17):
        await placed(pool, cast.phase, cast.khin, "123r 999999999.99\n122 999999999.99")
    settled = await close_and_settle(pool, cast, 123)
    assert (
        settled.total_out == prize.payout(Decimal("999999999.99"), Decimal(1), LARGEST_PRIZE) * 119
    )
    await assert_books_balance(pool)


async def test_eight_winning_numbers_at_their_limits_fit_the_settlement_row(pool: Pool) -> None:
    async with pool.acquire() as connection:
        fits = await connection.fetchval(
            "select ($1::numeric * $2::numeric * 8)::numeric(20, 2)", LARGEST_LIMIT, LARGEST_PRIZE
        )
    assert fits > LARGEST_LIMIT


async def test_a_draft_is_changed_wholly_and_an_open_phase_keeps_its_prizes(
    pool: Pool, cast: Cast
) -> None:
    draft = await create(pool, cast)
    other = Prizes(Decimal(70))
    async with transaction(pool) as connection:
        assert (await phase.amend(connection, draft.id, prizes=other)).prizes == other
        opened = await phase.open_(connection, draft.id)
        assert (await phase.amend(connection, draft.id, name="named", prizes=other)).name == "named"
    with pytest.raises(WrongState, match="frozen"):
        async with transaction(pool) as connection:
            await phase.amend(connection, opened.id, prizes=Prizes())


async def test_the_version_grows_with_the_limits_and_not_with_the_name(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        named = await phase.amend(connection, cast.phase.id, name="Nov-17")
        limited = await phase.amend(connection, cast.phase.id, global_limit=Decimal("10.00"))
        bounded = await phase.amend(connection, cast.phase.id, total_limit=Decimal("20.00"))
        again = await phase.amend(connection, cast.phase.id, total_limit=Decimal("20.00"))
    assert [one.version for one in (named, limited, bounded, again)] == [0, 1, 2, 2]
    [refusal] = await place(pool, cast.phase, slip(cast.aung, "123 10.01"))
    assert not isinstance(refusal, Answer)
    await placed(pool, cast.phase, cast.aung, "123 10")


async def test_a_closing_time_that_has_passed_stands(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    async with transaction(pool) as connection:
        later = await phase.amend(connection, cast.phase.id, closes_at=soon(hours=1))
        assert not later.overdue
    await owner.execute("update phases set closes_at = clock_timestamp() - interval '1 second'")
    with pytest.raises(WrongState, match="not reopened"):
        async with transaction(pool) as connection:
            await phase.amend(connection, cast.phase.id, closes_at=soon(hours=1))
    async with transaction(pool) as connection:
        assert (await phase.amend(connection, cast.phase.id, name="named")).overdue
    assert isinstance((await place(pool, cast.phase, slip(cast.aung, "123 5")))[0], PhaseClosed)


async def test_at_the_closing_moment_itself_the_phase_is_over(cast: Cast) -> None:
    def at(now: datetime) -> bool:
        return Phase(**{**fields, "closes_at": closes_at, "now": now}).takes_slips

    fields = {name: getattr(cast.phase, name) for name in Phase.__struct_fields__}
    closes_at = cast.phase.now
    assert at(closes_at - timedelta(microseconds=1))
    assert not at(closes_at)


async def test_opening_twice_changes_nothing_and_a_closed_phase_is_not_opened(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        again = await phase.open_(connection, cast.phase.id)
        assert again.opened_at == cast.phase.opened_at
        await settlement.close(connection, cast.phase.id, cast.min.id)
    for verb in (phase.open_, lambda c, i: phase.set_intake(c, i, False)):
        with pytest.raises(WrongState):
            async with transaction(pool) as connection:
                await verb(connection, cast.phase.id)
    with pytest.raises(WrongState, match="not changed"):
        async with transaction(pool) as connection:
            await phase.amend(connection, cast.phase.id, name="named")


async def test_a_draft_whose_time_is_over_is_not_opened(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    draft = await create(pool, cast, closes_at=soon(hours=1))
    await owner.execute(
        "update phases set closes_at = clock_timestamp() - interval '1 second' where id = $1",
        draft.id,
    )
    with pytest.raises(WrongState, match="change it first"):
        async with transaction(pool) as connection:
            await phase.open_(connection, draft.id)
    async with transaction(pool) as connection:
        await phase.amend(connection, draft.id, closes_at=soon(hours=1))
        assert (await phase.open_(connection, draft.id)).takes_slips


async def test_the_intake_stops_and_goes_on(pool: Pool, cast: Cast) -> None:
    for intake_open, answered in ((False, IntakeStopped), (True, Answer)):
        async with transaction(pool) as connection:
            told = await phase.set_intake(connection, cast.phase.id, intake_open)
            assert told.takes_slips is intake_open
        [answer] = await place(pool, cast.phase, slip(cast.aung, "123 5"))
        assert isinstance(answer, answered)
    await assert_books_balance(pool)


async def current_id(connection: Connection) -> int:
    current = await phase.current(connection)
    assert current is not None
    return current.id


async def test_pages_are_about_the_phase_that_closes_first(pool: Pool, cast: Cast) -> None:
    later = await create(pool, cast, closes_at=soon(hours=2))
    sooner = await create(pool, cast, closes_at=soon(hours=1))
    async with transaction(pool) as connection:
        assert await current_id(connection) == cast.phase.id
        for one in (later, sooner):
            await phase.open_(connection, one.id)
        assert await current_id(connection) == sooner.id
        newest = await phase.newest(connection, 2)
        assert [one.id for one in newest] == [sooner.id, later.id]


async def test_the_service_cannot_change_what_a_closing_counted_and_sealed(
    pool: Pool, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "123 5")
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    async with pool.acquire() as connection:
        for column in ("total_in", "commission", "ticket_count", "tree_root", "seal", "closed_at"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"update settlements set {column} = {column}")
    async with transaction(pool) as connection:
        assert (
            await settlement.settle(connection, cast.phase.id, Draw(123, "the radio", cast.min.id))
        ).total_out
    await assert_books_balance(pool)


async def test_the_terms_that_a_phase_was_opened_with_stand_whoever_asks(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    for change in (
        "straight = 79",
        "near_wraps = true",
        "commission_rate = 1",
        "opened_at = now()",
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="its terms stand"):
            await owner.execute(f"update phases set {change}")
    await pool.execute("update phases set straight = straight, global_limit = 1, name = 'Nov-17'")
    for table, column in (("users", "role"), ("phases", "created_at"), ("exposures", "number")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(f"update {table} set {column} = {column}")


async def test_a_phase_never_goes_back_whoever_asks(
    pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    ways = [("open", ["draft", "settled"]), ("closed", ["draft", "open"])]
    ways += [("settled", ["draft", "open", "closed", "void"])]
    for state, refused in ways:
        await owner.execute("update phases set state = $1 where id = $2", state, cast.phase.id)
        for back in refused:
            with pytest.raises(asyncpg.RestrictViolationError, match=f"is {state}: {back} refused"):
                await pool.execute("update phases set state = $1", back)
