from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from banker.books import people
from banker.database import Pool, transaction
from tests.books.past_phases import Past
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import Inspection
from tests.browser.test_looks import LONG_NAME, PHONE, _assert_fits
from tests.cast import Cast

OCTOBER = datetime(2096, 10, 10, 9, 0, tzinfo=UTC)
NOVEMBER = datetime(2096, 11, 10, 9, 0, tzinfo=UTC)
PATHS = (
    "/history",
    "/history?month=2096-11",
    "/history/months",
    "/history/months/2096-11?numbers=all",
    "/history/numbers?over=2096-11&number=137",
)


@pytest.fixture
async def past(pool: Pool, owner: asyncpg.Connection, cast: Cast) -> Past:
    """Phases of two months, with what is hard to fit: a long name, a large loss, a void."""
    async with transaction(pool) as connection:
        await people.amend(connection, cast.khin.id, cast.thida.id, username=LONG_NAME)
    past = Past(pool, owner, cast)
    for place in range(6):
        at = (NOVEMBER if place % 2 else OCTOBER) + timedelta(days=place)
        slips = [(cast.aung, {137: "45000", 7: "10.55"}), (cast.khin, {500: "35.50"})]
        played = await past.place(f"{at:%Y-%m}", at, slips[: 1 + place % 2])
        if place == 4:
            await past.call_off(played, "the wheel broke, and nobody could say what was drawn")
            continue
        await past.settle(played, (7, 138)[place % 2])
        if place == 3:
            await past.settle(played, 137)
    return past


async def test_the_history_fits_a_phone(sign_in: SignIn, address: str, past: Past) -> None:
    page = await sign_in("min", **PHONE)
    for path in (*PATHS, f"/history/collectors/{past.cast.khin.id}"):
        await page.goto(f"{address}{path}")
        await _assert_fits(page, path)


async def test_the_history_is_accessible(sign_in: SignIn, address: str, past: Past) -> None:
    page = await sign_in("min", bypass_csp=True)
    seen = Inspection(page)
    for path in (*PATHS, f"/history/collectors/{past.cast.khin.id}"):
        await page.goto(f"{address}{path}")
        await seen.at(path)
    seen.close()


async def test_the_history_is_walked_by_keys(sign_in: SignIn, address: str, past: Past) -> None:
    page = await sign_in("min")
    await page.goto(f"{address}/history/months/2096-11")
    await page.keyboard.press("p")
    await page.wait_for_selector("h1:text-is('October 2096')")
    await page.keyboard.press("n")
    await page.wait_for_selector("h1:text-is('November 2096')")
    await page.goto(f"{address}/history/numbers")
    await page.keyboard.press("/")
    await page.keyboard.type("137")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".history-found:has-text('137: ')")
    await page.goto(f"{address}/history")
    await page.select_option("#intake-phase", value=str(past.rounds[0].phase_id))
    await page.wait_for_selector("#intake .history-bar >> nth=0", state="attached")
    assert await page.input_value("#intake-phase") == str(past.rounds[0].phase_id)
