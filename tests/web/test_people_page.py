"""The page of the people, and one's own account."""

from collections.abc import AsyncIterator

import pytest

from banker.books import people
from banker.books.people import Person
from banker.database import transaction
from tests.cast import PASSWORD, PASSWORD_HASH
from tests.databases import Clones
from tests.web.forms import filled
from tests.web.standing import Standing, standing

NEW = {"username": "nilar", "password": "long enough", "role": "collector", "commission_rate": "9"}


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _add(stood: Standing, **fields: str) -> Person:
    answer = await stood.page(stood.cast.thida, "POST", "/people", {**NEW, **fields})
    assert answer.status_code == 200, answer.text
    async with transaction(stood.pool) as connection:
        return (await people.listed(connection, 1000))[-1]


async def _read(stood: Standing, person: Person) -> Person:
    async with transaction(stood.pool) as connection:
        return await people.read(connection, person.id)


async def test_fields_of_another_role_are_passed_over(stood: Standing) -> None:
    added = await _add(
        stood,
        username="wai",
        role="cashier",
        share_percentage="7",
        partner_id=str(stood.cast.ko.id),
    )
    assert (added.role, added.commission_rate, added.partner_id) == ("cashier", 0, None)


@pytest.mark.parametrize(
    ("field", "typed", "status"),
    [
        ("username", "AUNG", 409),
        ("username", "", 400),
        ("password", "short", 400),
        ("commission_rate", "101", 400),
        ("partner_id", "999999", 400),
        ("partner_id", "x", 400),
    ],
)
async def test_a_refusal_is_said_at_its_field(
    stood: Standing, field: str, typed: str, status: int
) -> None:
    form = {**NEW, "username": "refused", field: typed}
    answer = await stood.page(stood.cast.thida, "POST", "/people", form)
    about = answer.text.partition(f'id="about-{field}"')[2].partition("</p>")[0]
    assert (answer.status_code, "field-error" in about) == (status, True)


async def test_a_person_is_changed_disabled_and_let_in_again(stood: Standing) -> None:
    admin, added = stood.cast.thida, await _add(stood, username="moe")
    path = f"/people/{added.id}"
    form = {"username": "moe moe", "commission_rate": "12.5", "partner_id": str(stood.cast.ko.id)}
    assert (await stood.page(admin, "POST", path, form)).status_code == 200
    changed = await _read(stood, added)
    assert (changed.username, changed.partner_id) == ("moe moe", stood.cast.ko.id)
    taken = await stood.page(admin, "POST", path, {**form, "username": "aung"})
    assert (taken.status_code, "is taken" in taken.text) == (409, True)
    for disabled in ("true", "false"):
        answer = await stood.page(admin, "POST", f"{path}/disabling", {"disabled": disabled})
        assert answer.status_code == 200
        assert ((await _read(stood, added)).disabled_at is not None) is (disabled == "true")


async def test_a_form_of_a_person_changes_only_what_was_changed_in_it(stood: Standing) -> None:
    admin, added = stood.cast.thida, await _add(stood, username="zaw")
    path = f"/people/{added.id}"
    form = filled((await stood.page(admin, "GET", path)).text, path)
    by_another = {"commission_rate": "11", "partner_id": str(stood.cast.ko.id)}
    answer = await stood.ask("thida", "PATCH", f"/api{path.replace('people', 'users')}", by_another)
    assert answer.status_code == 200, answer.text
    answer = await stood.page(admin, "POST", path, {**form, "username": "zaw zaw"})
    assert answer.status_code == 200
    changed = await _read(stood, added)
    assert (changed.username, changed.commission_rate, changed.partner_id) == (
        "zaw zaw",
        11,
        stood.cast.ko.id,
    )
    async with transaction(stood.pool) as connection:
        other = await people.add(connection, "another partner", "partner", PASSWORD_HASH)
    mine = {**form, "commission_rate": "12", "partner_id": str(other.id)}
    answer = await stood.page(admin, "POST", path, mine)
    assert answer.status_code == 409
    assert "now it is 11" in answer.text
    assert f"now it is {stood.cast.ko.username}" in answer.text
    again = filled(answer.text, path)
    assert (again["username"], again["commission_rate"]) == ("zaw zaw", "12")
    assert (await stood.page(admin, "POST", path, again)).status_code == 200
    changed = await _read(stood, added)
    assert (changed.commission_rate, changed.partner_id) == (12, other.id)


async def test_a_new_password_ends_the_old_sessions(stood: Standing) -> None:
    added = await _add(stood, username="ye")
    old = {"Cookie": f"banker={await stood.token(added, 'page')}"}
    form = {"password": "another one"}
    answer = await stood.page(stood.cast.thida, "POST", f"/people/{added.id}/password", form)
    assert answer.status_code == 200
    assert (await stood.client.get("/account", headers=old)).headers["location"] == "/signin"


async def test_people_are_found_by_name_and_role(stood: Standing) -> None:
    found = await stood.page(stood.cast.thida, "GET", "/people?name=AUN&role=collector")
    table = found.text.partition('id="people"')[2]
    assert (">aung<" in table, ">khin<" in table) == (True, False)
    assert (await stood.page(stood.cast.thida, "GET", "/people?role=king")).status_code == 400


async def test_nobody_disables_themselves(stood: Standing) -> None:
    thida = stood.cast.thida
    form = {"disabled": "true"}
    answer = await stood.page(thida, "POST", f"/people/{thida.id}/disabling", form)
    assert (answer.status_code, "Nobody disables themselves" in answer.text) == (409, True)


async def test_ones_own_password_is_changed_for_the_old_one(stood: Standing) -> None:
    hla, new = stood.cast.hla, "a new password"
    wrong = {"old": "not it", "password": new, "again": new}
    answer = await stood.page(hla, "POST", "/account/password", wrong)
    assert (answer.status_code, "not your password" in answer.text) == (400, True)
    differing = {"old": PASSWORD, "password": new, "again": "another password"}
    assert (await stood.page(hla, "POST", "/account/password", differing)).status_code == 400
    right = {**wrong, "old": PASSWORD}
    answer = await stood.page(hla, "POST", "/account/password", right)
    assert answer.headers["location"] == "/signin"
    signed_in = {"username": "hla", "password": new}
    assert (await stood.client.post("/api/tokens", json=signed_in)).status_code == 201


async def test_a_partner_sees_whom_they_brought_in(stood: Standing) -> None:
    shown = (await stood.page(stood.cast.ko, "GET", "/account")).text
    assert ("aung" in shown, "khin" in shown) == (True, False)
