"""The pages on which calendars are kept, phases are copied, and times are given."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from banker.books import calendar, phase
from banker.books.phase import Phase
from banker.database import reading
from tests.databases import Clones
from tests.web.answers import answered, refused
from tests.web.forms import filled
from tests.web.standing import Standing, fresh_key, standing

FORM = {
    "name": "Thai",
    "month_days": "1, 16",
    "open_days_before": "5",
    "opens": "08:00",
    "closes": "13:30",
    "model_id": "1",
    "ahead": "2",
}
DRAFT = {"name": "Nov-20", "global_limit": "25,000", "key": "one"}


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        owner = await asyncpg.connect(stood.house.owner_url)
        await owner.execute("update house_rules set timezone = 'Asia/Yangon'")
        await owner.close()
        yield stood


async def _post(stood: Standing, path: str, form: dict[str, str]) -> tuple[int, str, str]:
    answer = await stood.page(stood.cast.min, "POST", path, form)
    return answer.status_code, answer.headers.get("hx-redirect", ""), answer.text


async def _made(stood: Standing, **form: str) -> str:
    """The path of a new calendar."""
    status, path, text = await _post(stood, "/calendars", {**FORM, "key": fresh_key(), **form})
    assert status == 200, text
    assert path.endswith("?done=made")
    return path.partition("?")[0]


async def _drafted(stood: Standing, path: str) -> list[calendar.Drafted]:
    async with reading(stood.pool) as connection:
        return list((await calendar.drafted(connection, int(path.rsplit("/", 1)[1]))).values())


async def _phase(stood: Standing, path: str) -> Phase:
    async with reading(stood.pool) as connection:
        return await phase.read(connection, int(re.split(r"[/?]", path)[2]))


async def test_the_example_is_filled_in_by_the_houses_clock(stood: Standing) -> None:
    form = (await stood.page(stood.cast.min, "GET", "/calendars/new?example=thai")).text
    assert 'value="1, 16"' in form
    assert 'value="13:30"' in form  # 14:00 in Bangkok
    empty = (await stood.page(stood.cast.min, "GET", "/calendars/new?example=nonsense")).text
    assert 'value="1, 16"' not in empty


async def test_a_calendar_is_made_once_for_its_form_and_drawn(stood: Standing) -> None:
    form = {**FORM, "key": fresh_key()}
    answers = [await _post(stood, "/calendars", form) for _ in range(2)]
    assert answers[0][:2] == answers[1][:2]
    again = await _post(stood, "/calendars", {**form, "ahead": "3"})
    assert (again[0], "was sent before" in again[2]) == (422, True)
    path = answers[0][1].partition("?")[0]
    drafted = await _drafted(stood, path)
    assert len(drafted) == 2
    page = await stood.page(stood.cast.min, "GET", path)
    assert page.status_code == 200
    assert page.text.count("<caption>") == 3
    assert "the 1st and 16th of a month" in page.text
    assert all(one.name in page.text for one in drafted)
    assert 'aria-current="date"' in page.text
    listed = await stood.page(stood.cast.min, "GET", "/calendars")
    assert f'href="{path}"' in listed.text


@pytest.mark.parametrize(
    "month", ["2030-02", "2000-01", "9000-12", "0000-00", "x", "2030-13", "%00"]
)
async def test_any_month_can_be_asked_for(stood: Standing, month: str) -> None:
    path = await _made(stood)
    page = await stood.page(stood.cast.min, "GET", f"{path}?month={month}")
    assert page.status_code in (200, 400)
    assert "<caption>" in page.text or page.status_code == 400
    if month == "2030-02":
        assert "February 2030" in page.text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "x" * 31, "At most 30"),
        ("name", " ", "visible character"),
        ("month_days", "0", "from 1 to 31"),
        ("month_days", "1, 32", "from 1 to 31"),
        ("month_days", "first", "from 1 to 31"),
        ("month_days", "", "at least one day"),
        ("open_days_before", "32", "from 0 to 31"),
        ("opens", "24:00", "time of day"),
        ("closes", "", "time of day"),
        ("model_id", "x", "whole number"),
        ("model_id", "999999", "Choose a phase"),
        ("ahead", "0", "from 1 to 12"),
        ("ahead", "13", "from 1 to 12"),
    ],
)
async def test_a_field_that_cannot_be_read_is_said_there(
    stood: Standing, field: str, typed: str, said: str
) -> None:
    status, _, text = await _post(stood, "/calendars", {**FORM, "key": fresh_key(), field: typed})
    assert status == 400
    about = text.partition(f'id="about-{field}"')[2].partition("</p>")[0]
    assert said in about


async def test_a_form_from_before_anothers_change_undoes_nothing_of_it(stood: Standing) -> None:
    path = await _made(stood)

    async def form() -> dict[str, str]:
        shown = await stood.page(stood.cast.min, "GET", f"{path}/change")
        return filled(shown.text, f"{path}/change")

    early = await form()
    assert (await _post(stood, f"{path}/change", {**early, "ahead": "5"}))[0] == 200
    assert (await _post(stood, f"{path}/change", {**early, "closes": "14:00"}))[0] == 200
    assert ((await form())["ahead"], (await form())["closes"]) == ("5", "14:00")
    status, _, told = await _post(stood, f"{path}/change", {**early, "ahead": "3"})
    assert status == 409
    assert "Somebody else changed this; now it is 5." in told
    again = filled(told, f"{path}/change")
    assert (again["ahead"], again["closes"]) == ("3", "14:00")
    assert (await _post(stood, f"{path}/change", again))[0] == 200
    assert (await form())["ahead"] == "3"


async def test_a_calendar_is_changed_stopped_and_started(stood: Standing) -> None:
    path = await _made(stood)
    shown = (await stood.page(stood.cast.min, "GET", f"{path}/change")).text
    assert 'value="1, 16"' in shown
    changed = await _post(stood, f"{path}/change", {**FORM, "name": "Other", "friday": "on"})
    assert changed[:2] == (200, f"{path}?done=changed")
    text = (await stood.page(stood.cast.min, "GET", path)).text
    assert "every Friday" in text
    assert any(one.name.startswith("Other ") for one in await _drafted(stood, path))
    refusal = await _post(stood, f"{path}/change", {**FORM, "month_days": "99"})
    assert (refusal[0], "from 1 to 31" in refusal[2]) == (400, True)
    assert (await _post(stood, f"{path}/running", {"running": "perhaps"}))[0] == 400
    assert (await _post(stood, f"{path}/running", {"running": "false"}))[1].endswith("stopped")
    assert "stopped" in (await stood.page(stood.cast.min, "GET", path)).text
    assert (await _post(stood, f"{path}/running", {"running": "true"}))[1].endswith("started")


async def test_a_day_is_moved_left_out_and_put_back(stood: Standing) -> None:
    path = await _made(stood)
    day = (await _drafted(stood, path))[0].draw_day
    on = day + timedelta(days=1)
    form = (await stood.page(stood.cast.min, "GET", f"{path}/days/{day}")).text
    assert "Put it back" not in form
    moved = {"does": "move", "moved_to": str(on), "note": "a holiday"}
    assert (await _post(stood, f"{path}/days/{day}", moved))[1].endswith("?done=moved")
    drawn = (await stood.page(stood.cast.min, "GET", f"{path}?month={day:%Y-%m}")).text
    assert "a holiday" in drawn
    assert 'data-kind="away"' in drawn
    assert (await _drafted(stood, path))[0].name == f"Thai {on}"
    assert (await _post(stood, f"{path}/days/{day}", {"does": "out"}))[1].endswith("?done=left")
    drawn = (await stood.page(stood.cast.min, "GET", f"{path}?month={day:%Y-%m}")).text
    assert 'data-kind="out"' in drawn
    assert "left out" in drawn
    form = (await stood.page(stood.cast.min, "GET", f"{path}/days/{day}")).text
    assert "Put it back" in form
    assert "Leave it out" not in form
    assert (await _post(stood, f"{path}/days/{day}", {"does": "back"}))[1].endswith("?done=back")
    assert (await _drafted(stood, path))[0].name == f"Thai {day}"
    same = {"does": "move", "moved_to": str(day)}
    assert (await _post(stood, f"{path}/days/{day}", same))[1].endswith("?done=back")


@pytest.mark.parametrize(
    ("moved_to", "said"),
    [
        ("2020-01-01", "days at most"),
        ("x", "Choose a day"),
        ("", "Choose a day"),
        ("9999-12-31", "Choose a day"),
    ],
)
async def test_a_day_that_will_not_do_is_said_at_its_field(
    stood: Standing, moved_to: str, said: str
) -> None:
    path = await _made(stood)
    day = (await _drafted(stood, path))[0].draw_day
    form = {"does": "move", "moved_to": moved_to}
    status, _, text = await _post(stood, f"{path}/days/{day}", form)
    assert status == 400
    assert said in text.partition('id="about-moved_to"')[2].partition("</p>")[0]


@pytest.mark.parametrize("day", ["x", "2030-02-30", "0001-01-01", "9999-12-31", "2030-01-02"])
async def test_a_day_without_a_draw_is_not_found(stood: Standing, day: str) -> None:
    path = await _made(stood)
    assert (await stood.page(stood.cast.min, "GET", f"{path}/days/{day}")).status_code == 404
    assert (await _post(stood, f"{path}/days/{day}", {"does": "out"}))[0] == 404


async def test_a_calendar_that_is_not_there_is_not_found(stood: Standing) -> None:
    for asked in ("/calendars/999999", "/calendars/x", "/calendars/999999/change"):
        assert (await stood.page(stood.cast.min, "GET", asked)).status_code == 404
    assert (await _post(stood, "/calendars/999999/change", FORM))[0] == 404
    assert (await _post(stood, "/calendars/999999/running", {"running": "true"}))[0] == 404


async def test_a_draft_takes_its_times_and_its_rate_from_the_form(stood: Standing) -> None:
    form = {
        **DRAFT,
        "key": fresh_key(),
        "opens_at": "2090-01-01T08:00",
        "closes_at": "2090-01-02T16:30",
        "commission_rate": "7.5",
    }
    _, path, _ = await _post(stood, "/phases", form)
    drafted = await _phase(stood, path)
    assert f"{drafted.opens_at:%Y-%m-%d %H:%M}" == "2090-01-01 01:30"
    assert str(drafted.commission_rate) == "7.50"
    terms = (await stood.page(stood.cast.min, "GET", path)).text
    assert "7.5 %" in terms
    assert "2090-01-01 08:00:00" in terms
    change = {**form, "commission_rate": "", "opens_at": ""}
    assert (await _post(stood, f"{path}/change", change))[0] == 200
    changed = await _phase(stood, path)
    assert (changed.commission_rate, changed.opens_at) == (None, None)
    for field, typed, said in (
        ("opens_at", "2090-01-03T08:00", "opens before it closes"),
        ("opens_at", "2020-01-03T08:00", "in the past"),
        ("opens_at", "soon", "Write date and time"),
        ("commission_rate", "101", "percentage"),
    ):
        status, _, text = await _post(stood, "/phases", {**form, "key": fresh_key(), field: typed})
        about = text.partition(f'id="about-{field}"')[2].partition("</p>")[0]
        assert (status, said in about) == (400, True), (field, typed)


async def test_an_open_phase_is_changed_without_what_is_frozen(stood: Standing) -> None:
    path = (await stood.open(commission_rate="5")).removeprefix("/api")
    shown = (await stood.page(stood.cast.min, "GET", f"{path}/change")).text
    assert "commission_rate" not in shown
    assert "opens_at" not in shown
    assert (await _post(stood, f"{path}/change", {**DRAFT, "name": "Other"}))[0] == 200
    assert (await _phase(stood, path)).name == "Other"


async def test_a_phase_is_copied_once_for_its_form(stood: Standing) -> None:
    path = (await stood.draft(commission_rate="5", void_window_s=60)).removeprefix("/api")
    dialog = (await stood.page(stood.cast.min, "GET", f"{path}/copy")).text
    assert "Name of the copy" in dialog
    form = {"name": "Dec-01", "key": fresh_key()}
    answers = [await _post(stood, f"{path}/copy", form) for _ in range(2)]
    assert answers[0][:2] == answers[1][:2]
    copied = await _phase(stood, answers[0][1])
    assert (copied.name, copied.state, copied.void_window_s) == ("Dec-01", "draft", 60)
    other = await _post(stood, f"{path}/copy", {**form, "name": "Dec-16"})
    assert (other[0], "was sent before" in other[2]) == (422, True)
    for name in ("", "x" * 51):
        assert (await _post(stood, f"{path}/copy", {"name": name, "key": fresh_key()}))[0] == 400
    assert (await _post(stood, "/phases/999999/copy", form))[0] == 404


async def test_a_phase_is_copied_over_the_api(stood: Standing) -> None:
    path = await stood.open(
        commission_rate="5", opens_at="2090-01-01T00:00:00Z", closes_at="2090-01-02T00:00:00Z"
    )
    assert (await stood.ask("thida", "PUT", f"{path}/limits/137", {"max_amount": "5"})).is_success
    made = answered(await stood.ask("min", "POST", f"{path}/copy", {"name": "Dec-01"}), 201)
    assert (made["name"], made["state"], made["commission_rate"]) == ("Dec-01", "draft", "5")
    assert (made["opens_at"], made["closes_at"]) == (None, None)
    limit = await stood.pool.fetchval(
        "select max_amount from exposures where phase_id = $1 and number = 137", int(made["id"])
    )
    assert limit == 5
    refused(await stood.ask("min", "POST", f"{path}/copy", {"name": " "}), 400, "malformed")
    refused(await stood.ask("min", "POST", f"{path}/copy", {}), 400, "malformed")
    refused(await stood.ask("aung", "POST", f"{path}/copy", {"name": "x"}), 403, "forbidden")
    missing = await stood.ask("min", "POST", "/api/phases/999999/copy", {"name": "x"})
    refused(missing, 404, "not-found")


async def test_times_and_rate_are_told_and_taken_over_the_api(stood: Standing) -> None:
    body = {
        "name": "Dec-01",
        "opens_at": "2090-01-01T12:00:00+06:30",
        "closes_at": "2090-01-02T12:00:00+06:30",
        "commission_rate": "12.50",
    }
    made = answered(await stood.ask("min", "POST", "/api/phases", body), 201)
    assert (made["opens_at"], made["commission_rate"]) == ("2090-01-01T05:30:00Z", "12.5")
    path = f"/api/phases/{made['id']}"
    changes = {"opens_at": None, "commission_rate": None}
    changed = answered(await stood.ask("min", "PATCH", path, changes))
    assert (changed["opens_at"], changed["commission_rate"]) == (None, None)
    for wrong in (
        {"opens_at": "2090-01-02T12:00:00+06:30"},
        {"opens_at": "2020-01-02T12:00:00Z"},
        {"opens_at": "2090-01-01T12:00:00"},
        {"commission_rate": "101"},
        {"commission_rate": 5},
    ):
        refused(await stood.ask("min", "PATCH", path, wrong), 400, "malformed")
        refused(await stood.ask("min", "POST", "/api/phases", {**body, **wrong}), 400, "malformed")


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("aung", "/collect"), ("aung", "/collect/tickets"), ("su", "/cash"), ("su", "/books"),
        ("su", "/monitor"), ("su", "/cash/shifts"), ("thida", "/people"), ("min", "/approvals"),
        ("min", "/exports"), ("min", "/risk"), ("min", "/phases"), ("min", "/calendars"),
        ("ko", "/account"),
    ],
)  # fmt: skip
async def test_every_page_counts_down(stood: Standing, who: str, path: str) -> None:
    person = getattr(stood.cast, who)
    # The first to close of those that are open is that of the bar.
    closing = {"closes_at": "2089-01-01T00:00:00Z"}
    answered(await stood.ask("min", "PATCH", "/api/phases/1", closing))
    text = (await stood.page(person, "GET", path)).text
    assert 'data-closes-at="2089-01-01T06:30:00+06:30" data-own' in text


async def test_where_no_phase_is_open_the_next_opening_is_counted_down_to(clones: Clones) -> None:
    async with standing(clones) as stood:
        opening = {"opens_at": "2089-01-01T00:00:00Z", "name": "the next"}
        path = await stood.draft(**opening)
        text = (await stood.page(stood.cast.su, "GET", "/cash")).text
        assert "data-opens-at" not in text
        assert (await stood.ask("min", "POST", "/api/phases/1/closure")).is_success
        text = (await stood.page(stood.cast.su, "GET", "/cash")).text
        assert 'data-opens-at="2089-01-01T06:30:00+06:30"' in text
        assert "<i>the next</i>" in text
        assert "· closed" in text
        assert (await stood.ask("min", "POST", f"{path}/opening")).is_success
        text = (await stood.page(stood.cast.min, "GET", "/risk/1")).text
        assert "data-opens-at" not in text
