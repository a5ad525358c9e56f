"""Draws over HTTP: rehearsed, entered, put right, and the history of them."""

from typing import Any

import httpx
import pytest

from banker.database import Pool
from tests.balanced import assert_books_balance
from tests.cast import Cast, placed
from tests.web.answers import TIME, answered, refused
from tests.web.conftest import Api

DRAW_FIELDS = {
    "revision", "number", "source", "reason", "total_out", "net_profit", "payout_count",
    "partner_earnings", "debt", "entered_by", "approved_by", "entered_at",
}  # fmt: skip
SETTLEMENT_FIELDS = {
    "phase_id", "number", "total_in", "total_out", "commission", "net_profit", "ticket_count",
    "bet_count", "payout_count", "seal", "closed_at", "settled_at",
}  # fmt: skip
RIGHT = {"number": "138", "source": "the gazette", "reason": "misheard"}


@pytest.fixture
async def closed(pool: Pool, api: Api, cast: Cast) -> str:
    """The path of the cast's phase, closed; Aung has 137 and Khin has 138."""
    await placed(pool, cast.phase, cast.aung, "137 500")
    await placed(pool, cast.phase, cast.khin, "138 200")
    path = f"/api/phases/{cast.phase.id}"
    answered(await api.ask("min", "POST", f"{path}/closure"))
    return path


async def settle(api: Api, path: str, number: str = "137", **more: Any) -> httpx.Response:
    return await api.ask("min", "POST", f"{path}/settlement", {"number": number, **more})


async def correct(api: Api, path: str, **body: Any) -> httpx.Response:
    return await api.ask("min", "POST", f"{path}/resettlement", body)


async def test_a_phase_is_settled_and_settled_anew(
    pool: Pool, api: Api, closed: str, cast: Cast
) -> None:
    first = answered(await settle(api, closed, source="the radio"))
    assert set(first) == SETTLEMENT_FIELDS
    assert (first["number"], first["total_out"]) == ("137", "40000.00")
    assert first["net_profit"] == "-39375.00"
    assert answered(await settle(api, closed)) == first, "again it is the same"
    second = answered(await correct(api, closed, **RIGHT))
    assert set(second) == SETTLEMENT_FIELDS
    assert (second["number"], second["total_out"]) == ("138", "16000.00")
    assert answered(await correct(api, closed, **RIGHT)) == second
    assert len(answered(await api.ask("min", "GET", f"{closed}/draws"))) == 2
    assert answered(await api.ask("min", "GET", f"{closed}/settlement")) == second
    await assert_books_balance(pool)


async def test_every_draw_can_be_read_the_one_that_counts_first(api: Api, closed: str) -> None:
    assert answered(await api.ask("min", "GET", f"{closed}/draws")) == []
    answered(await settle(api, closed))
    answered(await correct(api, closed, **RIGHT))
    draws = answered(await api.ask("min", "GET", f"{closed}/draws"))
    assert all(set(one) == DRAW_FIELDS for one in draws)
    assert all(TIME.fullmatch(one["entered_at"]) for one in draws)
    told = [(one["revision"], one["number"], one["source"], one["reason"]) for one in draws]
    assert told == [(2, "138", "the gazette", "misheard"), (1, "137", "not named", None)]
    assert [one["total_out"] for one in draws] == ["16000.00", "40000.00"]
    assert [one["debt"] for one in draws] == ["0.00", "0.00"]
    assert [one["partner_earnings"] for one in draws] == ["25.00", "0.00"]


async def test_a_debt_is_told_where_it_arose(pool: Pool, api: Api, closed: str, cast: Cast) -> None:
    answered(await settle(api, closed))
    body = {"user_id": str(cast.aung.id), "amount": "1039575.00", "reason": "a house"}
    taken = await api.ask("su", "POST", "/api/cash/withdrawals", body, key="all")
    assert taken.json()["cash_balance"] == "0.00", taken.text
    rehearsed = answered(await api.ask("min", "POST", f"{closed}/rehearsal", {"number": "138"}))
    assert (rehearsed["revision"], rehearsed["debt"]) == (2, "40000.00")
    by_name = {one["collector"]: one for one in rehearsed["effects"]}
    assert by_name["aung"]["cash_after"] == "-40000.00"
    assert (by_name["khin"]["paid"], by_name["khin"]["debt"]) == ("16000.00", "0.00")
    answered(await correct(api, closed, **RIGHT))
    [last, _] = answered(await api.ask("min", "GET", f"{closed}/draws"))
    assert last["debt"] == "40000.00"
    balance = answered(await api.ask("aung", "GET", f"/api/users/{cast.aung.id}/balance"))
    assert (balance["cash_balance"], balance["available"]) == ("-40000.00", "0.00")
    await assert_books_balance(pool)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": "138", "source": "the gazette"},
        {"number": "138", "reason": ""},
        {"number": "138", "reason": "   "},
        {"number": "138", "reason": None},
        {"number": "138", "reason": "x" * 201},
        {"number": "138", "reason": "mis\x00heard"},
        {"number": "138", "reason": "misheard", "source": ""},
        {"number": "1380", "reason": "misheard"},
        {"number": 138, "reason": "misheard"},
        {"number": "१३८", "reason": "misheard"},
        {"number": "138", "reason": "misheard", "revision": 3},
    ],
)
async def test_a_correction_that_cannot_be_read_changes_nothing(
    api: Api, closed: str, body: dict[str, Any]
) -> None:
    before = answered(await settle(api, closed))
    refused(await correct(api, closed, **body), 400)
    assert answered(await api.ask("min", "GET", f"{closed}/settlement")) == before


async def test_the_longest_words_are_kept(api: Api, closed: str) -> None:
    words = {"source": "\u1000" * 200, "reason": "x" * 200}
    answered(await settle(api, closed, source=words["source"]))
    answered(await correct(api, closed, number="138", **words))
    [last, first] = answered(await api.ask("min", "GET", f"{closed}/draws"))
    assert (last["source"], last["reason"]) == (words["source"], words["reason"])
    assert (first["source"], first["reason"]) == (words["source"], None)


async def test_what_is_not_settled_is_not_put_right(
    pool: Pool, api: Api, closed: str, cast: Cast
) -> None:
    refused(await correct(api, closed, **RIGHT), 409, "wrong-state")
    drafted = answered(await api.ask("min", "POST", "/api/phases", {"name": "later"}), 201)
    path = f"/api/phases/{drafted['id']}"
    refused(await correct(api, path, **RIGHT), 409, "wrong-state")
    answered(await api.ask("min", "POST", f"{path}/opening"))
    refused(await correct(api, path, **RIGHT), 409, "wrong-state")
    refused(await settle(api, path), 409, "wrong-state")
    answered(await api.ask("min", "POST", f"{path}/void", {"reason": "no draw"}))
    refused(await correct(api, path, **RIGHT), 409, "wrong-state")
    answered(await settle(api, closed))
    refused(await settle(api, closed, "138"), 409, "wrong-state")
    await assert_books_balance(pool)


@pytest.mark.parametrize("phase_id", ["999", "0", "-1", "x", "99999999999999999999"])
async def test_a_phase_that_there_is_not_has_no_draws(api: Api, closed: str, phase_id: str) -> None:
    path = f"/api/phases/{phase_id}"
    refused(await correct(api, path, **RIGHT), 404, "not-found")
    refused(await settle(api, path), 404, "not-found")
    refused(await api.ask("min", "GET", f"{path}/draws"), 404, "not-found")
    rehearsed = await api.ask("min", "POST", f"{path}/rehearsal", {"number": "137"})
    refused(rehearsed, 404, "not-found")


async def test_with_four_eyes_both_wait_for_a_second_person(
    pool: Pool, api: Api, closed: str
) -> None:
    ruled = await api.ask("thida", "PUT", "/api/house-rules", {"four_eyes_above": "100.00"})
    answered(ruled)
    waits = answered(await settle(api, closed), 202)
    assert answered(await settle(api, closed), 202) == waits, "asked twice it is one"
    path = f"/api/approvals/{waits['approval_id']}/approval"
    refused(await api.ask("min", "POST", path), 403, "forbidden")
    refused(await api.ask("su", "POST", path), 403, "forbidden")
    done = answered(await api.ask("thida", "POST", path))
    assert (done["state"], done["outcome"]["number"]) == ("approved", "137")
    waits = answered(await correct(api, closed, **RIGHT), 202)
    path = f"/api/approvals/{waits['approval_id']}"
    assert answered(await api.ask("thida", "POST", f"{path}/refusal"))["state"] == "refused"
    refused(await api.ask("thida", "POST", f"{path}/approval"), 409, "wrong-state")
    waits = answered(await correct(api, closed, **RIGHT), 202)
    path = f"/api/approvals/{waits['approval_id']}"
    answered(await api.ask("thida", "POST", f"{path}/approval"))
    [last, first] = answered(await api.ask("min", "GET", f"{closed}/draws"))
    assert (last["number"], last["approved_by"]) == ("138", "thida")
    assert (first["number"], first["approved_by"]) == ("137", "thida")
    await assert_books_balance(pool)
