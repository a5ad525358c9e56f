"""The monitor: its page, what a person may ask of it, and the house's gauges."""

import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from banker import metrics
from banker.books import job, samples
from banker.database import transaction
from banker.jobs.timetable import VERIFICATION, WHOLE_VERIFICATION
from banker.sampler import delays, percentile
from banker.web.monitor import state_of
from tests.databases import Clones
from tests.live.viewer import watching
from tests.web.standing import Standing, standing

FINDING = '[{"check": "balances", "row": "account <b>101</b>", "detail": "it is 1 more"}]'


@pytest.fixture
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _verified(stood: Standing, whole: bool, findings: str = "[]", equal: int = 10) -> None:
    """A verification that was done just now."""
    owner = await asyncpg.connect(stood.house.owner_url)
    try:
        await owner.execute(
            "insert into verifications "
            "(started_at, finished_at, whole, up_to, account_count, equal_count, findings) "
            "values (clock_timestamp(), clock_timestamp(), $1, 1, 10, $2, $3)",
            whole,
            equal,
            findings,
        )
    finally:
        await owner.close()


async def _board(stood: Standing) -> str:
    return (await stood.page(stood.cast.su, "GET", "/monitor/board")).text


async def test_the_monitor_shows_each_figure_and_each_job(stood: Standing) -> None:
    async with transaction(stood.pool) as connection:
        await samples.sample(connection)
        await samples.keep(connection, "one", {samples.QUEUE: 3, "refused over-limit": 2})
        await samples.keep(connection, "two", {samples.QUEUE: 4, "refused over-limit": 5})
        await job.enter(connection, {"sealing": 0})
    for person in (stood.cast.thida, stood.cast.su):
        shown = await stood.page(person, "GET", "/monitor")
        assert shown.status_code == 200
        names = re.findall(r'class="figure-name">([^<]+)<', shown.text)
        assert names == [
            "Balance updates", "Commit to screen", "Failed requests", "Duplicate requests",
            "Queue", "Consistency", "Lag of the seal", "Last verification",
        ]  # fmt: skip
        assert 'href="/monitor" aria-current="page"' in shown.text
    assert "over-limit 7" in shown.text, "workers are added up"
    assert re.search(r'figure-value ">7 <', shown.text), "the queue, of both"
    assert ">sealing</th>" in shown.text


async def test_a_finding_is_loud_until_the_whole_is_verified_anew(stood: Standing) -> None:
    assert "The books disagree" not in await _board(stood)
    await _verified(stood, whole=True, findings=FINDING, equal=9)
    board = await _board(stood)
    assert ("The books disagree" in board, "90.00" in board) == (True, True)
    assert "account &lt;b&gt;101&lt;/b&gt;" in board
    await _verified(stood, whole=False)
    board = await _board(stood)
    assert "The books disagree" in board, "what is new says nothing of what was found before"
    await _verified(stood, whole=True)
    assert "The books disagree" not in await _board(stood)


async def test_a_share_that_is_not_whole_is_never_shown_as_whole(stood: Standing) -> None:
    owner = await asyncpg.connect(stood.house.owner_url)
    await _verified(stood, whole=True, findings=FINDING)
    await owner.execute("update verifications set account_count = 100000, equal_count = 99999")
    await owner.close()
    assert 'loss">99.99 <' in await _board(stood)


@pytest.mark.parametrize("whole", ["", "yes", "TRUE", "1"])
async def test_a_verification_is_asked_for_in_clear_words(stood: Standing, whole: str) -> None:
    form = {"whole": whole}
    answer = await stood.page(stood.cast.su, "POST", "/monitor/verification", form)
    assert answer.status_code == 400


async def test_a_verification_that_is_asked_for_is_due_at_once_and_asked_for_once(
    stood: Standing,
) -> None:
    async with transaction(stood.pool) as connection:
        await job.enter(connection, {WHOLE_VERIFICATION: 3600})
        assert WHOLE_VERIFICATION not in await job.due(connection, [])
    form = {"whole": "true"}
    answer = await stood.page(stood.cast.su, "POST", "/monitor/verification", form)
    assert answer.status_code == 200
    assert re.search(r'id="ask-whole" disabled', answer.text)
    assert not re.search(r'id="ask-recent" disabled', answer.text)
    refused = await stood.page(stood.cast.min, "POST", "/monitor/verification", form)
    assert refused.status_code == 403


async def test_a_verification_under_way_says_how_far_it_has_come(stood: Standing) -> None:
    # Held until it is looked at: what is begun and not finished would be run again at once.
    async with transaction(stood.pool) as connection:
        await job.enter(connection, {VERIFICATION: 3600})
        run = await job.begin(connection, VERIFICATION, "another")
        await job.tell(connection, run, "check 12 of 46: payouts")
        found = {one.name: one for one in await job.listed(connection)}
        await job.finish(connection, run, "done", "", 3600)
    state = state_of(found[VERIFICATION])
    assert (state.is_asked, state.words, state.percent) == (True, "check 12 of 46: payouts", 26)


async def test_the_houses_gauges_are_read_from_the_books(stood: Standing) -> None:
    await _verified(stood, whole=True, findings=FINDING, equal=9)
    await stood.client.get("/metrics")
    assert metrics.registry.get_sample_value("banker_consistency_score") == 0.9
    assert metrics.registry.get_sample_value("banker_verification_findings") == 1
    said = (await stood.client.get("/metrics")).text
    for name in ("banker_seal_lag_rows", "banker_queue", "banker_last_verification_timestamp"):
        assert name in said


async def test_a_refusal_is_counted_by_its_code(stood: Standing) -> None:
    before = _refused("not-found")
    await stood.client.get("/nothing")
    assert _refused("not-found") == before + 1


async def test_the_way_to_the_screen_is_measured_where_somebody_watches(stood: Standing) -> None:
    name = "banker_screen_delay_seconds_count"
    before = metrics.registry.get_sample_value(name) or 0
    await stood.place("/api/phases/1", "137 500")
    async with watching(stood.address, stood.cast) as viewer:
        while (await viewer.next("heartbeat")).data["redis"] != "ok":
            pass
        assert metrics.registry.get_sample_value(name) == before, "nobody watched"
        await stood.place("/api/phases/1", "137 600")
        await viewer.until(2)
    assert metrics.registry.get_sample_value(name) == before + 1
    assert percentile(delays(), 0.99) is not None


def test_a_percentile_lies_between_the_bounds_that_hold_it() -> None:
    none = {0.1: 0.0, 0.2: 0.0, float("inf"): 0.0}
    assert percentile(none, 0.99) is None
    assert percentile({0.1: 0.0, 0.2: 100.0, float("inf"): 100.0}, 0.5) == pytest.approx(0.15)
    assert percentile({0.1: 99.0, 0.2: 100.0, float("inf"): 100.0}, 0.99) == pytest.approx(0.1)
    assert percentile({0.1: 0.0, 0.2: 0.0, float("inf"): 7.0}, 0.99) == 0.2


def _refused(code: str) -> float:
    return metrics.registry.get_sample_value("banker_refusals_total", {"code": code}) or 0
