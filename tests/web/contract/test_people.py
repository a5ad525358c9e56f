"""The public face of people: tokens, persons, balances, cash."""

from typing import Any

import pytest

from tests.cast import PASSWORD
from tests.web.answers import BALANCE, MONEY, TIME, answered, refused
from tests.web.standing import Standing, fresh_key


async def test_a_token_is_told_once_with_its_role_and_end(stood: Standing) -> None:
    body = {"username": "min", "password": PASSWORD}
    token = answered(await stood.client.post("/api/tokens", json=body), 201)
    assert set(token) == {"token", "role", "user_id", "expires_at"}
    assert (token["role"], token["user_id"]) == ("manager", str(stood.cast.min.id))
    assert TIME.fullmatch(token["expires_at"])


async def test_a_name_signs_in_in_any_case(stood: Standing) -> None:
    body = {"username": " MIN ", "password": PASSWORD}
    assert answered(await stood.client.post("/api/tokens", json=body), 201)["role"] == "manager"


async def test_a_token_that_is_deleted_opens_nothing(stood: Standing) -> None:
    headers = {"Authorization": f"Bearer {await stood.token(stood.cast.min)}"}
    ended = await stood.client.delete("/api/tokens/current", headers=headers)
    assert (ended.status_code, ended.content) == (204, b"")
    again = await stood.client.delete("/api/tokens/current", headers=headers)
    refused(again, 401, "not-signed-in")


async def _person(stood: Standing, username: str, **fields: str) -> Any:
    body = {"username": username, "password": PASSWORD, "role": "collector", **fields}
    return answered(await stood.ask("thida", "POST", "/api/users", body), 201)


async def test_a_person_is_shown_without_a_word_of_the_password(stood: Standing) -> None:
    partner = str(stood.cast.ko.id)
    person = await _person(stood, "nu", commission_rate="12.50", partner_id=partner)
    assert TIME.fullmatch(person.pop("created_at"))
    assert person.pop("id").isdigit()
    assert person == {
        "username": "nu",
        "role": "collector",
        "commission_rate": "12.5",
        "partner_id": partner,
        "share_percentage": "0",
        "disabled": False,
    }


async def test_a_name_is_taken_once_in_any_case(stood: Standing) -> None:
    await _person(stood, "zaw")
    body = {"username": "ZAW", "password": PASSWORD, "role": "cashier"}
    refused(await stood.ask("thida", "POST", "/api/users", body), 409, "name-taken")


async def test_people_are_listed_by_role_and_page(stood: Standing) -> None:
    path = "/api/users?role=collector&limit=2"
    first = answered(await stood.ask("thida", "GET", path))
    assert set(first) == {"items", "cursor"}
    assert [one["username"] for one in first["items"]] == ["aung", "khin"]
    second = answered(await stood.ask("thida", "GET", f"{path}&cursor={first['cursor']}"))
    assert second["items"][0]["username"] == "hla"


async def test_a_list_ends_without_a_cursor(stood: Standing) -> None:
    assert answered(await stood.ask("thida", "GET", "/api/users?limit=200"))["cursor"] is None


async def test_a_person_is_renamed_and_keeps_the_rest(stood: Standing) -> None:
    person = await _person(stood, "old name", commission_rate="7")
    path = f"/api/users/{person['id']}"
    renamed = answered(await stood.ask("thida", "PATCH", path, {"username": "new name"}))
    assert renamed == {**person, "username": "new name"}


async def test_a_rate_is_changed(stood: Standing) -> None:
    person = await _person(stood, "rated")
    path = f"/api/users/{person['id']}"
    changed = answered(await stood.ask("thida", "PATCH", path, {"commission_rate": "3.25"}))
    assert changed["commission_rate"] == "3.25"


async def test_a_partner_is_taken_off_with_null(stood: Standing) -> None:
    person = await _person(stood, "brought", partner_id=str(stood.cast.ko.id))
    path = f"/api/users/{person['id']}"
    changed = answered(await stood.ask("thida", "PATCH", path, {"partner_id": None}))
    assert changed["partner_id"] is None


async def test_an_empty_change_changes_nothing(stood: Standing) -> None:
    person = await _person(stood, "same")
    unchanged = answered(await stood.ask("thida", "PATCH", f"/api/users/{person['id']}", {}))
    assert unchanged == person


async def test_nobody_disables_themselves(stood: Standing) -> None:
    path = f"/api/users/{stood.cast.thida.id}"
    refused(await stood.ask("thida", "PATCH", path, {"disabled": True}), 409, "wrong-state")


async def test_an_unknown_person_is_not_found(stood: Standing) -> None:
    refused(await stood.ask("thida", "PATCH", "/api/users/99999", {}), 404, "not-found")


async def test_a_balance_is_seven_facts(stood: Standing) -> None:
    path = f"/api/users/{stood.cast.khin.id}/balance"
    balance = answered(await stood.ask("khin", "GET", path))
    assert set(balance) == BALANCE
    assert balance.pop("credit_approved") is False
    assert all(MONEY.fullmatch(amount) for amount in balance.values())


@pytest.mark.parametrize("name", ["su", "thida"])
async def test_a_cashier_and_an_admin_see_anybodys_balance(stood: Standing, name: str) -> None:
    path = f"/api/users/{stood.cast.khin.id}/balance"
    answered(await stood.ask(name, "GET", path))


@pytest.mark.parametrize("name", ["aung", "ko", "min"])
async def test_anybody_elses_balance_is_not_found(stood: Standing, name: str) -> None:
    path = f"/api/users/{stood.cast.khin.id}/balance"
    refused(await stood.ask(name, "GET", path), 404, "not-found")


async def test_someone_without_a_purse_has_no_balance(stood: Standing) -> None:
    path = f"/api/users/{stood.cast.min.id}/balance"
    refused(await stood.ask("min", "GET", path), 404, "not-found")


async def test_a_deposit_is_answered_with_the_balances_after_it(stood: Standing) -> None:
    person = await _person(stood, "rich")
    body = {"user_id": person["id"], "amount": "1500.00", "reason": "first money"}
    counted = answered(await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key()), 201)
    assert set(counted) == BALANCE | {"transfer_id", "user_id", "amount"}
    assert counted["transfer_id"].isdigit()
    assert (counted["amount"], counted["cash_balance"]) == ("1500.00", "1500.00")


async def test_a_withdrawal_takes_no_more_than_the_cash(stood: Standing) -> None:
    person = await _person(stood, "poor")
    body = {"user_id": person["id"], "amount": "10.00", "reason": "r"}
    await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key())
    path = "/api/cash/withdrawals"
    problem = refused(
        await stood.ask("su", "POST", path, {**body, "amount": "10.01"}, fresh_key()),
        402,
        "insufficient-funds",
    )
    assert (problem["needed"], problem["available"]) == ("10.01", "10.00")
    counted = answered(await stood.ask("su", "POST", path, body, fresh_key()), 201)
    assert counted["total_balance"] == "0.00"
