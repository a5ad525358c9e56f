import asyncio
from decimal import Decimal

import msgspec
import pytest

from banker.books import cash, ledger
from banker.books.cash import Counted, history
from banker.books.people import Person
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import InsufficientFunds, KeyReused, NotFound
from banker.rules.purse import Balance
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, close_and_settle, place, placed, slip


async def move(
    pool: Pool, verb: str, cast: Cast, person: Person, amount: str, key: str | None = None
) -> Answer:
    request = asked(cast.su, verb, str(person.id), amount, key=key)
    async with transaction(pool) as connection:
        return await _verbs[verb](connection, request, person.id, Decimal(amount), "at the counter")


_verbs = {"deposit": cash.deposit, "withdraw": cash.withdraw}


def counted(answer: Answer) -> Counted:
    return msgspec.json.decode(answer.body, type=Counted)


async def balance(pool: Pool, person: Person) -> Balance:
    async with transaction(pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id]


async def test_a_deposit_is_answered_with_the_balances_after_it(pool: Pool, cast: Cast) -> None:
    told = counted(await move(pool, "deposit", cast, cast.hla, "100.05"))
    assert (told.amount, told.cash_balance, told.available) == (Decimal("100.05"),) * 3
    assert (told.user_id, told.credit_limit, told.credit_approved) == (str(cast.hla.id), 0, False)
    told = counted(await move(pool, "withdraw", cast, cast.hla, "0.05"))
    assert (told.amount, told.cash_balance) == (Decimal("0.05"), Decimal("100.00"))
    assert (await balance(pool, cast.hla)).total_balance == Decimal("100.00")
    await assert_books_balance(pool)


async def test_the_last_cent_is_paid_out_and_not_one_more(pool: Pool, cast: Cast) -> None:
    await move(pool, "deposit", cast, cast.hla, "10.00")
    with pytest.raises(InsufficientFunds) as refused:
        await move(pool, "withdraw", cast, cast.hla, "10.01")
    assert refused.value.facts == {"needed": "10.01", "available": "10.00"}
    assert counted(await move(pool, "withdraw", cast, cast.hla, "10.00")).cash_balance == 0
    await assert_books_balance(pool)


async def test_credit_is_staked_and_not_paid_out(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        await ledger.approve_credit(connection, cast.hla.id, Decimal("50.00"))
    with pytest.raises(InsufficientFunds):
        await move(pool, "withdraw", cast, cast.hla, "0.01")
    await placed(pool, cast.phase, cast.hla, "123 50")
    told = counted(await move(pool, "deposit", cast, cast.hla, "20.00"))
    assert (told.cash_balance, told.credit_balance, told.total_balance) == (20, -50, -30)
    assert (await move(pool, "withdraw", cast, cast.hla, "20.00")).status == 201
    await assert_books_balance(pool)


async def test_whoever_has_no_purse_is_no_account_holder(pool: Pool, cast: Cast) -> None:
    for person in (cast.su, msgspec.structs.replace(cast.su, id=999_999)):
        for verb in _verbs:
            with pytest.raises(NotFound):
                await move(pool, verb, cast, person, "5.00")
    await move(pool, "deposit", cast, cast.ko, "5.00")
    await assert_books_balance(pool)


@pytest.mark.parametrize("verb", ["deposit", "withdraw"])
async def test_a_movement_is_made_once_for_its_key(pool: Pool, cast: Cast, verb: str) -> None:
    before = (await balance(pool, cast.aung)).cash_balance
    first = await move(pool, verb, cast, cast.aung, "7.00", key="k")
    await move(pool, "deposit", cast, cast.aung, "1.00")
    again = await move(pool, verb, cast, cast.aung, "7.00", key="k")
    assert (again.status, again.body, again.replayed) == (first.status, first.body, True)
    with pytest.raises(KeyReused):
        await move(pool, verb, cast, cast.aung, "8.00", key="k")
    moved = (await balance(pool, cast.aung)).cash_balance - before
    assert moved == (8 if verb == "deposit" else -6)
    await assert_books_balance(pool)


async def test_a_refused_withdrawal_leaves_its_key_free(pool: Pool, cast: Cast) -> None:
    with pytest.raises(InsufficientFunds):
        await move(pool, "withdraw", cast, cast.hla, "5.00", key="k")
    await move(pool, "deposit", cast, cast.hla, "5.00", key="k")
    assert not (await move(pool, "withdraw", cast, cast.hla, "5.00", key="k")).replayed
    await assert_books_balance(pool)


async def test_the_last_money_is_paid_out_once(pool: Pool, cast: Cast) -> None:
    await move(pool, "deposit", cast, cast.hla, "100.00")
    answers = await asyncio.gather(
        *(move(pool, "withdraw", cast, cast.hla, "60.00") for _ in range(8)),
        *(place(pool, cast.phase, slip(cast.hla, "123 60")) for _ in range(8)),
        return_exceptions=True,
    )
    taken = [one for one in answers if isinstance(one, Answer)] + [
        one for one in answers if isinstance(one, list) and isinstance(one[0], Answer)
    ]
    assert len(taken) == 1
    assert (await balance(pool, cast.hla)).cash_balance == Decimal("40.00")
    await assert_books_balance(pool)


async def test_the_desk_does_not_wait_for_a_phase_that_is_closing(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "123 5")
    async with transaction(pool) as connection:
        await connection.execute("select pg_advisory_xact_lock(61, $1)", cast.phase.id)
        async with asyncio.timeout(2):
            await move(pool, "deposit", cast, cast.aung, "5.00")
    await close_and_settle(pool, cast, 123)
    await assert_books_balance(pool)


async def test_what_went_over_the_counter_is_looked_back_on(pool: Pool, cast: Cast) -> None:
    paid_in = counted(await move(pool, "deposit", cast, cast.hla, "9.00"))
    paid_out = counted(await move(pool, "withdraw", cast, cast.hla, "4.00"))
    await placed(pool, cast.phase, cast.hla, "123 1")
    async with transaction(pool) as connection:
        newest = await history.newest(connection, 2)
        assert [str(one.id) for one in newest] == [paid_out.transfer_id, paid_in.transfer_id]
        last = newest[0]
        assert (last.reason, last.amount, last.balance_after) == ("withdrawal", 4, 5)
        assert (last.username, last.actor, last.note) == ("hla", "su", "at the counter")
        assert await history.read(connection, last.id) == last
        stake = await connection.fetchval("select id from transfers where reason = 'stake'")
        with pytest.raises(NotFound):
            await history.read(connection, stake)
