"""Ids, pages of lists and keys that name nothing."""

import json

import pytest

from tests.web.answers import refused
from tests.web.standing import Standing, fresh_key

WRONG_IDS = [
    "abc", "-1", "0", "01", "1.0", "1e0", "99999999999", "9" * 400, "%2e%2e%2f", "..%2f1", "1%00",
    "%D9%A1", "%EF%BC%91", "+1", "%201", "1%20", "1%0a", "%ED%A0%80", "%FF", "1;drop", "null",
]  # fmt: skip


@pytest.mark.parametrize("phase_id", WRONG_IDS)
async def test_a_phase_by_a_wrong_id_is_not_found(stood: Standing, phase_id: str) -> None:
    refused(await stood.ask("thida", "GET", f"/api/phases/{phase_id}"), 404, "not-found")


@pytest.mark.parametrize("user_id", WRONG_IDS)
async def test_a_person_by_a_wrong_id_is_not_found(stood: Standing, user_id: str) -> None:
    refused(await stood.ask("thida", "PATCH", f"/api/users/{user_id}", {}), 404, "not-found")


@pytest.mark.parametrize(
    "ticket_id",
    [
        *WRONG_IDS,
        "7",
        "00000000-0000-0000-0000-00000000000g",
        "{00000000-0000-0000-0000-000000000001}",
        "urn:uuid:00000000-0000-0000-0000-000000000001",
        "00000000000000000000000000000001",
        "00000000-0000-0000-0000-000000000001",
    ],
)
async def test_a_ticket_by_a_wrong_id_is_not_found(stood: Standing, ticket_id: str) -> None:
    refused(await stood.ask("thida", "GET", f"/api/tickets/{ticket_id}"), 404, "not-found")


@pytest.mark.parametrize(
    "number", ["1000", "7", "-01", "abc", "0137", "%D9%A1%D9%A1%D9%A1", "1%00"]
)
async def test_a_number_that_does_not_exist_is_not_found(stood: Standing, number: str) -> None:
    path = f"/api/phases/1/limits/{number}"
    refused(await stood.ask("thida", "DELETE", path), 404, "not-found")


@pytest.mark.parametrize("user_id", ["abc", "-1", "0", "01", "5\n", " 5", "9" * 10, "٥", 5, None])
async def test_a_wrong_id_in_a_body_is_malformed(stood: Standing, user_id: object) -> None:
    body = {"user_id": user_id, "amount": "1", "reason": "r"}
    refused(await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key()), 400)


@pytest.mark.parametrize("user_id", ["1", "3", "999999999"])
async def test_money_for_someone_without_a_purse_is_not_found(
    stood: Standing, user_id: str
) -> None:
    body = {"user_id": user_id, "amount": "1", "reason": "r"}
    response = await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key())
    refused(response, 404, "not-found")


@pytest.mark.parametrize(
    "query",
    [
        "limit=abc",
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=1.5",
        "limit=",
        "limit=9999999999999999999",
        "cursor=x",
        "cursor=%00",
        "cursor=YWZ0ZXI6LTE=",
        "cursor=YWZ0ZXI6",
        "cursor=%F0%9F%98%80",
        "cursor=YWZ0ZXI6OTk5OTk5OTk5OTk5",
        "cursor=" + "a" * 41,
        "cursor=YmVmb3JlOjE=",
    ],
)
async def test_a_list_with_a_wrong_page_is_malformed(stood: Standing, query: str) -> None:
    for path in ("/api/phases", "/api/users", "/api/phases/1/tickets"):
        refused(await stood.ask("thida", "GET", f"{path}?{query}"), 400)


@pytest.mark.parametrize("role", ["owner", "%00", "Admin", ""])
async def test_a_list_of_a_role_that_does_not_exist_is_malformed(
    stood: Standing, role: str
) -> None:
    refused(await stood.ask("thida", "GET", f"/api/users?role={role}"), 400)


@pytest.mark.parametrize(
    "text",
    [
        "1" * (64 * 1024 + 1),
        "137 1\n" * 2001,
        "",
        "   ",
        "hello",
        "137",
        "137 0",
        "137 1e3",
        "137 1.234",
        "1377 5",
        "137 9999999999",
        "\ufeff\u202e137 x",
        "၁၃၇ ၅၀၀ x",
    ],
    ids=lambda text: repr(text[:20]),
)
async def test_a_slip_that_cannot_be_read_is_told_why(stood: Standing, text: str) -> None:
    problem = refused(await stood.place("/api/phases/1", text), 422, "unreadable-slip")
    first = problem["errors"][0]
    assert set(first) == {"line", "column", "text", "problem", "detail"}
    assert first["detail"]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": 7},
        {"text": None},
        {},
        {"text": "1=1", "note": 7},
        {"text": "1=1", "note": "x" * 501},
        {"text": "1=1", "stake": "1"},
    ],
)
async def test_a_slip_of_another_shape_is_malformed(
    stood: Standing, fields: dict[str, object]
) -> None:
    refused(await stood.ask("aung", "POST", "/api/phases/1/tickets", fields, fresh_key()), 400)


KEYS = {
    "no key": None,
    "an empty key": b"",
    "256 characters": b"k" * 256,
    "a blank inside": b"a b",
    "a tab inside": b"a\tb",
    "beyond ASCII": "ключ".encode(),
    "beyond UTF-8": b"\xff",
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
async def test_a_key_is_visible_characters(stood: Standing, key: bytes | None) -> None:
    deposit = {"user_id": str(stood.cast.aung.id), "amount": "1", "reason": "r"}
    for name, path, body in (
        ("aung", "/api/phases/1/tickets", {"text": "137 1"}),
        ("su", "/api/cash/deposits", deposit),
        ("su", "/api/cash/withdrawals", deposit),
    ):
        headers = [
            (b"Authorization", f"Bearer {await stood.api.token(name)}".encode()),
            (b"Content-Type", b"application/json"),
            *([] if key is None else [(b"Idempotency-Key", key)]),
        ]
        response = await stood.client.post(path, content=json.dumps(body), headers=headers)
        refused(response, 400, "key-missing")


async def test_a_key_that_is_bound_takes_no_other_slip(stood: Standing) -> None:
    response = await stood.place("/api/phases/1", "137 501", key="bound")
    refused(response, 422, "key-reused")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "aung"},
        {"username": None, "password": "x"},
        {"username": 7, "password": "x"},
        {"username": "aung", "password": "x", "role": "admin"},
    ],
    ids=repr,
)
async def test_half_a_sign_in_is_malformed(stood: Standing, body: dict[str, object]) -> None:
    refused(await stood.client.post("/api/tokens", json=body), 400)


@pytest.mark.parametrize("username", ["a\0b", "", "x" * 10_000, "aung\0", "🎲", "aung' or true --"])
async def test_a_strange_name_is_a_wrong_sign_in(stood: Standing, username: str) -> None:
    body = {"username": username, "password": "x"}
    refused(await stood.client.post("/api/tokens", json=body), 401, "wrong-sign-in")
