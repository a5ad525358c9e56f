"""Tabs that nobody looks at hold no connection, say so, and are up to date when they are shown."""

from playwright.async_api import Page, expect

from banker.database import Pool
from tests.browser.conftest import SignIn
from tests.cast import Cast, deposit, placed

# A browser without a screen takes every page for visible.
SIGHT = """hidden => {
  const state = hidden ? 'hidden' : 'visible';
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
RESTS_MS = 12_000
CONNECTIONS = 6  # that a browser opens to one host over HTTP/1.1


async def test_more_tabs_are_open_than_a_browser_has_connections(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    first = await sign_in("aung")
    await expect(first.locator("#fresh")).to_have_attribute("data-state", "live")
    await first.evaluate(SIGHT, True)
    for _ in range(CONNECTIONS - 1):
        page = await first.context.new_page()
        await page.goto(f"{address}/collect")
        await page.evaluate(SIGHT, True)
    await expect(first.locator("#fresh")).to_contain_text("paused, as of", timeout=RESTS_MS)
    await expect(first.locator("#fresh")).to_have_attribute("data-state", "still")
    last = await first.context.new_page()
    await last.goto(f"{address}/collect")
    await expect(last.locator("#fresh")).to_have_attribute("data-state", "live")

    await deposit(pool, cast, cast.aung, "5000")
    await first.evaluate(SIGHT, False)
    await expect(first.locator("#fresh")).to_have_attribute("data-state", "live")
    await expect(first.locator(".purse dd >> nth=0")).to_have_text("1,005,000")


async def test_a_wall_out_of_sight_rests_and_is_whole_when_it_is_shown_again(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    wall = await sign_in("thida")
    seen = await wall.context.new_page()
    await seen.goto(f"{address}/risk")
    for page in (wall, seen):
        await page.wait_for_selector("#fresh[data-state=live]")
    streams = _streams(wall)
    await wall.evaluate(SIGHT, True)
    await wall.evaluate(SIGHT, False)
    await wall.evaluate(SIGHT, True)
    await expect(wall.locator("#fresh")).to_contain_text("paused since", timeout=RESTS_MS)
    await expect(wall.locator("#fresh")).to_have_attribute("data-state", "still")
    assert await wall.is_hidden("#stale")

    await placed(pool, cast.phase, cast.aung, "137 500")
    staked = ".cell[data-number='137'][aria-label*='staked 500']"
    assert streams == []
    await wall.evaluate(SIGHT, False)
    await wall.wait_for_selector(staked)
    await wall.wait_for_selector("#fresh[data-state=live]")
    assert len(streams) == 1
    assert await seen.locator("#fresh").get_attribute("data-state") == "live"


async def test_a_tab_that_is_opened_out_of_sight_begins_when_it_is_shown(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    wall = await sign_in("thida")
    await wall.wait_for_selector("#fresh[data-state=live]")
    streams = _streams(wall)
    await wall.add_init_script(f"({SIGHT})(true)")
    await wall.goto(f"{address}/risk")
    await expect(wall.locator("#fresh")).to_contain_text("paused since", timeout=RESTS_MS)
    assert streams == []
    await wall.evaluate(SIGHT, False)
    await wall.wait_for_selector("#fresh[data-state=live]")
    assert len(streams) == 1


def _streams(page: Page) -> list[str]:
    """The streams that a page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda one: one.url.endswith("/stream") and asked.append(one.url))
    return asked
