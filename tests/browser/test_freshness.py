"""What the bar says of how fresh the page is, and what is said when the house does not answer."""

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import SignIn, quiet
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


async def test_what_fetches_itself_is_stale_and_not_loud_while_the_house_is_out_of_order(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    for name, path, part, event in (
        ("aung", "/collect", "/collect/side", "slips-changed"),
        ("thida", "/approvals", "/approvals/board", "approvals-changed"),
    ):
        page = await sign_in(name)
        await page.goto(f"{address}{path}")
        bar = page.locator("#fresh")
        await expect(bar).to_have_attribute("data-state", "live")
        await page.route(f"**{part}*", _answer_with_an_outage)
        await _trigger(page, event)
        await expect(bar).to_have_attribute("data-state", "stale")
        stale = await bar.inner_text()
        assert stale.startswith("stale since ")
        await page.wait_for_timeout(1_100)
        for _ in range(3):
            async with page.expect_response(f"**{part}*"):
                await _trigger(page, event)
        await expect(bar).to_have_text(stale)
        await expect(page.locator("#flash > *")).to_have_count(0)
        await page.unroute(f"**{part}*")
        await _trigger(page, event)
        await expect(bar).to_have_attribute("data-state", "live")
        await expect(bar).not_to_contain_text(stale.removeprefix("stale since "))


async def test_a_refusal_of_what_fetches_itself_is_said_once_and_leaves_it_standing(
    sign_in: SignIn, cast: Cast
) -> None:
    page = await sign_in("aung")

    async def refuse(route: Route) -> None:
        await route.fulfill(status=403, content_type="text/html", body=OUTAGE)

    await page.route("**/collect/side*", refuse)
    for _ in range(3):
        async with page.expect_response("**/collect/side*"):
            await _trigger(page, "slips-changed")
    await expect(page.locator("#fresh")).to_have_attribute("data-state", "stale")
    await expect(page.locator("#flash > .notice")).to_have_count(1)
    await expect(page.locator("#side #purse-title")).to_have_count(1)


async def test_one_outage_is_one_notice_however_often_it_is_met(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("thida")
    await page.goto(f"{address}/people")
    await page.route("**/people/new", _answer_with_an_outage)
    for _ in range(3):
        async with page.expect_response("**/people/new"):
            await page.keyboard.press("n")
        await quiet(page)
        await expect(page.locator("#flash > *")).to_have_count(1)
    for number in range(6):
        await page.evaluate("n => banker.flash('warn', `another ${n}`)", number)
    await expect(page.locator("#flash > *")).to_have_count(4)


async def _answer_with_an_outage(route: Route) -> None:
    await route.fulfill(status=503, content_type="text/html; charset=utf-8", body=OUTAGE)


async def _trigger(page: Page, event: str) -> None:
    """What is being fetched already is not asked for beside it."""
    await quiet(page)
    await page.evaluate("event => htmx.trigger(document.body, event)", event)
