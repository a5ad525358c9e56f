from tests.cast import Cast
from tests.web.conftest import Api


async def test_a_slip_goes_in_and_the_phase_is_settled(api: Api, cast: Cast) -> None:
    phase = (
        await api.ask("min", "POST", "/api/phases", {"name": "Dec-01", "prizes": {"near": "2"}})
    ).json()
    assert phase["state"] == "draft"
    assert phase["global_limit"] == "50000.00"
    assert phase["prizes"] == {
        "straight": "80",
        "permutation": "0",
        "near": "2",
        "near_wraps": False,
    }
    path = f"/api/phases/{phase['id']}"
    assert (await api.ask("min", "POST", f"{path}/opening")).json()["state"] == "open"
    placed = await api.ask("aung", "POST", f"{path}/tickets", {"text": "137 500\n138r 10"}, key="a")
    assert placed.status_code == 201, placed.text
    ticket = placed.json()
    assert (ticket["sequence"], ticket["count"], ticket["total"]) == (1, 7, "560.00")
    assert ticket["commission"] == "84.00"
    assert ticket["bets"][0] == {"number": "137", "amount": "500.00"}
    again = await api.ask("aung", "POST", f"{path}/tickets", {"text": "137 500\n138r 10"}, key="a")
    assert again.content == placed.content
    assert again.headers["Idempotent-Replayed"] == "true"
    risk = (await api.ask("min", "GET", f"{path}/risk")).json()
    assert risk["worst"] == {"number": "137", "profit": "-39544.00"}
    assert [one["number"] for one in risk["numbers"]] == [f"{n:03d}" for n in range(1000)]
    assert (await api.ask("min", "POST", f"{path}/closure")).json()["state"] == "closed"
    rehearsal = (await api.ask("min", "POST", f"{path}/rehearsal", {"number": "137"})).json()
    assert rehearsal["total_out"] == "40020.00"
    settled = (await api.ask("min", "POST", f"{path}/settlement", {"number": "137"})).json()
    assert settled["net_profit"] == "-39544.00"
    assert settled["payout_count"] == 2
    twice = await api.ask("min", "POST", f"{path}/settlement", {"number": "137"})
    assert twice.json() == settled
    other = await api.ask("min", "POST", f"{path}/settlement", {"number": "138"})
    assert (other.status_code, other.json()["code"]) == (409, "wrong-state")
    balance = (await api.ask("aung", "GET", f"/api/users/{cast.aung.id}/balance")).json()
    assert balance["cash_balance"] == "1039544.00"


async def test_only_the_house_is_told_what_a_phase_has_taken(api: Api, cast: Cast) -> None:
    created = await api.ask("min", "POST", "/api/phases", {"name": "Dec-01"})
    path = f"/api/phases/{created.json()['id']}"
    await api.ask("min", "POST", f"{path}/opening")
    await api.ask("aung", "POST", f"{path}/tickets", {"text": "137 500"}, key="a")
    for name, told in (("min", ("500.00", 1, 1)), ("aung", (None, None, None))):
        one = (await api.ask(name, "GET", path)).json()
        listed, _ = (await api.ask(name, "GET", "/api/phases")).json()["items"]
        for shown in (one, listed):
            assert (shown["total_in"], shown["ticket_count"], shown["bet_count"]) == told
