"""What the stream says to a viewer, and what becomes of changes that are not slips."""

import pytest

from tests.cast import Cast
from tests.live.telling import beat, place_over_http
from tests.live.viewer import watching
from tests.web.conftest import Api

SNAPSHOT = {
    "version", "phase", "total_in", "commission", "ticket_count", "bet_count", "worst", "best",
    "expected_profit", "standard_deviation", "var99", "es99", "loss_count", "chance_of_loss",
    "margin", "top_ten_share", "hhi", "curve", "numbers", "hurting", "tickets", "refusals",
    "intake", "slips_per_minute",
}  # fmt: skip


async def test_a_viewer_is_told_everything_first(
    cast: Cast, api: Api, address: str, epoch: str
) -> None:
    await place_over_http(api, cast, "137 500")
    async with watching(address, cast) as viewer:
        first = await viewer.next()
    assert (first.event, first.id) == ("snapshot", f"{epoch}:1")
    assert set(first.data) == SNAPSHOT
    assert [one["number"] for one in first.data["numbers"]] == [f"{n:03d}" for n in range(1000)]
    assert first.data["numbers"][137]["total_bet"] == "500.00"
    assert len(first.data["curve"]) == 101


async def test_a_viewer_is_told_what_the_risk_is(cast: Cast, api: Api, address: str) -> None:
    await place_over_http(api, cast, "137 500\n138r 10")
    async with watching(address, cast) as viewer:
        snapshot = (await viewer.next("snapshot")).data
    risk = (await api.ask("min", "GET", f"/api/phases/{cast.phase.id}/risk")).json()
    assert {name: snapshot[name] for name in risk} == risk


async def test_then_a_viewer_is_told_what_is_new_in_absolute_values(
    cast: Cast, api: Api, address: str, epoch: str
) -> None:
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        for version, (stake, total) in enumerate((("500", "500.00"), ("100", "600.00")), start=1):
            await place_over_http(api, cast, f"137 {stake}")
            delta = await viewer.next("delta", "snapshot")
            assert (delta.event, delta.id) == ("delta", f"{epoch}:{version}")
            assert delta.data["version"] == version
            assert delta.data["numbers"] == [["137", total]]
            assert (delta.data["total_in"], delta.data["ticket_count"]) == (total, version)
            assert [line["sequence"] for line in delta.data["tickets"]] == [version]


async def test_a_refused_slip_is_told_to_the_feed_alone(cast: Cast, api: Api, address: str) -> None:
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        path = f"/api/phases/{cast.phase.id}/tickets"
        await api.ask("aung", "POST", path, {"text": "137 60000"}, "too-much")
        delta = await viewer.next("delta", "snapshot")
    assert (delta.event, delta.data["numbers"], delta.data["version"]) == ("delta", [], 0)
    [line] = delta.data["refusals"]
    assert (line["collector"], line["code"], line["numbers"]) == ("aung", "over-limit", ["137"])


async def test_a_quiet_stream_gives_signs_of_life(cast: Cast, address: str, epoch: str) -> None:
    async with watching(address, cast) as viewer:
        beats = [await viewer.next("heartbeat") for _ in range(4)]
    assert beats[-1].data.keys() == {"version", "redis", "at"}
    assert beats[-1].data["at"].endswith("Z")
    assert beats[-1].at - beats[0].at == pytest.approx(0.6, abs=0.35)


async def test_a_sign_of_life_says_that_the_others_are_heard(cast: Cast, address: str) -> None:
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")


async def test_the_stream_of_an_unknown_phase_is_not_found(api: Api, cast: Cast) -> None:
    for phase_id in ("999", "abc"):
        response = await api.ask("min", "GET", f"/api/phases/{phase_id}/stream")
        assert (response.status_code, response.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("change", ["limit", "intake", "closing", "void", "name", "void slip"])
async def test_a_change_reaches_the_wall_as_a_snapshot(
    api: Api, cast: Cast, address: str, change: str
) -> None:
    placed = await place_over_http(api, cast, "137 500")
    async with watching(address, cast) as viewer:
        await beat(viewer, "ok")
        asks = {
            "limit": ("thida", "PUT", "/limits/137", {"max_amount": "600.00"}),
            "intake": ("thida", "POST", "/intake", {"open": False}),
            "closing": ("min", "POST", "/closure", None),
            "void": ("min", "POST", "/void", {"reason": "rain"}),
            "name": ("min", "PATCH", "", {"name": "Other"}),
        }
        if change == "void slip":
            await api.ask("aung", "POST", f"/api/tickets/{placed['id']}/void")
        else:
            name, method, path, body = asks[change]
            changed = await api.ask(name, method, f"/api/phases/{cast.phase.id}{path}", body)
            assert changed.status_code == 200, changed.text
        told = (await viewer.next("snapshot")).data
    number, phase = told["numbers"][137], told["phase"]
    facts = {
        "limit": (number["limit"], number["own_limit"], number["room"])
        == ("600.00", True, "100.00"),
        "intake": (phase["state"], phase["intake_open"]) == ("open", False),
        "closing": phase["state"] == "closed",
        "void": (phase["state"], told["total_in"], number["total_bet"]) == ("void", "0.00", "0.00"),
        "name": phase["name"] == "Other",
        "void slip": (told["total_in"], number["total_bet"]) == ("0.00", "0.00"),
    }
    assert facts[change]
