"""The calendar pages: on a phone, for who does not see them, and with long names."""

from datetime import time, timedelta

import pytest

from banker.books import calendar, drafting, phase
from banker.books.calendar import Plan
from banker.database import Pool, transaction
from banker.rules.calendar import Rule
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import Inspection
from tests.browser.test_looks import LONG_NAME, PHONE, _assert_fits
from tests.cast import Cast

THAI = Rule((1, 16), (), 5, time(8), time(14))


@pytest.fixture
async def drawn(pool: Pool, cast: Cast) -> str:
    """The path of a calendar with a long name, of which a day is moved and another left out."""
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, name=LONG_NAME)
        plan = Plan(LONG_NAME[:30], THAI, cast.phase.id, 4)
        calendar_id = await drafting.create(connection, cast.min.id, plan)
        first, _, third, _ = sorted(await calendar.drafted(connection, calendar_id))
        later = first + timedelta(days=1)
        await drafting.move(connection, calendar_id, first, later, LONG_NAME * 4)
        await drafting.move(connection, calendar_id, third, None, None)
    return f"/calendars/{calendar_id}"


async def test_calendars_fit_a_phone(sign_in: SignIn, address: str, drawn: str) -> None:
    page = await sign_in("min", **PHONE)
    await page.goto(f"{address}{drawn}")
    await _assert_fits(page, "calendar")
    await page.click("td[data-kind=away] button")
    await _assert_fits(page, "day", "#dialog[open]")
    await page.goto(f"{address}/calendars")
    await _assert_fits(page, "calendars")
    await page.click("text=New calendar")
    await _assert_fits(page, "new calendar", "#dialog[open]")
    await page.goto(f"{address}/phases/2")
    await page.click("text=Copy")
    await _assert_fits(page, "copy", "#dialog[open]")


async def test_calendars_are_accessible(sign_in: SignIn, address: str, drawn: str) -> None:
    page = await sign_in("min", bypass_csp=True)
    seen = Inspection(page)
    await page.goto(f"{address}{drawn}")
    await seen.at("calendar")
    await page.click("td[data-kind=away] button")
    await page.wait_for_selector("#dialog input[name=moved_to]")
    await seen.at("day")
    await page.goto(f"{address}/calendars")
    await seen.at("calendars")
    await page.keyboard.press("n")
    await page.wait_for_selector("#dialog input[name=month_days]")
    await page.fill("#dialog input[name=name]", "x")
    await page.press("#dialog input[name=name]", "Enter")
    await page.wait_for_selector("#dialog .field-error")
    await seen.at("new calendar, refused")
    seen.close()
