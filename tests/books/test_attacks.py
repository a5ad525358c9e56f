"""What was tried against the desk and four eyes, and once went wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import msgspec
import pytest

from banker.books import (
    approval,
    bonus,
    cash,
    exposure,
    four_eyes,
    ledger,
    people,
    phase,
    session,
    ticket,
)
from banker.books.approval import Approval
from banker.books.cash import Counted
from banker.books.four_eyes import HouseRules, Waiting
from banker.books.people import Person
from banker.books.request import Answer
from banker.database import Connection, Pool, transaction
from banker.errors import WrongState
from banker.rules.prize import Prizes
from banker.rules.purse import Balance
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD_HASH, Cast, asked, close_and_settle, deposit, place, placed, slip


async def do(pool: Pool, verb: Callable[[Connection], Awaitable[Any]]) -> Any:
    async with transaction(pool) as connection:
        return await verb(connection)


async def grant(pool: Pool, cast: Cast, amount: str, requirement: str, **more: Any) -> int:
    """A bonus for Hla; its transfer."""
    answer = await do(
        pool,
        lambda c: cash.grant_bonus(
            c,
            asked(cast.su, "bonus"),
            cast.hla.id,
            Decimal(amount),
            "a welcome",
            Decimal(requirement),
            more.get("expires_at"),
        ),
    )
    return int(msgspec.json.decode(answer.body, type=Counted).transfer_id)


async def undo(pool: Pool, cast: Cast, transfer_id: int, amount: str, force: bool = False) -> None:
    request = asked(cast.thida, "reverse")
    part = Decimal(amount)
    await do(pool, lambda c: cash.reverse(c, request, transfer_id, part, "a mistake", force))


async def balance(pool: Pool, person: Person) -> Balance:
    balances: dict[int, Balance] = await do(pool, lambda c: ledger.balances(c, [person.id]))
    return balances[person.id]


async def leave_behind(pool: Pool, cast: Cast, amount: str) -> None:
    """In Hla's bonus purse, by a void after the bonus was taken back."""
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    await grant(pool, cast, amount, "1000.00", expires_at=soon)
    receipt = await placed(pool, cast.phase, cast.hla, f"002 {amount}")
    await asyncio.sleep(0.25)
    assert await do(pool, bonus.expire) == [cast.hla.id]
    await do(pool, lambda c: ticket.void(c, receipt.id, cast.hla.id))  # type: ignore[arg-type]
    assert (await balance(pool, cast.hla)).bonus_balance == Decimal(amount)


async def test_no_more_turns_into_cash_than_reversals_have_left_of_a_bonus(
    pool: Pool, cast: Cast
) -> None:
    await leave_behind(pool, cast, "100.00")
    await deposit(pool, cast, cast.hla, "10.00")
    granted = await grant(pool, cast, "100.00", "10.00")
    await undo(pool, cast, granted, "60.00")
    await placed(pool, cast.phase, cast.hla, "003 10")
    await close_and_settle(pool, cast, 999)
    after = await balance(pool, cast.hla)
    # The commission of 1.25 beside it.
    assert (after.bonus_balance, after.cash_balance) == (Decimal("100.00"), Decimal("41.25"))
    await assert_books_balance(pool)


async def test_no_more_expires_than_reversals_have_left_of_a_bonus(pool: Pool, cast: Cast) -> None:
    await leave_behind(pool, cast, "100.00")
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    granted = await grant(pool, cast, "100.00", "1000.00", expires_at=soon)
    await undo(pool, cast, granted, "60.00")
    await asyncio.sleep(0.25)
    assert await do(pool, bonus.expire) == [cast.hla.id]
    assert (await balance(pool, cast.hla)).bonus_balance == Decimal("100.00")
    await assert_books_balance(pool)


async def test_a_bonus_whose_time_is_over_does_not_turn_into_cash(pool: Pool, cast: Cast) -> None:
    await deposit(pool, cast, cast.hla, "10.00")
    soon = datetime.now(UTC) + timedelta(seconds=0.2)
    await grant(pool, cast, "50.00", "10.00", expires_at=soon)
    await placed(pool, cast.phase, cast.hla, "003 10")
    await asyncio.sleep(0.25)
    # Nobody has taken it back yet: the jobs are busy, or away.
    await close_and_settle(pool, cast, 999)
    after = await balance(pool, cast.hla)
    assert (after.bonus_balance, after.cash_balance) == (Decimal("50.00"), Decimal("1.25"))
    assert await do(pool, bonus.expire) == [cast.hla.id]
    assert (await balance(pool, cast.hla)).bonus_balance == 0
    await assert_books_balance(pool)


async def test_what_the_cash_bears_of_a_forced_reversal_is_no_debt(pool: Pool, cast: Cast) -> None:
    granted = await grant(pool, cast, "50.00", "1000.00")
    await placed(pool, cast.phase, cast.hla, "003 50")
    await deposit(pool, cast, cast.hla, "80.00")
    await undo(pool, cast, granted, "50.00", force=True)
    assert (await balance(pool, cast.hla)).cash_balance == Decimal("30.00")
    await assert_books_balance(pool)


@pytest.fixture
async def zaw(pool: Pool, cast: Cast) -> Person:
    """A second admin, in a house that wants four eyes above 1,000."""
    await do(pool, lambda c: four_eyes.set_rules(c, cast.thida.id, Decimal(1000)))
    zaw: Person = await do(pool, lambda c: people.add(c, "zaw", "admin", PASSWORD_HASH))
    return zaw


async def test_limits_and_slips_do_not_wait_for_each_other_in_a_circle(
    pool: Pool, cast: Cast, zaw: Person
) -> None:
    async def limit(at: int) -> None:
        amount = Decimal(40_000 - at)
        await do(pool, lambda c: four_eyes.limit_number(c, cast.thida.id, cast.phase.id, 7, amount))

    async def stake(_: int) -> None:
        [answer] = await place(pool, cast.phase, slip(cast.aung, "006 1\n007 1\n008 1"))
        assert isinstance(answer, Answer)

    outcomes = await asyncio.gather(
        *[verb(at) for at in range(60) for verb in (limit, stake)], return_exceptions=True
    )
    assert [one for one in outcomes if isinstance(one, asyncpg.DeadlockDetectedError)] == []
    assert {type(one) for one in outcomes} == {type(None)}
    await assert_books_balance(pool)


async def test_the_same_asked_twice_at_once_is_one_approval(
    pool: Pool, cast: Cast, zaw: Person
) -> None:
    wider = {"global_limit": Decimal(60_000)}
    verbs: tuple[Callable[[Connection], Awaitable[Any]], ...] = (
        lambda c: four_eyes.set_rules(c, cast.thida.id, None),
        lambda c: four_eyes.amend_phase(c, cast.thida.id, cast.phase.id, wider),
    )
    for verb in verbs:
        answers = await asyncio.gather(*[do(pool, verb) for _ in range(8)])
        [answer] = set(answers)
        assert isinstance(answer, Waiting)
        assert answer.approval_id.isdigit()


async def test_a_rule_tightened_meanwhile_is_not_loosened_by_one(
    pool: Pool, cast: Cast, zaw: Person
) -> None:
    change = four_eyes.set_rules
    async with transaction(pool) as connection:
        assert await change(connection, zaw.id, Decimal(10)) == HouseRules(Decimal(10))
        # Lower than the rule that still holds, higher than the one that will.
        later = asyncio.create_task(do(pool, lambda c: change(c, cast.thida.id, Decimal(500))))
        await asyncio.sleep(0.2)
    assert isinstance(await later, Waiting)
    assert await do(pool, four_eyes.rules) == HouseRules(Decimal(10))


async def test_a_phase_tightened_meanwhile_is_not_widened_by_one(
    pool: Pool, cast: Cast, zaw: Person
) -> None:
    amend, one = four_eyes.amend_phase, cast.phase.id
    async with transaction(pool) as connection:
        await amend(connection, zaw.id, one, {"global_limit": Decimal(10)})
        again = {"global_limit": Decimal(40_000)}
        later = asyncio.create_task(do(pool, lambda c: amend(c, cast.thida.id, one, again)))
        await asyncio.sleep(0.2)
    assert isinstance(await later, Waiting)
    assert (await do(pool, lambda c: phase.read(c, one))).global_limit == Decimal(10)


async def test_a_draft_opened_meanwhile_takes_no_higher_limit_from_one(
    pool: Pool, cast: Cast, zaw: Person
) -> None:
    drafted = await do(pool, lambda c: phase.create(c, cast.thida.id, phase.Draft(name="another")))
    limit = four_eyes.limit_number
    async with transaction(pool) as connection:
        await phase.open_(connection, drafted.id)
        higher = Decimal(90_000)
        later = asyncio.create_task(
            do(pool, lambda c: limit(c, cast.thida.id, drafted.id, 7, higher))
        )
        await asyncio.sleep(0.2)
    assert isinstance(await later, Waiting)
    exposures = await do(pool, lambda c: exposure.read(c, drafted.id))
    assert exposures[7].limit_cents is None


async def test_prizes_beside_a_raised_limit_are_carried_out_only_as_they_stand(
    pool: Pool, cast: Cast, zaw: Person
) -> None:
    amend, one = four_eyes.amend_phase, cast.phase.id
    same = {"global_limit": Decimal(60_000), "prizes": cast.phase.prizes}
    waiting = await do(pool, lambda c: amend(c, cast.thida.id, one, same))
    assert isinstance(waiting, Waiting)
    decided: Approval = await do(
        pool, lambda c: approval.approve(c, int(waiting.approval_id), zaw.id, zaw.role)
    )
    assert decided.state == "approved"
    other = {
        "global_limit": Decimal(70_000),
        "prizes": msgspec.structs.replace(cast.phase.prizes, straight=Decimal(90)),
    }
    assert isinstance(other["prizes"], Prizes)
    waits = await do(pool, lambda c: amend(c, cast.thida.id, one, other))
    assert isinstance(waits, Waiting)
    with pytest.raises(WrongState):
        await do(pool, lambda c: approval.approve(c, int(waits.approval_id), zaw.id, zaw.role))


async def test_who_was_signed_out_by_another_is_in_the_trail(pool: Pool, cast: Cast) -> None:
    await do(pool, lambda c: session.sign_out(c, cast.aung.id))
    noted = "select count(*) from audit where action = 'signed out' and subject = $1"
    assert await pool.fetchval(noted, f"user {cast.aung.id}") == 1
