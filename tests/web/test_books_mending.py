"""A purse that disagrees with its entries, mended on the page of the books."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from banker.database import reading
from tests.balanced import assert_books_balance
from tests.databases import Clones
from tests.web.standing import Standing, standing


@pytest.fixture
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _damage(stood: Standing) -> str:
    """Five more in Aung's cash than ever came in; the path of its mending."""
    owner = await asyncpg.connect(stood.house.owner_url)
    account_id = await owner.fetchval(
        "update accounts set balance = balance + 5 where user_id = $1 and kind = 'cash' "
        "returning id",
        stood.cast.aung.id,
    )
    await owner.close()
    return f"/books/mending/{account_id}"


@pytest.mark.parametrize(("keep", "left"), [("balance", "1000005.00"), ("entries", "1000000.00")])
async def test_a_drift_is_mended_by_an_admin_who_says_what_is_right(
    stood: Standing, keep: str, left: str
) -> None:
    thida, path = stood.cast.thida, await _damage(stood)
    shown = (await stood.page(thida, "GET", path)).text
    assert ("1,000,005" in shown, "has 1,000,000 from now on" in shown) == (True, True)
    form = {"keep": keep, "reason": "counted by hand"}
    for wrong in ({"keep": "both"}, {"reason": " "}):
        answer = await stood.page(thida, "POST", path, form | wrong)
        assert (answer.status_code, "field-error" in answer.text) == (400, True)
    assert (await stood.page(stood.cast.su, "POST", path, form)).status_code == 403
    done = await stood.page(thida, "POST", path, form)
    assert (done.status_code, "They agree" in done.text) == (200, True)
    again = await stood.page(thida, "POST", path, form)
    assert again.status_code == 409
    balance = await stood.ask("aung", "GET", f"/api/users/{stood.cast.aung.id}/balance")
    assert balance.json()["cash_balance"] == left
    async with reading(stood.pool) as connection:
        assert await connection.fetchval(
            "select true from jobs where name = 'whole verification' "
            "and (due_at <= clock_timestamp() or started_at is not null)"
        )
    await assert_books_balance(stood.pool)


async def test_only_purses_are_mended(stood: Standing) -> None:
    for nonsense in ("4", "x", "0", "999999999"):
        path = f"/books/mending/{nonsense}"
        assert (await stood.page(stood.cast.thida, "GET", path)).status_code == 404
