"""The page of the books."""

from collections.abc import AsyncIterator
from decimal import Decimal
from urllib.parse import urlencode

import asyncpg
import msgspec
import pytest

from banker.books import chain, people
from banker.database import Actor, acting, reading, transaction
from tests.balanced import assert_books_balance
from tests.databases import Clones
from tests.web.standing import Standing, standing


@pytest.fixture
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def test_the_sides_agree_and_the_head_stands_below(stood: Standing) -> None:
    shown = (await stood.page(stood.cast.su, "GET", "/books")).text
    assert (">balances<" in shown, "does not balance" in shown) == (True, False)
    assert shown.count("2,000,000") == 5, "desk, cash purses, both sums, and the bracket"
    async with reading(stood.pool) as connection:
        head = await chain.head(connection)
    assert len(head.hash) == 64
    assert 'id="chain-head"' in shown
    await assert_books_balance(stood.pool)


async def test_a_purse_that_was_changed_shows_on_both_sides(stood: Standing) -> None:
    owner = await asyncpg.connect(stood.house.owner_url)
    await owner.execute(
        "update accounts set balance = balance + 5 where user_id = $1 and kind = 'cash'",
        stood.cast.aung.id,
    )
    await owner.close()
    shown = (await stood.page(stood.cast.su, "GET", "/books")).text
    assert ("does not balance" in shown, "The sides differ by −5" in shown) == (True, True)


async def test_findings_stand_at_the_top_until_a_whole_verification_finds_none(
    stood: Standing,
) -> None:
    found = [{"check": "balances", "row": "account 101 (cash)", "detail": "holds <b>5</b> more"}]
    await _verified(stood, found, whole=True)
    await _verified(stood, [], whole=False)
    shown = (await stood.page(stood.cast.su, "GET", "/books")).text
    assert ("The books disagree" in shown, "account 101 (cash)" in shown) == (True, True)
    assert "holds &lt;b&gt;5" in shown
    await _verified(stood, [], whole=True)
    assert "The books disagree" not in (await stood.page(stood.cast.su, "GET", "/books")).text


async def test_a_verification_is_asked_for(stood: Standing) -> None:
    asked = await stood.page(stood.cast.su, "POST", "/books/verification")
    assert "asked for" in asked.headers["hx-trigger-after-swap"]
    async with reading(stood.pool) as connection:
        is_due = await connection.fetchval(
            "select due_at <= clock_timestamp() or started_at is not null from jobs "
            "where name = 'verification'"
        )
    assert is_due
    assert (await stood.page(stood.cast.su, "GET", "/books/verification")).status_code == 200
    for person in (stood.cast.min, stood.cast.aung):
        assert (await stood.page(person, "POST", "/books/verification")).status_code == 403


async def test_the_trail_tells_who_did_what_and_what_stood_before(stood: Standing) -> None:
    thida, hla = stood.cast.thida, stood.cast.hla
    acting.set(Actor(thida.id, "10.0.0.7"))
    async with transaction(stood.pool) as connection:
        await people.amend(connection, hla.id, thida.id, commission_rate=Decimal("7.25"))
    acting.set(None)

    async def trail(**asked: str) -> str:
        answer = await stood.page(thida, "GET", f"/books/trail?{urlencode(asked)}")
        assert answer.status_code == 200
        return answer.text

    of_hla = await trail(subject=f"user {hla.id}", who="THIDA")
    assert of_hla.count("commission rate") == 1
    for part in ("7.25", "12.50", "10.0.0.7", "thida", ">was<", ">now<"):
        assert part in of_hla
    assert "7.25" not in await trail(subject=f"user {stood.cast.khin.id}")
    assert "7.25" not in await trail(who="su")
    assert "nothing of that subject" in await trail(who="nobody")
    assert "password" not in await trail()
    for nonsense in ("%", "'", "user 5\x00", "x" * 60):
        await trail(subject=nonsense, who=nonsense)
    for wrong in ("cursor=x", f"subject={'x' * 61}"):
        answer = await stood.page(thida, "GET", f"/books/trail?{wrong}")
        assert answer.status_code == 400


async def _verified(stood: Standing, findings: list[dict[str, str]], whole: bool) -> None:
    async with transaction(stood.pool) as connection:
        await connection.execute(
            "insert into verifications (started_at, finished_at, whole, up_to, position, "
            "account_count, equal_count, findings) "
            "values (now(), now(), $1, 0, 0, 20, 20 - $2, $3::text::jsonb)",
            whole,
            len(findings),
            msgspec.json.encode(findings).decode(),
        )
