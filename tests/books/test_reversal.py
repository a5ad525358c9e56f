"""What the desk did, undone: wholly, in parts, and where the money is gone."""

from decimal import Decimal

import msgspec
import pytest

from banker.books import cash, ledger
from banker.books.cash import Counted, history
from banker.books.people import Person
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import InsufficientFunds, NotFound, WrongState
from banker.rules.purse import Balance
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, deposit, place, placed, slip


def counted(answer: Answer) -> Counted:
    return msgspec.json.decode(answer.body, type=Counted)


async def paid_in(pool: Pool, cast: Cast, amount: str) -> int:
    return int(counted(await deposit(pool, cast, cast.hla, amount)).transfer_id)


async def undo(
    pool: Pool, actor: Person, transfer_id: int, amount: str | None = None, force: bool = False
) -> Counted:
    part = None if amount is None else Decimal(amount)
    request = asked(actor, "reverse", str(transfer_id), str(amount))
    async with transaction(pool) as connection:
        return counted(
            await cash.reverse(connection, request, transfer_id, part, "a mistake", force)
        )


async def balance(pool: Pool, person: Person) -> Balance:
    async with transaction(pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id]


async def test_a_transfer_is_undone_in_parts_that_never_exceed_it(pool: Pool, cast: Cast) -> None:
    original = await paid_in(pool, cast, "100.00")
    first = await undo(pool, cast.su, original, "30.00")
    assert (first.amount, first.cash_balance) == (Decimal("30.00"), Decimal("70.00"))
    with pytest.raises(WrongState) as refused:
        await undo(pool, cast.su, original, "70.01")
    assert refused.value.facts == {"left": "70.00"}
    assert (await undo(pool, cast.su, original)).cash_balance == 0
    with pytest.raises(WrongState, match="undone already"):
        await undo(pool, cast.su, original, "0.01")
    async with transaction(pool) as connection:
        told = await history.read(connection, original)
        reversal = await history.read(connection, int(first.transfer_id))
    assert (told.undone, told.left) == (Decimal("100.00"), 0)
    assert (reversal.reverses_id, reversal.reverses_reason) == (original, "deposit")
    assert (reversal.actor, reversal.note) == ("su", "a mistake")
    await assert_books_balance(pool)


async def test_a_reversal_is_not_reversed_and_a_stake_is_no_desk_transfer(
    pool: Pool, cast: Cast
) -> None:
    reversal = await undo(pool, cast.su, await paid_in(pool, cast, "100.00"), "1.00")
    with pytest.raises(WrongState, match="A reversal is not reversed"):
        await undo(pool, cast.su, int(reversal.transfer_id))
    await placed(pool, cast.phase, cast.aung, "137 5")
    stake = await pool.fetchval("select max(id) from transfers where reason = 'stake'")
    for nothing in (stake, 999_999):
        with pytest.raises(NotFound):
            await undo(pool, cast.su, nothing)


async def test_money_that_is_gone_is_refused_with_the_figure_or_forced_into_a_debt(
    pool: Pool, cast: Cast
) -> None:
    original = await paid_in(pool, cast, "100.00")
    await placed(pool, cast.phase, cast.hla, "137 60")
    with pytest.raises(InsufficientFunds) as refused:
        await undo(pool, cast.su, original)
    assert refused.value.facts == {"needed": "100.00", "available": "40.00"}
    forced = await undo(pool, cast.thida, original, force=True)
    assert (forced.cash_balance, forced.available) == (Decimal("-60.00"), 0)
    async with transaction(pool) as connection:
        assert (await history.read(connection, int(forced.transfer_id))).forced
    # Nothing is drawn until it is repaid, from no purse.
    async with transaction(pool) as connection:
        request = asked(cast.su, "bonus")
        terms = (cast.hla.id, Decimal(30), "a bonus", Decimal(30), None)
        await cash.grant_bonus(connection, request, *terms)
    [answer] = await place(pool, cast.phase, slip(cast.hla, "137 1"))
    assert isinstance(answer, InsufficientFunds)
    assert answer.facts["available"] == "0.00"
    await deposit(pool, cast, cast.hla, "59.99")
    assert (await balance(pool, cast.hla)).available == 0
    await deposit(pool, cast, cast.hla, "0.01")
    assert (await balance(pool, cast.hla)).available == Decimal("30.00")
    floors = "select floor from accounts where user_id = $1 and kind = 'cash'"
    assert await pool.fetchval(floors, cast.hla.id) == 0
    await assert_books_balance(pool)


async def test_what_is_repaid_of_a_debt_cannot_be_drawn_even_by_hand(
    pool: Pool, cast: Cast
) -> None:
    original = await paid_in(pool, cast, "100.00")
    await placed(pool, cast.phase, cast.hla, "137 100")
    await undo(pool, cast.thida, original, force=True)
    await deposit(pool, cast, cast.hla, "40.00")
    floors = "select balance, floor from accounts where user_id = $1 and kind = 'cash'"
    assert tuple(await pool.fetchrow(floors, cast.hla.id)) == (Decimal(-60), Decimal(-60))
    await assert_books_balance(pool)


async def test_credit_that_was_repaid_is_drawn_again_only_within_its_limit(
    pool: Pool, cast: Cast
) -> None:
    async def move(verb: str, amount: str) -> Counted:
        request = asked(cast.su, verb, amount)
        async with transaction(pool) as connection:
            answer = await getattr(cash, verb)(
                connection, request, cast.hla.id, Decimal(amount), "why"
            )
        return counted(answer)

    async def grant(limit: str) -> None:
        request = asked(cast.su, "credit-limit", limit)
        async with transaction(pool) as connection:
            await cash.grant_credit(connection, request, cast.hla.id, Decimal(limit), "why")

    await grant("100.00")
    assert (await move("advance", "80.00")).credit_balance == Decimal("-80.00")
    with pytest.raises(InsufficientFunds):
        await move("advance", "20.01")
    with pytest.raises(WrongState) as refused:
        await move("repay", "80.01")
    assert refused.value.facts == {"drawn": "80.00"}
    repaid = int((await move("repay", "70.00")).transfer_id)
    # A lower limit holds at once; what is drawn beyond it is owed and no allowance.
    await grant("5.00")
    told = await balance(pool, cast.hla)
    assert (told.credit_balance, told.credit_limit, told.available) == (
        Decimal("-10.00"),
        Decimal("5.00"),
        0,
    )
    with pytest.raises(InsufficientFunds):
        await undo(pool, cast.su, repaid, "1.00")
    forced = await undo(pool, cast.thida, repaid, "1.00", force=True)
    assert forced.credit_balance == Decimal("-11.00")
    assert (await move("repay", "7.00")).available == Decimal("1.00")
    await assert_books_balance(pool)


async def test_an_advance_that_winnings_repaid_comes_back_as_cash(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal(100))
        request = asked(cast.su, "advance")
        answer = await cash.advance(connection, request, cast.hla.id, Decimal(80), "why")
        request = asked(cast.su, "repay")
        await cash.repay(connection, request, cast.hla.id, Decimal(50), "why")
    undone = await undo(pool, cast.su, int(counted(answer).transfer_id))
    assert (undone.credit_balance, undone.cash_balance) == (0, Decimal("50.00"))
    await assert_books_balance(pool)


async def test_a_bonus_is_undone_while_it_lasts_and_what_was_staked_of_it_is_owed_in_cash(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        request = asked(cast.su, "bonus")
        terms = (cast.hla.id, Decimal(30), "a bonus", Decimal(300), None)
        granted = int(counted(await cash.grant_bonus(connection, request, *terms)).transfer_id)
    await placed(pool, cast.phase, cast.hla, "137 20")
    with pytest.raises(InsufficientFunds):
        await undo(pool, cast.su, granted)
    assert (await undo(pool, cast.su, granted, "4.00")).bonus_balance == Decimal("6.00")
    forced = await undo(pool, cast.thida, granted, force=True)
    assert (forced.bonus_balance, forced.cash_balance) == (0, Decimal("-20.00"))
    state = await pool.fetchval("select state from bonuses where transfer_id = $1", granted)
    assert state == "reversed"
    await assert_books_balance(pool)


async def test_credit_forced_beyond_its_limit_is_a_debt_like_any_other(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal(100))
    await placed(pool, cast.phase, cast.hla, "137 100")
    async with transaction(pool) as connection:
        request = asked(cast.su, "repay", "100")
        repaid = counted(await cash.repay(connection, request, cast.hla.id, Decimal(100), "weekly"))
    await placed(pool, cast.phase, cast.hla, "138 100")
    await paid_in(pool, cast, "50.00")
    forced = await undo(pool, cast.thida, int(repaid.transfer_id), force=True)
    assert (forced.credit_balance, forced.cash_balance, forced.available) == (-200, 50, 0)
    [refused] = await place(pool, cast.phase, slip(cast.hla, "139 20"))
    assert isinstance(refused, InsufficientFunds)
    assert refused.facts == {"needed": "20.00", "available": "0.00"}
    request = asked(cast.su, "withdraw", "30")
    with pytest.raises(InsufficientFunds):
        async with transaction(pool) as connection:
            await cash.withdraw(connection, request, cast.hla.id, Decimal(30), "cash out")
    async with transaction(pool) as connection:
        request = asked(cast.su, "repay", "100 again")
        await cash.repay(connection, request, cast.hla.id, Decimal(100), "what was undone")
    assert (await balance(pool, cast.hla)).available == 50
    await assert_books_balance(pool)
