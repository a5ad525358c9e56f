"""Browsers of some years ago, as phones have them: what is younger is done without."""

import asyncio

from playwright.async_api import Request, Route

from banker.books import ticket
from banker.database import Pool, reading
from tests.balanced import assert_books_balance
from tests.browser.conftest import SignIn
from tests.cast import Cast

# Safari 17.3 and Chrome 115 have none of these.
OLD = """
  delete AbortSignal.any;
  delete AbortSignal.timeout;
  delete Element.prototype.checkVisibility;
  delete String.prototype.toWellFormed;
"""
# The time in which a slip is to be answered the first time passes in a fifth of a second.
IMPATIENT = """
  const wait = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => {
    if (ms !== 20000) return wait(act, ms, ...rest);
    window.setTimeout = wait;
    return wait(act, 200, ...rest);
  };
"""


async def test_a_slip_is_sent_by_an_old_browser_and_again_where_no_answer_comes(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("aung")
    await page.add_init_script(OLD + IMPATIENT)
    await page.reload()
    keys = []

    async def leave_the_first_waiting(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            await route.continue_()

    await page.route("**/collect/tickets", leave_the_first_waiting)
    await page.fill("#slip", "123 500")
    await page.wait_for_selector("#total:has-text('500')")
    await page.press("#slip", "Control+Enter")
    await page.wait_for_selector("#answer :text('#1')")
    assert (len(keys), len(set(keys))) == (2, 1)
    async with reading(pool) as connection:
        assert len(await ticket.newest(connection, cast.phase.id, 5)) == 1
    await assert_books_balance(pool)


async def test_an_old_browser_stops_trying_when_it_is_told_to(sign_in: SignIn, cast: Cast) -> None:
    page = await sign_in("aung")
    await page.add_init_script(OLD)
    await page.reload()
    asked: list[Request] = []

    async def lose(route: Route) -> None:
        asked.append(route.request)
        await route.abort()

    await page.route("**/collect/tickets", lose)
    await page.fill("#slip", "123 500")
    await page.wait_for_selector("#total:has-text('500')")
    await page.press("#slip", "Control+Enter")
    await page.click("#answer button:has-text('Stop trying')")
    await page.wait_for_selector("#answer :text('It is not known whether the slip was taken')")
    count = len(asked)
    assert count > 0
    await asyncio.sleep(1)
    assert len(asked) == count


async def test_the_keys_of_a_page_work_in_an_old_browser(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("min")
    await page.add_init_script(OLD)
    await page.goto(f"{address}/phases")
    await page.keyboard.press("n")
    await page.wait_for_selector("#dialog[open] input[name=name]")
