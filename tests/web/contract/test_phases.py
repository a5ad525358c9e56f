"""The public face of phases, from draft to settlement."""

import re

import httpx
import pytest

from tests.web.answers import TIME, answered, refused
from tests.web.standing import Standing

PHASE = {
    "id", "name", "state", "intake_open", "global_limit", "total_limit", "prizes",
    "over_limit_policy", "void_window_s", "opens_at", "closes_at", "commission_rate", "created_at",
    "opened_at", "closed_at", "settled_at", "voided_at", "void_reason", "total_in", "ticket_count",
    "bet_count",
}  # fmt: skip


async def test_a_draft_has_the_houses_defaults(stood: Standing) -> None:
    draft = answered(await stood.ask("min", "POST", "/api/phases", {"name": "Nov-17"}), 201)
    assert set(draft) == PHASE
    assert draft["id"].isdigit()
    assert TIME.fullmatch(draft["created_at"])
    assert (draft["state"], draft["global_limit"], draft["total_limit"]) == (
        "draft", "50000.00", None,
    )  # fmt: skip
    assert draft["prizes"] == {
        "straight": "80", "permutation": "0", "near": "0", "near_wraps": False,
    }  # fmt: skip
    assert (draft["over_limit_policy"], draft["void_window_s"]) == ("reject", 300)


async def test_a_closing_time_is_told_in_utc(stood: Standing) -> None:
    body = {"name": "Nov-17", "closes_at": "2050-01-01T12:00:00+06:30"}
    draft = answered(await stood.ask("min", "POST", "/api/phases", body), 201)
    assert draft["closes_at"] == "2050-01-01T05:30:00Z"


async def test_phases_are_listed_newest_first_by_the_page(stood: Standing) -> None:
    paths = [await stood.draft() for _ in range(3)]
    first = answered(await stood.ask("khin", "GET", "/api/phases?limit=2"))
    second = answered(
        await stood.ask("khin", "GET", f"/api/phases?limit=2&cursor={first['cursor']}")
    )
    listed = [f"/api/phases/{one['id']}" for one in first["items"] + second["items"]]
    assert listed[:3] == paths[::-1]


@pytest.mark.parametrize("name", ["thida", "min", "su", "aung", "ko"])
async def test_a_phase_is_read_by_anyone_who_is_signed_in(stood: Standing, name: str) -> None:
    assert set(answered(await stood.ask(name, "GET", "/api/phases/1"))) == PHASE


async def test_an_unknown_phase_is_not_found(stood: Standing) -> None:
    refused(await stood.ask("min", "GET", "/api/phases/999999"), 404, "not-found")


async def test_a_draft_is_changed_wholly(stood: Standing) -> None:
    path = await stood.draft()
    prizes = {"straight": "70", "permutation": "5", "near": "1.5", "near_wraps": True}
    changes = {
        "name": "Other", "global_limit": "1.50", "total_limit": "9.00", "prizes": prizes,
        "void_window_s": 60, "closes_at": "2050-01-01T00:00:00Z",
    }  # fmt: skip
    changed = answered(await stood.ask("min", "PATCH", path, changes))
    assert {name: changed[name] for name in changes} == changes


async def test_a_change_keeps_what_it_leaves_out(stood: Standing) -> None:
    path = await stood.draft(total_limit="100.00")
    changed = answered(await stood.ask("min", "PATCH", path, {"name": "Other"}))
    assert changed["total_limit"] == "100.00"


async def test_a_total_limit_is_taken_off_with_null(stood: Standing) -> None:
    path = await stood.draft(total_limit="100.00")
    changed = answered(await stood.ask("min", "PATCH", path, {"total_limit": None}))
    assert changed["total_limit"] is None


async def test_an_open_phase_changes_its_limits_and_keeps_its_prizes(stood: Standing) -> None:
    path = await stood.open()
    changed = answered(await stood.ask("min", "PATCH", path, {"global_limit": "10.00"}))
    assert changed["global_limit"] == "10.00"
    frozen = await stood.ask("min", "PATCH", path, {"prizes": {"straight": "90"}})
    refused(frozen, 409, "wrong-state")


async def test_prizes_that_are_the_same_may_be_sent_again(stood: Standing) -> None:
    path = await stood.open()
    body = {"prizes": {"straight": "80"}}
    assert answered(await stood.ask("min", "PATCH", path, body))["prizes"]["straight"] == "80"


async def test_a_closed_phase_is_not_changed(stood: Standing) -> None:
    path = await stood.open()
    await stood.ask("min", "POST", f"{path}/closure")
    refused(await stood.ask("min", "PATCH", path, {"name": "x"}), 409, "wrong-state")


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (["opening"], "open"),
        (["opening", "closure"], "closed"),
        (["opening", "closure", "settlement"], None),
        (["opening", "void"], "void"),
        (["opening", "closure", "void"], "void"),
    ],
)
async def test_the_same_verb_twice_changes_nothing(
    stood: Standing, verbs: list[str], state: str | None
) -> None:
    path = await stood.draft()
    for verb in verbs:
        first = answered(await _do(stood, path, verb))
    again = answered(await _do(stood, path, verbs[-1]))
    assert again == first
    assert state is None or again["state"] == state


BODIES = {
    "void": {"reason": "rain"},
    "settlement": {"number": "137"},
    "rehearsal": {"number": "137"},
}


async def _do(stood: Standing, path: str, verb: str) -> httpx.Response:
    return await stood.ask("min", "POST", f"{path}/{verb}", BODIES.get(verb))


@pytest.mark.parametrize(
    ("verbs", "wrong"),
    [
        ([], "closure"),
        ([], "void"),
        ([], "settlement"),
        ([], "rehearsal"),
        (["opening"], "settlement"),
        (["opening", "closure"], "opening"),
        (["opening", "closure", "settlement"], "opening"),
        (["opening", "closure", "settlement"], "closure"),
        (["opening", "closure", "settlement"], "void"),
        (["opening", "void"], "opening"),
        (["opening", "void"], "closure"),
        (["opening", "void"], "settlement"),
        (["opening", "void"], "rehearsal"),
    ],
)
async def test_a_verb_in_a_wrong_state_is_refused(
    stood: Standing, verbs: list[str], wrong: str
) -> None:
    path = await stood.draft()
    for verb in verbs:
        answered(await _do(stood, path, verb))
    refused(await _do(stood, path, wrong), 409, "wrong-state")


async def test_a_void_phase_says_why(stood: Standing) -> None:
    path = await stood.open()
    await stood.place(path, "137 500")
    voided = answered(await _do(stood, path, "void"))
    assert (voided["void_reason"], voided["total_in"]) == ("rain", "0.00")
    assert TIME.fullmatch(voided["voided_at"])


async def test_the_intake_is_stopped_and_restarted(stood: Standing) -> None:
    path = await stood.open()
    stopped = answered(await stood.ask("thida", "POST", f"{path}/intake", {"open": False}))
    assert (stopped["state"], stopped["intake_open"]) == ("open", False)
    refused(await stood.place(path, "137 1"), 409, "intake-stopped")
    answered(await stood.ask("thida", "POST", f"{path}/intake", {"open": True}))
    answered(await stood.place(path, "137 1"), 201)


async def test_the_intake_of_a_draft_is_not_switched(stood: Standing) -> None:
    path = await stood.draft()
    refused(await stood.ask("thida", "POST", f"{path}/intake", {"open": False}), 409, "wrong-state")


SETTLEMENT = {
    "phase_id", "number", "total_in", "total_out", "commission", "net_profit", "ticket_count",
    "bet_count", "payout_count", "seal", "closed_at", "settled_at",
}  # fmt: skip
UNKNOWN_YET = ("number", "total_out", "net_profit", "payout_count", "settled_at")


async def _closed(stood: Standing) -> str:
    path = await stood.open()
    answered(await stood.place(path, "137 100\n138 50"), 201)
    answered(await _do(stood, path, "closure"))
    return path


async def test_before_the_draw_a_settlement_tells_what_is_known(stood: Standing) -> None:
    path = await _closed(stood)
    row = answered(await stood.ask("min", "GET", f"{path}/settlement"))
    assert set(row) == SETTLEMENT
    assert all(row[name] is None for name in UNKNOWN_YET)
    assert (row["total_in"], row["commission"], row["bet_count"]) == ("150.00", "22.50", 2)
    assert re.fullmatch(r"[0-9a-f]{64}", row["seal"])
    assert TIME.fullmatch(row["closed_at"])


async def test_before_the_closing_there_is_no_settlement(stood: Standing) -> None:
    path = await stood.open()
    refused(await stood.ask("min", "GET", f"{path}/settlement"), 404, "not-found")


async def test_a_settlement_keeps_the_seal_and_adds_the_draw(stood: Standing) -> None:
    path = await _closed(stood)
    before = answered(await stood.ask("min", "GET", f"{path}/settlement"))
    settled = answered(await _do(stood, path, "settlement"))
    assert {**settled, **dict.fromkeys(UNKNOWN_YET)} == before
    assert (settled["number"], settled["payout_count"]) == ("137", 1)
    assert (settled["total_out"], settled["net_profit"]) == ("8000.00", "-7872.50")
    assert TIME.fullmatch(settled["settled_at"])


async def test_settling_with_another_number_is_refused(stood: Standing) -> None:
    path = await _closed(stood)
    settled = answered(await _do(stood, path, "settlement"))
    other = await stood.ask("min", "POST", f"{path}/settlement", {"number": "138"})
    refused(other, 409, "wrong-state")
    assert answered(await stood.ask("min", "GET", f"{path}/settlement")) == settled


async def test_a_rehearsal_tells_what_settling_would_and_changes_nothing(stood: Standing) -> None:
    path = await _closed(stood)
    before = answered(await stood.ask("min", "GET", path))
    rehearsed = answered(await _do(stood, path, "rehearsal"))
    assert answered(await stood.ask("min", "GET", path)) == before
    settled = answered(await _do(stood, path, "settlement"))
    for fact in ("number", "total_in", "total_out", "commission", "net_profit", "payout_count"):
        assert rehearsed[fact] == settled[fact]
