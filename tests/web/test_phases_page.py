"""The pages on which phases are run."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from banker.books import four_eyes, phase
from banker.books.phase import Phase
from banker.database import transaction
from tests.balanced import assert_books_balance
from tests.databases import Clones
from tests.web.forms import filled
from tests.web.standing import Standing, standing

DRAFT = {"name": "Nov-20", "global_limit": "25,000", "closes_at": "2090-01-02T16:30", "key": "one"}


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _read(stood: Standing, path: str) -> Phase:
    async with transaction(stood.pool) as connection:
        return await phase.read(connection, int(path.rsplit("/", 1)[1]))


async def _verb(
    stood: Standing, path: str, verb: str, who: str = "min", **form: str
) -> tuple[int, str, str]:
    person = getattr(stood.cast, who)
    answer = await stood.page(person, "POST", f"{path.removeprefix('/api')}/{verb}", form)
    return answer.status_code, answer.headers.get("hx-redirect", ""), answer.text


async def test_a_draft_closes_at_a_time_of_the_house(stood: Standing) -> None:
    answer = await stood.page(stood.cast.min, "POST", "/phases", DRAFT)
    drafted = await _read(stood, answer.headers["hx-redirect"])
    assert (drafted.state, drafted.global_limit) == ("draft", 25000)
    assert drafted.closes_at == datetime(2090, 1, 2, 10, 0, tzinfo=UTC)


async def test_a_draft_sent_twice_is_one_draft(stood: Standing) -> None:
    answers = [
        await stood.page(stood.cast.min, "POST", "/phases", {**DRAFT, "key": "two"})
        for _ in range(2)
    ]
    assert len({answer.headers["hx-redirect"] for answer in answers}) == 1
    again = await stood.page(
        stood.cast.min, "POST", "/phases", {**DRAFT, "key": "two", "near": "1"}
    )
    assert (again.status_code, "was sent before" in again.text) == (422, True)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", " ", "visible character"),
        ("name", "x" * 51, "At most 50"),
        ("global_limit", "-1", "Write an amount"),
        ("total_limit", "99999999999999", "At most"),
        ("closes_at", "2020-01-01T00:00", "in the past"),
        ("closes_at", "2090-01-01T00:00Z", "Write date and time"),
        ("closes_at", "0001-01-01T00:00", "Write date and time"),
        ("straight", "1e9", "Write a multiplier"),
        ("void_window_s", "86401", "whole seconds"),
    ],
)
async def test_a_field_that_cannot_be_read_is_said_there(
    stood: Standing, field: str, typed: str, said: str
) -> None:
    form = {**DRAFT, "key": f"{field} {len(typed)}".replace(" ", "-"), field: typed}
    answer = await stood.page(stood.cast.min, "POST", "/phases", form)
    assert answer.status_code == 400
    about = answer.text.partition(f'id="about-{field}"')[2].partition("</p>")[0]
    assert said in about


async def test_a_change_keeps_what_was_not_touched(stood: Standing) -> None:
    path = await stood.open(closes_at="2090-01-02T10:00:59Z", prizes={"straight": "85"})
    form = {"name": "Other", "global_limit": "1000", "closes_at": "2090-01-02T16:30"}
    assert (await _verb(stood, path, "change", **form, void_window_s="60"))[0] == 200
    changed = await _read(stood, path)
    assert (changed.name, changed.global_limit, changed.void_window_s) == ("Other", 1000, 60)
    assert changed.closes_at == datetime(2090, 1, 2, 10, 0, 59, tzinfo=UTC)
    assert changed.prizes.straight == 85


async def _form(stood: Standing, path: str) -> dict[str, str]:
    """The form of a change as it is filled in now."""
    change = f"{path.removeprefix('/api')}/change"
    return filled((await stood.page(stood.cast.min, "GET", change)).text, change)


async def test_a_form_changes_only_what_was_changed_in_it(stood: Standing) -> None:
    path = await stood.draft(prizes={"straight": "80", "near": "2"})
    form = await _form(stood, path)
    amended = {"global_limit": "20000.00", "prizes": {"straight": "80", "near": "5"}}
    assert (await stood.ask("min", "PATCH", path, amended)).status_code == 200
    form |= {"name": "Other", "straight": "85"}
    assert (await _verb(stood, path, "change", **form))[0] == 200
    changed = await _read(stood, path)
    assert (changed.name, changed.global_limit) == ("Other", 20000)
    assert (changed.prizes.straight, changed.prizes.near) == (85, 5)


async def test_what_two_people_change_at_once_is_refused_with_its_present_value(
    stood: Standing,
) -> None:
    path = await stood.draft(total_limit="900000.00")
    form = await _form(stood, path)
    by_another = {"global_limit": "20000.00", "name": "Theirs", "total_limit": None}
    assert (await stood.ask("min", "PATCH", path, by_another)).status_code == 200
    mine = form | {"global_limit": "30,000", "total_limit": "800000"}
    status, _, shown = await _verb(stood, path, "change", **mine)
    assert (status, "now it is 20,000" in shown, "now it is empty" in shown) == (409, True, True)
    assert (await _read(stood, path)).global_limit == 20000
    again = filled(shown, f"{path.removeprefix('/api')}/change")
    assert (again["name"], again["global_limit"]) == ("Theirs", "30,000")
    assert (await _verb(stood, path, "change", **again))[0] == 200
    changed = await _read(stood, path)
    assert (changed.name, changed.global_limit, changed.total_limit) == ("Theirs", 30000, 800000)


async def test_a_stale_form_raises_no_limit_that_waits_for_a_second_person(
    stood: Standing,
) -> None:
    path = await stood.open()
    form = await _form(stood, path)
    assert (await stood.ask("min", "PATCH", path, {"global_limit": "20000.00"})).status_code == 200
    async with transaction(stood.pool) as connection:
        await four_eyes.write_rules(connection, Decimal(1))
    _, target, _ = await _verb(stood, path, "change", **{**form, "name": "Other"})
    async with transaction(stood.pool) as connection:
        await four_eyes.write_rules(connection, None)
    assert target.endswith("?done=changed")
    changed = await _read(stood, path)
    assert (changed.name, changed.global_limit) == ("Other", 20000)


async def test_what_was_frozen_since_the_form_was_opened_is_not_passed_over(
    stood: Standing,
) -> None:
    path = await stood.draft()
    form = await _form(stood, path)
    assert (await stood.ask("min", "POST", f"{path}/opening")).status_code == 200
    assert (await _verb(stood, path, "change", **{**form, "straight": "90"}))[0] == 409
    assert (await _verb(stood, path, "change", **{**form, "name": "Other"}))[0] == 200
    assert (await _read(stood, path)).name == "Other"


@pytest.mark.parametrize("was", ["{", '["name"]', '{"state": "draft"}', '{"name": 1}'])
async def test_a_form_that_does_not_tell_what_it_was_is_refused(stood: Standing, was: str) -> None:
    path = await stood.draft()
    form = await _form(stood, path) | {"name": "Other", "was": was}
    status, _, words = await _verb(stood, path, "change", **form)
    assert (status, "open it again" in words) == (400, True)


async def test_a_phase_goes_its_way_and_pays_once(stood: Standing) -> None:
    path = await stood.draft(prizes={"straight": "80"})
    page = path.removeprefix("/api")
    assert (await _verb(stood, path, "opening"))[1] == f"{page}?done=opened"
    assert (await stood.place(path, "137 100\n138 50")).status_code == 201
    assert (await _verb(stood, path, "closure"))[1] == f"{page}?done=closed"

    status, _, rehearsed = await _verb(stood, path, "rehearsal", number="137")
    assert (status, "8,000" in rehearsed, "The number once more" in rehearsed) == (200, True, True)
    radio = {"source": "the radio"}
    status, _, asked = await _verb(stood, path, "settlement", number="137", again="173", **radio)
    assert (status, "This is not 137" in asked, "the radio" in asked) == (400, True, True)
    status, _, asked = await _verb(stood, path, "settlement", number="137", again="137")
    assert (status, "at least one visible character" in asked) == (400, True)
    assert (await _read(stood, path)).state == "closed"

    for _ in range(2):
        settled = await _verb(stood, path, "settlement", number="137", again="137", **radio)
        assert settled[:2] == (200, f"{page}?done=settled")
    status, _, refused = await _verb(stood, path, "settlement", number="138", again="138", **radio)
    assert (status, "settled with 137" in refused) == (409, True)
    shown = await stood.page(stood.cast.min, "GET", page)
    assert shown.status_code == 200
    assert "Payouts" in shown.text
    await assert_books_balance(stood.pool)


async def test_a_verb_on_another_state_is_refused_in_words(stood: Standing) -> None:
    path = await stood.draft()
    status, _, words = await _verb(stood, path, "closure")
    assert (status, "Only an open phase is closed" in words) == (409, True)


async def test_the_intake_is_the_admins(stood: Standing) -> None:
    path = await stood.open()
    assert (await _verb(stood, path, "intake", "min", open="false"))[0] == 403
    assert (await _verb(stood, path, "intake", "thida", open="maybe"))[0] == 400
    assert (await _verb(stood, path, "intake", "thida", open="false"))[0] == 200
    assert not (await _read(stood, path)).intake_open


async def test_a_phase_is_voided_with_a_reason(stood: Standing) -> None:
    path = await stood.open()
    assert (await stood.place(path, "137 100")).status_code == 201
    assert (await _verb(stood, path, "void", reason=" "))[0] == 400
    assert (await _verb(stood, path, "void", reason="no draw"))[0] == 200
    assert (await _read(stood, path)).void_reason == "no draw"
    await assert_books_balance(stood.pool)


async def test_tickets_are_found_by_collector_and_short_number(stood: Standing) -> None:
    path = await stood.open()
    for name in ("aung", "khin"):
        assert (await stood.place(path, "137 100", name)).status_code == 201
    page = path.removeprefix("/api")
    mine = await stood.page(stood.cast.min, "GET", f"{page}/tickets?collector=AUNG")
    assert ("#1" in mine.text, "#2" in mine.text) == (True, False)
    nobody = await stood.page(stood.cast.min, "GET", f"{page}/tickets?collector=nobody")
    assert "No ticket of nobody" in nobody.text
    found = await stood.page(stood.cast.min, "GET", f"{page}/ticket?sequence=%232")
    assert found.headers["location"].startswith("/tickets/")
    for sequence, status in (("3", 404), ("x", 400), ("9" * 20, 400), ("", 400)):
        answer = await stood.page(stood.cast.min, "GET", f"{page}/ticket?sequence={sequence}")
        assert answer.status_code == status
