"""The cash desk and four eyes over HTTP: what each call answers, and to whom."""

from typing import Any

import httpx
import pytest

from banker.database import Pool
from tests.balanced import assert_books_balance
from tests.cast import Cast
from tests.web.conftest import Api

SEEDS_FIELDS = {
    "cash_balance",
    "bonus_balance",
    "credit_balance",
    "credit_limit",
    "credit_approved",
    "total_balance",
    "available",
}
keys = iter(range(1_000_000))


async def count(
    api: Api, call: str, who: str = "su", key: str | None = None, **body: Any
) -> httpx.Response:
    """A call of the desk, under a key of its own unless one is given."""
    body = {"reason": "at the counter", **body}
    return await api.ask(who, "POST", f"/api/cash/{call}", body, key=key or f"k{next(keys)}")


async def test_credit_is_granted_drawn_and_repaid(pool: Pool, api: Api, cast: Cast) -> None:
    hla = str(cast.hla.id)
    granted = await count(api, "credit-limits", user_id=hla, amount="100.00")
    assert granted.status_code == 201, granted.text
    assert granted.json() == {
        "user_id": hla,
        "cash_balance": "0.00",
        "bonus_balance": "0.00",
        "credit_balance": "0.00",
        "credit_limit": "100.00",
        "credit_approved": True,
        "total_balance": "0.00",
        "available": "100.00",
    }
    drawn = (await count(api, "advances", user_id=hla, amount="60.00")).json()
    assert (drawn["credit_balance"], drawn["available"]) == ("-60.00", "40.00")
    too_much = await count(api, "advances", user_id=hla, amount="40.01")
    assert too_much.status_code == 402
    assert too_much.json()["available"] == "40.00"
    repaid = (await count(api, "repayments", user_id=hla, amount="60.00")).json()
    assert set(repaid) == {"transfer_id", "user_id", "amount", *SEEDS_FIELDS}
    more = await count(api, "repayments", user_id=hla, amount="0.01")
    assert (more.status_code, more.json()["code"]) == (409, "wrong-state")
    shown = await api.ask("hla", "GET", f"/api/users/{hla}/balance")
    assert set(shown.json()) == SEEDS_FIELDS
    await assert_books_balance(pool)


async def test_a_bonus_and_its_reversal(pool: Pool, api: Api, cast: Cast) -> None:
    hla = str(cast.hla.id)
    granted = await count(api, "bonuses", user_id=hla, amount="20.00", requirement="60.00")
    assert granted.json()["bonus_balance"] == "20.00", granted.text
    second = await count(api, "bonuses", user_id=hla, amount="20.00")
    assert (second.status_code, second.json()["code"]) == (409, "wrong-state")
    for expires_at in ("2020-01-01T00:00:00Z", "2030-01-01T00:00:00"):
        refused = await count(
            api, "bonuses", user_id=str(cast.khin.id), amount="20.00", expires_at=expires_at
        )
        assert (refused.status_code, refused.json()["field"]) == (400, "expires_at")
    transfer_id = granted.json()["transfer_id"]
    part = await count(api, "reversals", transfer_id=transfer_id, amount="5.00", key="part")
    assert (part.status_code, part.json()["bonus_balance"]) == (201, "15.00")
    again = await count(api, "reversals", transfer_id=transfer_id, amount="5.00", key="part")
    assert (again.content, again.headers["idempotent-replayed"]) == (part.content, "true")
    other = await count(api, "reversals", transfer_id=transfer_id, amount="6.00", key="part")
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    shown = (await api.ask("su", "GET", f"/api/cash/transfers/{transfer_id}")).json()
    assert (shown["amount"], shown["undone"], shown["reverses"]) == ("20.00", "5.00", None)
    listed = (await api.ask("su", "GET", f"/api/cash/transfers?user_id={hla}&limit=1")).json()
    assert listed["items"][0]["reverses"] == transfer_id
    rest = (await api.ask("su", "GET", f"/api/cash/transfers?cursor={listed['cursor']}")).json()
    assert rest["items"][0]["transfer_id"] == transfer_id
    await assert_books_balance(pool)


async def test_only_an_admin_forces_a_debt(pool: Pool, api: Api, cast: Cast) -> None:
    hla = str(cast.hla.id)
    paid_in = (await count(api, "deposits", user_id=hla, amount="50.00")).json()
    await count(api, "withdrawals", user_id=hla, amount="45.00")
    gone = await count(api, "reversals", transfer_id=paid_in["transfer_id"])
    assert (gone.status_code, gone.json()["available"]) == (402, "5.00")
    forbidden = await count(api, "reversals", transfer_id=paid_in["transfer_id"], force=True)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "forbidden")
    forced = await count(
        api, "reversals", who="thida", transfer_id=paid_in["transfer_id"], force=True
    )
    assert (forced.json()["cash_balance"], forced.json()["available"]) == ("-45.00", "0.00")
    await assert_books_balance(pool)


async def test_a_shift_is_opened_and_closed_with_a_counted_drawer(
    pool: Pool, api: Api, cast: Cast
) -> None:
    async def ask(path: str, key: str, **body: Any) -> httpx.Response:
        return await api.ask("su", "POST", f"/api/cash/shifts{path}", body, key=key)

    assert (await ask("/current/closing", "a", counted="2000000.00")).status_code == 200
    assert (await api.ask("su", "GET", "/api/cash/shifts/current")).status_code == 404
    opened = await ask("", "b", opening_float="100.00")
    assert (opened.status_code, opened.json()["expected"]) == (201, "100.00")
    assert (await ask("", "c", opening_float="100.00")).json()["code"] == "wrong-state"
    await count(api, "deposits", user_id=str(cast.hla.id), amount="7.00")
    current = (await api.ask("su", "GET", "/api/cash/shifts/current")).json()
    assert (current["expected"], current["deposits"]) == ("107.00", "7.00")
    closed = await ask("/current/closing", "d", counted="106.00", note="one short")
    assert (closed.json()["difference"], closed.json()["note"]) == ("-1.00", "one short")
    mine = (await api.ask("su", "GET", "/api/cash/shifts")).json()["items"]
    assert [one["difference"] for one in mine] == ["-1.00", "0.00"]
    await count(api, "deposits", who="thida", user_id=str(cast.hla.id), amount="1.00")
    mine = (await api.ask("su", "GET", "/api/cash/shifts")).json()["items"]
    everybodys = (await api.ask("thida", "GET", "/api/cash/shifts")).json()["items"]
    assert (len(mine), len(everybodys)) == (2, 3)
    await assert_books_balance(pool)


async def test_four_eyes_from_the_rule_to_the_money(pool: Pool, api: Api, cast: Cast) -> None:
    rules = "/api/house-rules"
    assert (await api.ask("su", "GET", rules)).json() == {"four_eyes_above": None}
    assert (await api.ask("su", "PUT", rules, {"four_eyes_above": "10.00"})).status_code == 403
    body = {"four_eyes_above": "10.00"}
    assert (await api.ask("thida", "PUT", rules, body)).json() == body
    loosened = await api.ask("thida", "PUT", rules, {"four_eyes_above": None})
    assert loosened.status_code == 202
    waiting = await count(api, "withdrawals", user_id=str(cast.aung.id), amount="10.01", key="w")
    assert waiting.status_code == 202
    again = await count(api, "withdrawals", user_id=str(cast.aung.id), amount="10.01", key="w")
    assert (again.status_code, again.content) == (202, waiting.content)
    number = waiting.json()["approval_id"]
    own = await api.ask("su", "POST", f"/api/approvals/{number}/approval")
    assert (own.status_code, own.json()["code"]) == (403, "forbidden")
    shown = (await api.ask("thida", "GET", f"/api/approvals/{number}")).json()
    assert (shown["kind"], shown["state"], shown["holder"]) == ("withdrawal", "waiting", "aung")
    approved = await api.ask("thida", "POST", f"/api/approvals/{number}/approval")
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert approved.json()["outcome"]["cash_balance"] == "999989.99"
    twice = await api.ask("thida", "POST", f"/api/approvals/{number}/approval")
    assert twice.json() == approved.json()
    after = await api.ask("thida", "POST", f"/api/approvals/{number}/refusal")
    assert (after.status_code, after.json()["code"]) == (409, "wrong-state")
    listed = (await api.ask("min", "GET", "/api/approvals?state=waiting")).json()["items"]
    assert [one["kind"] for one in listed] == ["four-eyes"]
    for call in ("approval", "refusal"):
        assert (await api.ask("thida", "POST", f"/api/approvals/999/{call}")).status_code == 404
    await assert_books_balance(pool)


async def test_limits_of_an_open_phase_wait_when_they_rise(api: Api, cast: Cast) -> None:
    await api.ask("thida", "PUT", "/api/house-rules", {"four_eyes_above": "0.00"})
    path = f"/api/phases/{cast.phase.id}"
    low = await api.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "5.00"})
    assert low.json() == {"max_amount": "5.00"}
    high = await api.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "6.00"})
    gone = await api.ask("thida", "DELETE", f"{path}/limits/137")
    wide = await api.ask("min", "PATCH", path, {"global_limit": "60000.00"})
    assert [one.status_code for one in (high, gone, wide)] == [202, 202, 202]
    assert (await api.ask("min", "GET", path)).json()["global_limit"] == "50000.00"
    taken_back = f"/api/approvals/{wide.json()['approval_id']}/refusal"
    assert (await api.ask("min", "POST", taken_back, {"note": "a slip"})).status_code == 200
    raised = await api.ask("thida", "POST", taken_back.replace("refusal", "approval"))
    assert raised.json()["code"] == "wrong-state"


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("deposits", {"amount": "0.00"}),
        ("advances", {"amount": "1.001"}),
        ("repayments", {"amount": "-1.00"}),
        ("credit-limits", {"amount": "1000000000000.00"}),
        ("bonuses", {"amount": "1.00", "requirement": "0.00"}),
        ("reversals", {"transfer_id": "1", "amount": "0.00"}),
        ("reversals", {"transfer_id": "01"}),
        ("reversals", {"transfer_id": "1", "force": "yes"}),
        ("withdrawals", {"amount": 5}),
        ("withdrawals", {"amount": "5.00", "more": "1"}),
        ("deposits", {"amount": "5.00", "reason": "\u0000"}),
    ],
)
async def test_what_cannot_be_read_moves_nothing(
    pool: Pool, api: Api, cast: Cast, call: str, body: dict[str, Any]
) -> None:
    before = await pool.fetchval("select count(*) from transfers")
    whose = {} if call == "reversals" else {"user_id": str(cast.aung.id)}
    answer = await count(api, call, **whose, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert await pool.fetchval("select count(*) from transfers") == before


async def test_a_key_is_required_for_every_call_of_the_desk(api: Api, cast: Cast) -> None:
    money = {"user_id": str(cast.aung.id), "amount": "1.00", "reason": "why"}
    for call, body in (
        *[(one, money) for one in ("deposits", "withdrawals", "advances", "repayments")],
        ("credit-limits", money),
        ("bonuses", money),
        ("reversals", {"transfer_id": "1", "reason": "why"}),
        ("shifts", {"opening_float": "1.00"}),
        ("shifts/current/closing", {"counted": "1.00"}),
    ):
        answer = await api.ask("su", "POST", f"/api/cash/{call}", body)
        assert (answer.status_code, answer.json()["code"]) == (400, "key-missing"), call


async def test_an_answer_that_was_dropped_is_not_done_again(
    pool: Pool, owner: Any, api: Api, cast: Cast
) -> None:
    await count(api, "deposits", user_id=str(cast.hla.id), amount="9.00", key="old")
    await pool.execute("update requests set body = null where key = 'old'")
    again = await count(api, "deposits", user_id=str(cast.hla.id), amount="9.00", key="old")
    assert (again.status_code, again.json()["code"]) == (410, "answer-expired")
    balance = await api.ask("su", "GET", f"/api/users/{cast.hla.id}/balance")
    assert balance.json()["cash_balance"] == "9.00"
