"""A thing asked twice over HTTP, one request after the other."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.databases import Clones
from tests.web.standing import Standing, fresh_key, standing


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _deposit(stood: Standing, key: str, amount: str = "5.00", **more: str) -> httpx.Response:
    body = {"user_id": str(stood.cast.khin.id), "amount": amount, "reason": "r", **more}
    return await stood.ask("su", "POST", "/api/cash/deposits", body, key)


async def _balance(stood: Standing, name: str) -> str:
    path = f"/api/users/{getattr(stood.cast, name).id}/balance"
    return (await stood.ask(name, "GET", path)).text


def _same(first: httpx.Response, again: httpx.Response) -> bool:
    return (first.status_code, first.content) == (again.status_code, again.content)


def _code(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_a_slip_sent_again_is_answered_with_the_same_bytes(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    first = await stood.place(path, "137 500", key=key)
    again = await stood.place(path, "137 500", key=key)
    assert first.status_code == 201
    assert _same(first, again)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_slip_sent_again_is_taken_once(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    await stood.place(path, "137 500", key=key)
    after = await _balance(stood, "aung")
    await stood.place(path, "137 500", key=key)
    assert await _balance(stood, "aung") == after
    risk = (await stood.ask("min", "GET", f"{path}/risk")).json()
    assert (risk["ticket_count"], risk["total_in"]) == (1, "500.00")


async def test_a_slip_is_answered_again_after_more_has_happened(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    first = await stood.place(path, "137 500", key=key)
    await stood.place(path, "137 500")
    await stood.ask("thida", "POST", f"/api/tickets/{first.json()['id']}/void")
    assert _same(first, await stood.place(path, "137 500", key=key))


async def test_a_slip_is_answered_again_after_the_closing(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    first = await stood.place(path, "137 500", key=key)
    await stood.ask("min", "POST", f"{path}/closure")
    again = await stood.place(path, "137 500", key=key)
    assert again.status_code == 201
    assert _same(first, again)
    assert _code(await stood.place(path, "137 500")) == (409, "phase-closed")


async def test_a_slip_is_answered_again_while_the_intake_is_stopped(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    first = await stood.place(path, "137 500", key=key)
    await stood.ask("thida", "POST", f"{path}/intake", {"open": False})
    assert _same(first, await stood.place(path, "137 500", key=key))


@pytest.mark.parametrize("text", ["137 501", "138 500", "137  500"])
async def test_a_key_with_another_slip_is_refused(stood: Standing, text: str) -> None:
    path, key = await stood.open(), fresh_key()
    await stood.place(path, "137 500", key=key)
    assert _code(await stood.place(path, text, key=key)) == (422, "key-reused")


async def test_a_key_with_another_note_is_refused(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    await stood.place(path, "137 500", key=key)
    body = {"text": "137 500", "note": "for uncle"}
    noted = await stood.ask("aung", "POST", f"{path}/tickets", body, key)
    assert _code(noted) == (422, "key-reused")


async def test_a_key_with_another_phase_is_refused(stood: Standing) -> None:
    key = fresh_key()
    await stood.place(await stood.open(), "137 500", key=key)
    assert _code(await stood.place(await stood.open(), "137 500", key=key)) == (422, "key-reused")


async def test_after_a_wrong_slip_the_key_still_answers_the_first(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    first = await stood.place(path, "137 500", key=key)
    await stood.place(path, "137 501", key=key)
    assert _same(first, await stood.place(path, "137 500", key=key))


@pytest.mark.parametrize(
    ("refused", "status"), [("hello", 422), ("137 60000", 409), ("137 50000", 402)]
)
async def test_a_refused_slip_is_mended_under_its_key(
    stood: Standing, refused: str, status: int
) -> None:
    path, key = await stood.open(), fresh_key()
    name = "hla" if status == 402 else "aung"
    assert (await stood.place(path, refused, name, key=key)).status_code == status
    if status == 402:
        body = {"user_id": str(stood.cast.hla.id), "amount": "500", "reason": "r"}
        await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key())
    mended = await stood.place(path, "137 500", name, key=key)
    assert mended.status_code == 201
    assert "idempotent-replayed" not in mended.headers


async def test_a_slip_refused_by_a_stopped_intake_goes_in_later_under_its_key(
    stood: Standing,
) -> None:
    path, key = await stood.open(), fresh_key()
    await stood.ask("thida", "POST", f"{path}/intake", {"open": False})
    assert (await stood.place(path, "137 1", key=key)).status_code == 409
    await stood.ask("thida", "POST", f"{path}/intake", {"open": True})
    assert (await stood.place(path, "137 1", key=key)).status_code == 201


async def test_a_key_belongs_to_its_collector(stood: Standing) -> None:
    path, key = await stood.open(), fresh_key()
    first = await stood.place(path, "137 500", "aung", key=key)
    other = await stood.place(path, "137 500", "khin", key=key)
    assert (other.status_code, other.json()["sequence"]) == (201, 2)
    assert other.json()["id"] != first.json()["id"]


async def test_a_key_belongs_to_its_operation(stood: Standing) -> None:
    key = fresh_key()
    body = {"user_id": str(stood.cast.khin.id), "amount": "5.00", "reason": "r"}
    taken = await stood.ask("su", "POST", "/api/cash/deposits", body, key)
    given = await stood.ask("su", "POST", "/api/cash/withdrawals", body, key)
    assert (taken.status_code, given.status_code) == (201, 201)
    assert taken.json()["transfer_id"] != given.json()["transfer_id"]


async def test_a_key_is_read_to_the_letter(stood: Standing) -> None:
    path = await stood.open()
    first = await stood.place(path, "137 1", key="Letters")
    other = await stood.place(path, "137 1", key="letters")
    assert (first.json()["sequence"], other.json()["sequence"]) == (1, 2)


async def test_a_deposit_sent_again_is_counted_once(stood: Standing) -> None:
    key = fresh_key()
    first = await _deposit(stood, key)
    after = await _balance(stood, "khin")
    again = await _deposit(stood, key)
    assert first.status_code == 201
    assert _same(first, again)
    assert again.headers["idempotent-replayed"] == "true"
    assert await _balance(stood, "khin") == after


@pytest.mark.parametrize("more", [{"amount": "6.00"}, {"reason": "other"}])
async def test_a_key_with_another_deposit_is_refused(stood: Standing, more: dict[str, str]) -> None:
    key = fresh_key()
    await _deposit(stood, key)
    assert _code(await _deposit(stood, key, **more)) == (422, "key-reused")


async def test_a_deposit_in_another_spelling_is_the_same(stood: Standing) -> None:
    key = fresh_key()
    assert _same(await _deposit(stood, key, "5"), await _deposit(stood, key, "5.00"))


async def test_a_refused_withdrawal_is_mended_under_its_key(stood: Standing) -> None:
    key = fresh_key()
    body = {"user_id": str(stood.cast.ko.id), "amount": "5.00", "reason": "r"}
    refused = await stood.ask("su", "POST", "/api/cash/withdrawals", body, key)
    assert _code(refused) == (402, "insufficient-funds")
    await stood.ask("su", "POST", "/api/cash/deposits", body, fresh_key())
    mended = await stood.ask("su", "POST", "/api/cash/withdrawals", body, key)
    assert mended.status_code == 201
