from decimal import Decimal

from banker.books import cash, trial
from banker.books.people import Person
from banker.books.request import Answer
from banker.database import Pool, reading, transaction
from tests.balanced import assert_books_balance
from tests.cast import Cast, asked, close_and_settle, deposit, placed


async def sides(pool: Pool) -> dict[str, Decimal]:
    """Each line's credit less its debit; the sides agree."""
    async with reading(pool) as connection:
        balance = await trial.balance(connection)
    assert balance.difference == 0
    return {line.name: line.credit - line.debit for line in balance.lines}


async def grant(pool: Pool, cast: Cast, person: Person, credit_limit: int) -> Answer:
    async with transaction(pool) as connection:
        request = asked(cast.su, "credit-limit", str(credit_limit))
        return await cash.grant_credit(
            connection, request, person.id, Decimal(credit_limit), "for the test"
        )


async def test_every_account_stands_on_its_side_and_the_sides_agree(pool: Pool, cast: Cast) -> None:
    await placed(pool, cast.phase, cast.aung, "123 500")
    assert await sides(pool) == {
        "stakes": 500,
        "payouts": 0,
        "commission": 0,
        "desk": -2_000_000,
        "bonuses": 0,
        "corrections": 0,
        "partners": 0,
        "cash purses": 1_999_500,
        "bonus purses": 0,
        "credit purses": 0,
    }
    await close_and_settle(pool, cast, 123)
    now = await sides(pool)
    assert (now["payouts"], now["commission"]) == (-40_000, -75)
    assert now["cash purses"] == 1_999_500 + 40_000 + 75
    await assert_books_balance(pool)


async def test_a_house_account_is_summed_from_its_checkpoint_on(pool: Pool, cast: Cast) -> None:
    before = await sides(pool)
    async with transaction(pool) as connection:
        up_to = await connection.fetchval("select max(id) from transfers")
        await connection.execute(
            "insert into checkpoints (account_id, up_to, total, sequence) values (4, $1, $2, 0)",
            up_to,
            before["desk"] + 1,
        )
    await deposit(pool, cast, cast.hla, "10.00")
    async with reading(pool) as connection:
        told = await trial.balance(connection)
    # What stands before the checkpoint is the checkpoint's word, right or wrong, and no more.
    assert told.difference == -1
    async with transaction(pool) as connection:
        await connection.execute("update checkpoints set total = total - 1")
    assert (await sides(pool))["desk"] == before["desk"] - 10


async def test_who_holds_how_much_and_who_owes(pool: Pool, cast: Cast) -> None:
    await grant(pool, cast, cast.hla, 500)
    await placed(pool, cast.phase, cast.hla, "123 400")
    await deposit(pool, cast, cast.ko, "1000.00")
    async with reading(pool) as connection:
        assert await trial.debtors(connection, 5) == [], "drawn within the limit is no debt"
        told = await trial.brackets(connection)
    assert [(one.least, one.most, one.account_count, one.total) for one in told] == [
        (None, None, 1, -400),
        (1_000, 10_000, 1, 1_000),
        (1_000_000, 10_000_000, 2, 2_000_000),
    ]
    await grant(pool, cast, cast.hla, 150)
    async with reading(pool) as connection:
        [debtor] = await trial.debtors(connection, 5)
    assert (debtor.username, debtor.kind, debtor.owed) == ("hla", "credit", 250)
    await assert_books_balance(pool)
