"""What the bar says of how fresh the page is, and what is said when the house does not answer."""

from playwright.async_api import Route, expect

from tests.browser.conftest import SignIn
from tests.cast import Cast

OUTAGE = '<div class="notice bad" role="alert"><p>The books cannot be reached.</p></div>'


async def test_a_page_is_as_of_the_moment_its_own_figures_were_read(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("thida")
    await page.goto(f"{address}/people")
    bar = page.locator("#fresh")
    read = await bar.inner_text()
    assert read.startswith("as of ")
    await page.wait_for_timeout(1_100)
    await page.keyboard.press("n")
    await page.wait_for_selector("#dialog[open] [name=username]")
    assert await bar.inner_text() == read
    await page.keyboard.press("Escape")
    await page.route("**/people?*", _answer_with_an_outage)
    await page.fill("#people-filter [name=name]", "aung")
    await page.wait_for_selector("#flash :text('cannot be reached')")
    assert await bar.inner_text() == read
    await page.unroute("**/people?*")
    await page.fill("#people-filter [name=name]", "khin")
    await expect(bar).not_to_have_text(read)
    await expect(bar).to_contain_text("as of ")


async def _answer_with_an_outage(route: Route) -> None:
    await route.fulfill(status=503, content_type="text/html; charset=utf-8", body=OUTAGE)
