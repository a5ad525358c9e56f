"""`banker demo`: a sample house with living traffic, to be seen from this machine alone."""

import httpx
import pytest

from tests.house.console import Console, banker, console, soon

WITHIN_S = 5.0


def test_the_demo_builds_a_house_that_lives_and_that_a_second_start_resumes() -> None:
    with console("demo", "--rate", "20") as demo:
        demo.start()
        demo.wait()
        page = httpx.get(f"{demo.address}/signin", follow_redirects=True)
        assert page.status_code == 200
        assert "demo" in page.text.lower()
        with _admin(demo) as admin:
            [phase, *past] = admin.get("/api/phases").json()["items"]
            assert {one["state"] for one in past} == {"settled"}
            first = phase["ticket_count"]
            assert first >= 300
            soon(lambda: _ticket_count(admin, phase["id"]) > first)
            assert len(admin.get("/api/users?limit=200").json()["items"]) == 24
            before = _ticket_count(admin, phase["id"])
        code, seconds = demo.end()
        assert (code, seconds < WITHIN_S) == (0, True), demo.said
        assert "Traceback" not in demo.said
        demo.start()
        demo.wait()
        with _admin(demo) as admin:
            [resumed, *still] = admin.get("/api/phases").json()["items"]
            assert (resumed["id"], len(still)) == (phase["id"], len(past))
            assert resumed["ticket_count"] >= before
        verified = banker(["verify"], demo.environment)
        assert (verified.returncode, verified.stdout) == (0, "The books balance.\n")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_the_demo_refuses_to_be_seen_from_elsewhere(host: str) -> None:
    with console() as demo:
        refused = banker(["demo", "--host", host], demo.environment)
        line = f"banker: The demo listens on loopback only, not on {host}.\n"
        assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", line)


def _admin(demo: Console) -> httpx.Client:
    """The demo's admin, as everybody may be."""
    body = {"username": "admin", "password": "sample-house"}
    opened = httpx.post(f"{demo.address}/api/tokens", json=body, timeout=10).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    return httpx.Client(base_url=demo.address, headers=headers, timeout=10)


def _ticket_count(admin: httpx.Client, phase_id: str) -> int:
    count: int = admin.get(f"/api/phases/{phase_id}").json()["ticket_count"]
    return count
