import asyncio
from decimal import Decimal

import pytest
from playwright.async_api import Browser, Page, Route

from banker.books import cash, exposure, four_eyes
from banker.database import Pool, transaction
from tests.browser.conftest import AXE, SignIn
from tests.cast import PASSWORD, Cast, asked, close_and_settle, placed

# What is wrong for everybody is looked for once a width; what a scheme changes is contrast alone.
LOOKS = (
    ("light", 1440, {}),
    ("dark", 1440, {"runOnly": ["color-contrast"]}),
    ("light", 390, {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]}),
    ("dark", 390, {}),
)
FIND = """async (options) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  return violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any }) => [id, target, any[0]?.message ?? help].join(" | ")),
    );
}"""
FOCUSED = """() => {
  const { id, dataset, textContent } = document.activeElement;
  return id || (dataset.number ? `cell ${dataset.number}` : textContent.trim());
}"""

PROBLEMS = "123 500\n၁၂ 700\n137 60000\n137 200\n๔๕๖r 30\n"


class Inspection:
    """Collects what axe-core finds wrong with the pages of one window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    async def at(self, name: str) -> None:
        """Look at what is shown now, in both schemes and at both widths."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text())
        for scheme, width, options in LOOKS:
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.set_viewport_size({"width": width, "height": 900})
            found = await self.page.evaluate(FIND, options)
            self.wrong += [f"{name}, {scheme}, {width}: {one}" for one in found]
        await self.page.set_viewport_size({"width": 1440, "height": 900})

    def close(self) -> None:
        """Nothing serious or critical was found."""
        assert not self.wrong, "\n".join(self.wrong)


async def test_the_door_and_the_collectors_pages_are_accessible(
    sign_in: SignIn, browser: Browser, address: str, cast: Cast
) -> None:
    door = await browser.new_context(bypass_csp=True)
    seen = Inspection(await door.new_page())
    await seen.page.goto(f"{address}/signin")
    await seen.at("sign-in")
    await seen.page.fill("input[name=username]", "aung")
    await seen.page.fill("input[name=password]", "not this")
    await seen.page.press("input[name=password]", "Enter")
    await seen.page.wait_for_selector("#refusal")
    await seen.at("sign-in, refused")
    await door.close()
    seen.page = page = await sign_in("aung", bypass_csp=True)
    await seen.at("empty slip")
    await page.fill("#slip", PROBLEMS)
    await page.wait_for_selector("#reading :text('a number has three digits')")
    await seen.at("slip with problems")
    await page.fill("#slip", "123 500\n456r 20")
    await page.wait_for_selector("#total:has-text('620')")
    await page.press("#slip", "Control+Enter")
    await page.wait_for_selector("#answer :text('#1')")
    await page.wait_for_selector("#side a:text('#1')")
    await seen.at("slip taken")
    await page.click("#side button:has-text('void')")
    await seen.at("void question")
    await page.keyboard.press("Escape")
    for path in (
        "/collect/tickets",
        "/collect/statements",
        "/collect/statements/1",
        "/account",
        "/schema",
        "/people",
        "/nowhere",
    ):
        await page.goto(f"{address}{path}")
        await seen.at(path)
    await page.goto(f"{address}/collect/tickets?find=1")
    await seen.at("ticket")
    await page.goto(f"{page.url}/receipt")
    await seen.at("receipt")
    seen.close()


async def test_the_wall_is_accessible(sign_in: SignIn, pool: Pool, cast: Cast) -> None:
    async with transaction(pool) as connection:
        for number, limit in ((13, 0), (137, 500), (444, 510)):
            await exposure.set_limit(connection, cast.phase.id, number, Decimal(limit))
    await placed(pool, cast.phase, cast.aung, "137 444 = 500\n786 40000\n5a 3000\n246r 16000")
    page = await sign_in("thida", bypass_csp=True)
    await page.wait_for_selector("#hurting [data-open-number]")
    await page.wait_for_selector(".cell[data-number='137'][data-step=full]")
    seen = Inspection(page)
    await seen.at("wall")
    await page.click(".cell[data-number='137']")
    await page.wait_for_selector("#dialog[open]")
    await page.fill("#dialog input[name=max_amount]", "a lot")
    await page.press("#dialog input[name=max_amount]", "Enter")
    await page.wait_for_selector("#dialog .field-error")
    await seen.at("number")
    seen.close()


async def test_the_staffs_pages_are_accessible(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500\n246r 20")
    page = await sign_in("thida", bypass_csp=True)
    seen = Inspection(page)
    phase = f"/phases/{cast.phase.id}"
    await page.goto(f"{address}{phase}")
    await seen.at("open phase")
    await page.click("button:has-text('Void')")
    await page.wait_for_selector("#dialog input[name=reason]:focus")
    await seen.at("void, asking why")
    await page.keyboard.press("Escape")
    await page.fill("input.phase-draw", "137")
    await page.press("input.phase-draw", "Enter")
    await page.wait_for_selector("#dialog .figure-value:text('40,000')")
    await seen.at("rehearsal")
    await close_and_settle(pool, cast, 137)
    await page.goto(f"{address}{phase}")
    await seen.at("settled phase")
    await page.goto(f"{address}/phases")
    await seen.at("phases")
    await page.keyboard.press("n")
    await page.fill("#dialog input[name=name]", "x")
    await page.fill("#dialog input[name=global_limit]", "a lot")
    await page.press("#dialog input[name=global_limit]", "Enter")
    await page.wait_for_selector("#dialog .field-error")
    await seen.at("draft, refused")
    await page.goto(f"{address}/people")
    await seen.at("people")
    await page.click("#people button:text-is('aung')")
    await page.wait_for_selector("#dialog[open]")
    await seen.at("person")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.wait_for_selector("#dialog[open] input[name=username]")
    await seen.at("new person")
    await page.goto(f"{address}/cash?name=aung")
    await page.keyboard.press("b")
    await page.wait_for_selector("#bonus-amount:focus")
    await seen.at("counter")
    await page.click("a:text-is('slip')")
    await page.wait_for_url("**/cash/slips/*")
    await page.keyboard.press("u")
    await page.wait_for_selector("#undo input[name=amount]:focus")
    await seen.at("cash slip")
    statements = (f"{phase}/statements", f"{phase}/statements/{cast.aung.id}")
    for path in (
        *statements,
        f"/statements/{cast.aung.id}",
        "/cash/shifts",
        "/cash/shifts/1",
        "/approvals",
        "/books",
        "/books/trail",
    ):
        await page.goto(f"{address}{path}")
        await seen.at(path)
    seen.close()


async def test_what_waits_is_accessible(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await four_eyes.write_rules(connection, Decimal(0))
    async with transaction(pool) as connection:
        await cash.withdraw(connection, asked(cast.su, "w"), cast.aung.id, Decimal(1), "a reason")
    page = await sign_in("thida", bypass_csp=True)
    seen = Inspection(page)
    await page.goto(f"{address}/approvals")
    await seen.at("approvals, one waiting")
    await page.click("button:text-is('Refuse')")
    await page.wait_for_selector("#dialog[open] input[name=note]:focus")
    await seen.at("refusal")
    seen.close()


async def test_a_slip_is_sent_from_the_door_on_without_a_mouse(
    browser: Browser, address: str, cast: Cast
) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{address}/signin")
    await page.keyboard.type("aung")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#slip:focus")
    await page.keyboard.type("123 500\n456 20")
    await page.wait_for_selector("#total:has-text('520')")
    stops = [await _tab(page) for _ in range(3)]
    assert stops == ["note", "clear", "send"]
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#answer :text('#1')")
    await page.wait_for_selector("#slip:focus")
    await context.close()


async def test_what_is_typed_before_the_scripts_arrive_is_kept_and_read(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("aung")
    typed = asyncio.Event()

    async def arrive_late(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/static/collect.js*", arrive_late)
    await page.goto(f"{address}/collect", wait_until="commit")
    await page.wait_for_selector("#slip:focus")
    await page.keyboard.type("123 500")
    typed.set()
    await page.wait_for_selector("#total:text-is('500')")
    assert await page.input_value("#slip") == "123 500"


async def test_the_first_stop_of_a_page_skips_its_bar(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("min")
    assert await _tab(page) == "Skip to the page"
    await page.keyboard.press("Enter")
    assert await _tab(page) == "Calendars"


async def test_the_map_is_one_stop_and_leads_on(sign_in: SignIn, cast: Cast) -> None:
    page = await sign_in("thida")
    await page.wait_for_selector(".cell[data-number='000'][aria-label*='staked']")
    await page.focus("#jump")
    stops = [await _tab(page) for _ in range(5)]
    assert [stop for stop in stops if stop.startswith("cell")] == ["cell 000"]
    await page.focus(".cell[data-number='000']")
    for key in ("ArrowRight", "ArrowDown", "PageDown", "End"):
        await page.keyboard.press(key)
    assert await page.evaluate(FOCUSED) == "cell 119"
    await _tab(page)
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate(FOCUSED) == "cell 119"


@pytest.mark.parametrize(
    ("opener", "dialog"),
    [
        (".cell[data-number='137']", "#dialog"),
        ("#intake-switch form:not([hidden]) button", "#confirm"),
    ],
)
async def test_escape_closes_a_dialog_and_the_focus_returns(
    sign_in: SignIn, cast: Cast, opener: str, dialog: str
) -> None:
    page = await sign_in("thida")
    await page.wait_for_selector(".cell[data-number='137'][aria-label*='staked']")
    await page.focus(opener)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(f"{dialog}[open]")
    assert await page.evaluate("document.activeElement.closest('dialog').id") == dialog[1:]
    await page.keyboard.press("Escape")
    await page.wait_for_selector(f"{dialog}:not([open])", state="attached")
    assert await page.locator(f"{opener}:focus").count() == 1


async def _tab(page: Page) -> str:
    await page.keyboard.press("Tab")
    where: str = await page.evaluate(FOCUSED)
    return " ".join(where.split())
