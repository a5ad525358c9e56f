"""Four eyes: what waits for a second person, and what is checked again when it is decided."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from banker.books import approval, cash, exposure, four_eyes, ledger, people, phase
from banker.books.approval import Approval
from banker.books.cash import Counted
from banker.books.four_eyes import Waiting
from banker.books.people import Person
from banker.books.request import Answer
from banker.database import Connection, Pool, transaction
from banker.errors import Forbidden, InsufficientFunds, WrongState
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD_HASH, Cast, asked, close_and_settle, deposit, placed


async def do(pool: Pool, verb: Callable[[Connection], Awaitable[Any]]) -> Any:
    async with transaction(pool) as connection:
        return await verb(connection)


@pytest.fixture
async def nilar(pool: Pool, cast: Cast) -> Person:
    """A second cashier, in a house that wants four eyes above 100."""
    await do(pool, lambda c: four_eyes.set_rules(c, cast.thida.id, Decimal(100)))
    return await do(pool, lambda c: people.add(c, "nilar", "cashier", PASSWORD_HASH))  # type: ignore[no-any-return]


async def withdraw(pool: Pool, cast: Cast, amount: str, key: str | None = None) -> Answer:
    request = asked(cast.su, "withdraw", amount, key=key)
    who = cast.aung.id
    return await do(pool, lambda c: cash.withdraw(c, request, who, Decimal(amount), "for rent"))  # type: ignore[no-any-return]


def waiting(answer: Answer) -> int:
    assert answer.status == 202
    return int(msgspec.json.decode(answer.body, type=Waiting).approval_id)


async def approve(pool: Pool, approval_id: int, by: Person) -> Approval:
    return await do(pool, lambda c: approval.approve(c, approval_id, by.id, by.role))  # type: ignore[no-any-return]


async def held(pool: Pool, person: Person) -> Decimal:
    balances = await do(pool, lambda c: ledger.balances(c, [person.id]))
    cash_balance: Decimal = balances[person.id].cash_balance
    return cash_balance


async def test_a_large_withdrawal_waits_and_is_paid_once(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    assert (await withdraw(pool, cast, "100.00")).status == 201
    first = await withdraw(pool, cast, "100.01", key="rent")
    again = await withdraw(pool, cast, "100.01", key="rent")
    assert (first.body, again.replayed) == (again.body, True)
    assert await held(pool, cast.aung) == Decimal("999900.00")
    with pytest.raises(Forbidden, match="asked for themselves"):
        await approve(pool, waiting(first), cast.su)
    with pytest.raises(Forbidden):
        await approve(pool, waiting(first), cast.min)
    decided = await asyncio.gather(*[approve(pool, waiting(first), nilar) for _ in range(6)])
    assert {one.state for one in decided} == {"approved"}
    [outcome] = {msgspec.json.encode(one.outcome) for one in decided}
    assert msgspec.json.decode(outcome, type=Counted).cash_balance == Decimal("999799.99")
    assert await held(pool, cast.aung) == Decimal("999799.99")
    with pytest.raises(WrongState, match="approved and is done"):
        await do(pool, lambda c: approval.refuse(c, waiting(first), nilar.id, "cashier", None))
    await assert_books_balance(pool)


async def test_parts_of_a_reversal_are_no_way_past_the_second_person(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    paid_in = await deposit(pool, cast, cast.hla, "250.00")
    transfer_id = int(msgspec.json.decode(paid_in.body, type=Counted).transfer_id)

    async def part(amount: str) -> Answer:
        request = asked(cast.su, "reverse", amount)
        return await do(  # type: ignore[no-any-return]
            pool, lambda c: cash.reverse(c, request, transfer_id, Decimal(amount), "a mistake")
        )

    assert [(await part(amount)).status for amount in ("60.00", "40.00")] == [201, 201]
    third = await part("0.01")
    assert await held(pool, cast.hla) == 150
    await approve(pool, waiting(third), nilar)
    assert await held(pool, cast.hla) == Decimal("149.99")
    await assert_books_balance(pool)


async def test_the_conditions_are_checked_again_and_a_refusal_leaves_it_waiting(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    await deposit(pool, cast, cast.hla, "150.00")
    request = asked(cast.su, "withdraw")
    verb = cash.withdraw
    one = await do(pool, lambda c: verb(c, request, cast.hla.id, Decimal(150), "rent"))
    other = asked(cast.su, "withdraw")
    two = await do(pool, lambda c: verb(c, other, cast.hla.id, Decimal(120), "food"))
    await approve(pool, waiting(two), nilar)
    with pytest.raises(InsufficientFunds) as refused:
        await approve(pool, waiting(one), nilar)
    assert refused.value.facts == {"needed": "150.00", "available": "30.00"}
    found = await do(pool, lambda c: approval.read(c, waiting(one)))
    assert (found.state, found.holder, found.reason) == ("waiting", "hla", "rent")
    note = "not today"
    refused_one = await do(
        pool, lambda c: approval.refuse(c, waiting(one), nilar.id, "cashier", note)
    )
    assert (refused_one.state, refused_one.note, refused_one.decider) == (
        "refused",
        note,
        "nilar",
    )
    with pytest.raises(WrongState):
        await approve(pool, waiting(one), nilar)
    await assert_books_balance(pool)


async def test_more_than_there_is_does_not_even_wait(pool: Pool, cast: Cast, nilar: Person) -> None:
    with pytest.raises(InsufficientFunds):
        await withdraw(pool, cast, "1000000.01")
    assert await pool.fetchval("select count(*) from approvals") == 0


async def test_a_forced_reversal_waits_for_an_admin(pool: Pool, cast: Cast, nilar: Person) -> None:
    told = msgspec.json.decode((await deposit(pool, cast, cast.hla, "500.00")).body, type=Counted)
    original = int(told.transfer_id)
    gone = asked(cast.su, "advance")
    await do(pool, lambda c: cash.withdraw(c, gone, cast.hla.id, Decimal(90), "rent"))
    request = asked(cast.thida, "reverse")
    verb = cash.reverse
    answer = await do(pool, lambda c: verb(c, request, original, None, "not ours", True))
    with pytest.raises(Forbidden):
        await approve(pool, waiting(answer), nilar)
    second = await do(pool, lambda c: people.add(c, "zaw", "admin", PASSWORD_HASH))
    done = await approve(pool, waiting(answer), second)
    assert done.outcome is not None
    assert done.outcome["cash_balance"] == "-90.00"
    await assert_books_balance(pool)


async def test_higher_limits_wait_and_lower_ones_never(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    limit = four_eyes.limit_number
    one = cast.phase.id
    assert await do(pool, lambda c: limit(c, cast.thida.id, one, 7, Decimal(100))) is None
    raised = await do(pool, lambda c: limit(c, cast.thida.id, one, 7, Decimal("100.01")))
    lifted = await do(pool, lambda c: limit(c, cast.thida.id, one, 7, None))
    again = await do(pool, lambda c: limit(c, cast.thida.id, one, 7, None))
    assert isinstance(raised, Waiting)
    assert lifted == again != raised
    exposures = await do(pool, lambda c: exposure.read(c, one))
    assert exposures[7].limit_cents == 10_000
    second = await do(pool, lambda c: people.add(c, "zaw", "admin", PASSWORD_HASH))
    await approve(pool, int(raised.approval_id), second)
    exposures = await do(pool, lambda c: exposure.read(c, one))
    assert exposures[7].limit_cents == 10_001

    amend = four_eyes.amend_phase
    wider = {"name": "wider", "global_limit": Decimal(60_000), "closes_at": None}
    answer = await do(pool, lambda c: amend(c, cast.min.id, one, wider))
    assert isinstance(answer, Waiting)
    unlimited = {"total_limit": None}
    tighter = {"global_limit": Decimal(40_000), "total_limit": Decimal(10_000)}
    assert not isinstance(await do(pool, lambda c: amend(c, cast.min.id, one, tighter)), Waiting)
    assert isinstance(await do(pool, lambda c: amend(c, cast.min.id, one, unlimited)), Waiting)
    await approve(pool, int(answer.approval_id), cast.thida)
    changed = await do(pool, lambda c: phase.read(c, one))
    assert (changed.name, changed.global_limit) == ("wider", Decimal(60_000))

    grant = cash.grant_credit
    request = asked(cast.su, "credit-limit")
    answer = await do(pool, lambda c: grant(c, request, cast.hla.id, Decimal(50), "trusted"))
    assert (await approve(pool, waiting(answer), nilar)).outcome is not None
    lower = asked(cast.su, "credit-limit")
    answer = await do(pool, lambda c: grant(c, lower, cast.hla.id, Decimal(49), "less"))
    assert answer.status == 201
    await assert_books_balance(pool)


async def test_the_rule_itself_is_loosened_by_two_and_tightened_by_one(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    change = four_eyes.set_rules
    assert isinstance(await do(pool, lambda c: change(c, cast.thida.id, None)), Waiting)
    assert isinstance(await do(pool, lambda c: change(c, cast.thida.id, Decimal(101))), Waiting)
    tightened = await do(pool, lambda c: change(c, cast.thida.id, Decimal(0)))
    assert tightened == four_eyes.HouseRules(Decimal(0))
    assert (await withdraw(pool, cast, "0.01")).status == 202


async def test_who_asked_and_was_disabled_meanwhile_moves_no_money(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    answer = await withdraw(pool, cast, "500.00")
    await do(pool, lambda c: people.amend(c, cast.su.id, cast.thida.id, disabled=True))
    with pytest.raises(WrongState, match="disabled"):
        await approve(pool, waiting(answer), nilar)
    await assert_books_balance(pool)


async def test_what_could_never_be_carried_out_does_not_wait(
    pool: Pool, cast: Cast, nilar: Person
) -> None:
    request = asked(cast.su, "bonus")
    terms = (cast.hla.id, Decimal(200), "a welcome", Decimal(10), None)
    answer = await do(pool, lambda c: cash.grant_bonus(c, request, *terms))
    granted = int(msgspec.json.decode(answer.body, type=Counted).transfer_id)
    await placed(pool, cast.phase, cast.hla, "137 10")
    await close_and_settle(pool, cast, 999)
    undo = asked(cast.su, "reverse")
    with pytest.raises(WrongState, match="converted"):
        await do(pool, lambda c: cash.reverse(c, undo, granted, Decimal(150), "too late"))
    assert await pool.fetchval("select count(*) from approvals") == 0
    await assert_books_balance(pool)
