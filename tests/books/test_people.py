import asyncio
import unicodedata
from decimal import Decimal
from typing import Any

import pytest

from banker.books import ledger, people, placement, session
from banker.books.people import Person
from banker.books.request import Answer
from banker.database import Pool, transaction
from banker.errors import Malformed, NameTaken, NotFound, NotSignedIn, WrongState
from tests.balanced import assert_books_balance
from tests.cast import PASSWORD_HASH, Cast, place, placed, slip


async def add(pool: Pool, name: str, role: str, **more: Any) -> Person:
    async with transaction(pool) as connection:
        return await people.add(connection, name, role, PASSWORD_HASH, **more)


async def amend(pool: Pool, cast: Cast, person: Person, **changes: Any) -> Person:
    async with transaction(pool) as connection:
        return await people.amend(connection, person.id, cast.thida.id, **changes)


@pytest.mark.parametrize(
    ("role", "holds"),
    [
        ("admin", False),
        ("manager", False),
        ("cashier", False),
        ("collector", True),
        ("partner", True),
    ],
)
async def test_collectors_and_partners_have_purses(
    pool: Pool, cast: Cast, role: str, holds: bool
) -> None:
    added = await add(pool, "new", role)
    assert (added.role, added.disabled_at, added.partner_id) == (role, None, None)
    async with transaction(pool) as connection:
        assert ((await ledger.lock(connection, [added.id])).holds(added.id)) is holds
    await assert_books_balance(pool)


async def test_a_role_is_one_of_five(pool: Pool, cast: Cast) -> None:
    with pytest.raises(Malformed, match="no role"):
        await add(pool, "new", "provider")
    with pytest.raises(NotFound):
        await amend(pool, cast, Person(**{**_fields(cast.aung), "id": 999}), username="x")


@pytest.mark.parametrize(
    "name", ["aung", "AUNG", " Aung ", "José", unicodedata.normalize("NFD", "JOSÉ")]
)
async def test_a_name_is_taken_once_in_any_case_and_composition(
    pool: Pool, cast: Cast, name: str
) -> None:
    await add(pool, "josé", "manager")
    with pytest.raises(NameTaken):
        await add(pool, name, "cashier")
    with pytest.raises(NameTaken):
        await amend(pool, cast, cast.khin, username=name)
    await add(pool, name + "2", "cashier")


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * 51, "a\0b", "a\nb", "a\x7fb", "a\ud800b", "a\u2028b"]
)
async def test_a_name_is_visible_characters_on_one_line(pool: Pool, cast: Cast, name: str) -> None:
    with pytest.raises(Malformed) as refused:
        await add(pool, name, "cashier")
    assert refused.value.facts == {"field": "username"}
    assert (await add(pool, "ဒေါ်ခင် 😀" + "x" * 30, "cashier")).id


async def test_of_two_who_take_a_name_at_once_one_has_it(pool: Pool, cast: Cast) -> None:
    taken = await asyncio.gather(
        *(add(pool, "new", "collector") for _ in range(6)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in taken) == ["NameTaken"] * 5 + ["Person"]
    await assert_books_balance(pool)


@pytest.mark.parametrize(
    ("role", "rates", "field"),
    [
        ("cashier", {"commission_rate": Decimal(1)}, "commission_rate"),
        ("collector", {"share_percentage": Decimal(1)}, "share_percentage"),
        ("partner", {"partner_id": 4}, "partner_id"),
        ("collector", {"partner_id": 1}, "partner_id"),
        ("collector", {"partner_id": 999}, "partner_id"),
    ],
)
async def test_rates_belong_to_roles(
    pool: Pool, cast: Cast, role: str, rates: dict[str, Any], field: str
) -> None:
    with pytest.raises(Malformed) as refused:
        await add(pool, "new", role, **rates)
    assert refused.value.facts == {"field": field}
    partner = await add(
        pool, "p", "partner", commission_rate=Decimal(100), share_percentage=Decimal("0.01")
    )
    added = await add(pool, "c", "collector", commission_rate=Decimal(1), partner_id=partner.id)
    with pytest.raises(Malformed):
        await amend(pool, cast, added, share_percentage=Decimal(1))
    assert (await amend(pool, cast, added, partner_id=None)).partner_id is None


async def test_a_change_keeps_what_it_leaves_out(pool: Pool, cast: Cast) -> None:
    renamed = await amend(pool, cast, cast.aung, username=" Aung Aung ")
    assert renamed == Person(**{**_fields(cast.aung), "username": "Aung Aung"})
    rated = await amend(pool, cast, cast.aung, commission_rate=Decimal("2.5"))
    assert (rated.username, rated.commission_rate) == ("Aung Aung", Decimal("2.50"))


async def test_a_ticket_keeps_the_rate_it_was_taken_at(pool: Pool, cast: Cast) -> None:
    assert (await placed(pool, cast.phase, cast.aung, "123 100")).commission == 15
    await amend(pool, cast, cast.aung, commission_rate=Decimal(0))
    assert (await placed(pool, cast.phase, cast.aung, "123 100")).commission == 0
    await assert_books_balance(pool)


async def test_whoever_is_disabled_is_out_and_signs_in_anew_when_enabled(
    pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        opened = await session.open_(connection, cast.aung.id, "page", "192.0.2.7")
        assert await session.holder(connection, opened.token, "page") is not None
    first = await amend(pool, cast, cast.aung, disabled=True)
    again = await amend(pool, cast, cast.aung, disabled=True)
    assert first.disabled_at == again.disabled_at is not None
    renamed = await amend(pool, cast, cast.aung, username="out")
    assert renamed.disabled_at == first.disabled_at
    assert (await amend(pool, cast, cast.aung, disabled=False)).disabled_at is None
    async with transaction(pool) as connection:
        assert await session.holder(connection, opened.token, "page") is None


async def test_nobody_disables_themselves(pool: Pool, cast: Cast) -> None:
    with pytest.raises(WrongState):
        await amend(pool, cast, cast.thida, disabled=True)
    assert (await amend(pool, cast, cast.thida, username="Thida")).disabled_at is None


async def test_a_slip_that_waited_while_its_collector_was_disabled_is_refused(
    pool: Pool, cast: Cast
) -> None:
    first, second = slip(cast.aung, "123 5"), slip(cast.khin, "123 5")
    await amend(pool, cast, cast.aung, disabled=True)
    refusal, answer = await place(pool, cast.phase, first, second)
    assert isinstance(refusal, NotSignedIn)
    assert isinstance(answer, Answer)
    await amend(pool, cast, cast.aung, disabled=False)
    [answer] = await place(pool, cast.phase, first)
    assert isinstance(answer, Answer)
    assert not answer.replayed
    await assert_books_balance(pool)


async def test_a_collector_is_renamed_while_a_slip_is_being_taken(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        [answer] = (
            await placement.place(connection, cast.phase.id, [slip(cast.aung, "123 5")])
        ).answers
        assert isinstance(answer, Answer)
        async with asyncio.timeout(1):
            await amend(pool, cast, cast.aung, username="renamed", commission_rate=Decimal(0))
    await placed(pool, cast.phase, cast.aung, "123 5")
    await assert_books_balance(pool)


async def test_a_new_password_signs_out_everywhere(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        opened = await session.open_(connection, cast.aung.id, "api", "192.0.2.7")
        other = await session.open_(connection, cast.khin.id, "api", "192.0.2.7")
        await people.set_password(connection, cast.aung.id, "another")
        assert await session.holder(connection, opened.token, "api") is None
        assert await session.holder(connection, other.token, "api") is not None
        found = await session.credentials(connection, "aung")
        assert found is not None
        assert found.password_hash == "another"
        with pytest.raises(NotFound):
            await people.set_password(connection, 999, "another")


async def test_people_are_listed_in_the_order_they_came(pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        everybody = await people.listed(connection, 100)
        assert [one.username for one in everybody][:2] == ["thida", "ko"]
        collectors = await people.listed(connection, 2, after=cast.aung.id, role="collector")
        assert [one.username for one in collectors] == ["khin", "hla"]


def _fields(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in Person.__struct_fields__}
