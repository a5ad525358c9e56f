"""The bar counts down by the database's clock, and says the last minute in words."""

from datetime import date, timedelta

import asyncpg
from playwright.async_api import expect

from banker.books import phase
from banker.database import Pool, transaction
from tests.browser.conftest import SignIn
from tests.cast import Cast

# A browser whose machine is three hours slow.
WRONG_CLOCK = """
  const late = 3 * 3600 * 1000, now = Date.now, origin = performance.timeOrigin;
  Date.now = () => now() - late;
  Object.defineProperty(performance, "timeOrigin", { value: origin - late });
"""


async def test_the_last_minute_is_said_in_words_whatever_the_browsers_clock_says(
    sign_in: SignIn, address: str, cast: Cast, owner: asyncpg.Connection
) -> None:
    page = await sign_in("su")
    await page.add_init_script(WRONG_CLOCK)
    countdown = page.locator(".countdown")
    for left, words, urgent in (
        ("2 hours", "closes in 01:59:", False),
        ("90 seconds", "closes in 00:01:", False),
        ("50 seconds", "last minute, closes in 00:00:", True),
    ):
        await owner.execute(
            "update phases set closes_at = clock_timestamp() + $1::text::interval", left
        )
        await page.goto(f"{address}/cash")
        await expect(countdown).to_contain_text(words)
        assert (await countdown.get_attribute("data-urgent") is not None) == urgent
    await owner.execute("update phases set closes_at = clock_timestamp() + interval '2 seconds'")
    await page.goto(f"{address}/cash")
    await expect(countdown).to_have_text("closing time has passed")


async def test_where_nothing_is_open_the_next_opening_is_counted_down_to(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast, owner: asyncpg.Connection
) -> None:
    async with transaction(pool) as connection:
        await phase.create(connection, cast.min.id, phase.Draft(name="Dec-01"))
    await owner.execute("update phases set state = 'void' where id = $1", cast.phase.id)
    await owner.execute(
        "update phases set opens_at = clock_timestamp() + interval '50 seconds' where id <> $1",
        cast.phase.id,
    )
    page = await sign_in("su")
    await page.goto(f"{address}/cash")
    countdown = page.locator(".countdown")
    await expect(countdown).to_contain_text("Dec-01 opens in 00:00:")
    assert await countdown.get_attribute("data-urgent") is None


async def test_a_day_of_a_calendar_is_moved_by_the_keyboard(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("min")
    await page.goto(f"{address}/calendars")
    await page.keyboard.press("n")
    await page.click("text=Fill in the Thai lottery")
    await expect(page.locator("[name=month_days]")).to_have_value("1, 16")
    await page.press("[name=name]", "Enter")
    await page.wait_for_url("**/calendars/1*")
    assert await page.locator(".calendar-month").count() == 3
    draw = page.locator("button.calendar-draw", has_text="draft").first
    await draw.focus()
    await page.keyboard.press("Enter")
    await page.fill("[name=note]", "a holiday")
    await page.click("text=Leave it out")
    await page.wait_for_url("**/calendars/1*")
    await expect(page.locator("td[data-kind=out]")).to_contain_text("left out")
    await page.click("td[data-kind=out] button")
    await page.click("text=Put it back")
    await page.wait_for_url("**/calendars/1*")
    await expect(page.locator("td[data-kind=out]")).to_have_count(0)
    await draw.click()
    day = date.fromisoformat(await page.input_value("[name=moved_to]"))
    await page.fill("[name=moved_to]", str(day + timedelta(days=1)))
    # Enter moves it: the other buttons are never pressed by it.
    await page.press("[name=note]", "Enter")
    await page.wait_for_url("**/calendars/1*")
    await expect(page.locator("td[data-kind=moved]")).to_have_count(1)
    await expect(page.locator("td[data-kind=away]")).to_have_count(1)
