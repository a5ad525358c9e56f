import asyncio

import pytest
from playwright.async_api import Page

from banker.books import exposure, people, phase
from banker.database import Pool, transaction
from banker.embedded import House
from tests.browser.conftest import SignIn
from tests.cast import PASSWORD_HASH, Cast, deposit, placed
from tests.relay import relayed
from tests.serving import serving

PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True}
LONG_NAME = "a-name-of-fifty-letters-without-a-place-to-breakkk"
SLIP = "၁၂၃ ၅၀၀\n၅အပါ ၅၀\n๑๒๓ ๑๐๐\n12 700\n137 500\ntotal 14,650"
LOADED = "[...document.fonts].filter(({status}) => status === 'loaded').map(({family}) => family)"

# The letters on the page that no font of ours says it has.
STRAYS = """() => {
  const ranges = [...document.fonts]
    .flatMap(({ unicodeRange }) => unicodeRange.split(","))
    .map((range) => range.trim().slice(2).split("-").map((end) => parseInt(end, 16)));
  return [...new Set(document.body.innerText)].filter((letter) => {
    const point = letter.codePointAt(0);
    return !ranges.some(([first, last = first]) => first <= point && point <= last);
  });
}"""


@pytest.fixture
async def crowded(pool: Pool, cast: Cast) -> Cast:
    """The cast with what is hard to fit: long names and large amounts."""
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, name=LONG_NAME)
        await people.add(connection, LONG_NAME, "collector", PASSWORD_HASH)
        await people.amend(connection, cast.khin.id, cast.thida.id, username=f"{LONG_NAME[:-1]}z")
        await exposure.set_limit(connection, cast.phase.id, 137, 999_999_999)
    for _ in range(3):
        await deposit(pool, cast, cast.aung, "99999999999.99")
    await placed(pool, cast.phase, cast.aung, "137 = 999,999,998.99\n2t 50")
    await placed(pool, cast.phase, cast.khin, "246r 20")
    return cast


async def test_the_collectors_pages_fit_a_phone(
    sign_in: SignIn, address: str, crowded: Cast
) -> None:
    page = await sign_in("aung", **PHONE)
    await _assert_fits(page, "empty slip")
    await page.fill("#slip", f"{SLIP}\n{'123 ' * 40}= 5\n137 = 999,999,999.99")
    await page.wait_for_selector("#reading :text('a number has three digits')")
    await _assert_fits(page, "slip with problems")
    await page.fill("#slip", "246 500")
    await page.wait_for_selector("#total:text-is('500')")
    await page.click("#send")
    await page.wait_for_selector("#answer .receipt")
    await _assert_fits(page, "slip taken")
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
        await _assert_fits(page, path)
    await page.goto(f"{address}/collect/tickets?find=1")
    await _assert_fits(page, "ticket")
    await page.goto(f"{page.url}/receipt")
    await _assert_fits(page, "receipt")


async def test_the_staffs_pages_fit_a_phone(sign_in: SignIn, address: str, crowded: Cast) -> None:
    page = await sign_in("thida", **PHONE)
    await page.wait_for_selector("#hurting [data-open-number]")
    await _assert_fits(page, "wall")
    await page.click("#hurting [data-open-number] >> nth=0")
    await _assert_fits(page, "number", "#dialog[open]")
    await page.goto(f"{address}/phases/{crowded.phase.id}")
    await _assert_fits(page, "phase")
    await page.fill("input.phase-draw", "137")
    await page.press("input.phase-draw", "Enter")
    await _assert_fits(page, "rehearsal", "#dialog[open]")
    await page.goto(f"{address}/phases")
    await _assert_fits(page, "phases")
    await page.click("button:has-text('Draft a phase')")
    await _assert_fits(page, "draft", "#dialog[open]")
    await page.goto(f"{address}/people")
    await _assert_fits(page, "people")
    await page.click(f"#people button:text-is('{LONG_NAME}')")
    await _assert_fits(page, "person", "#dialog[open]")
    for path in (
        "/cash?name=a",
        "/cash?name=aung",
        f"/cash?person={crowded.khin.id}",
        "/cash/slips/1",
        "/cash/shifts",
        "/cash/shifts/1",
        f"/phases/{crowded.phase.id}/statements",
        f"/phases/{crowded.phase.id}/statements/{crowded.khin.id}",
        f"/statements/{crowded.khin.id}",
        "/approvals",
        "/books",
        "/books/trail",
    ):
        await page.goto(f"{address}{path}")
        await _assert_fits(page, path)


@pytest.mark.parametrize("size", [(1440, 900), (1440, 876), (1920, 1080), (1280, 800)])
async def test_the_wall_does_not_scroll(
    sign_in: SignIn, crowded: Cast, size: tuple[int, int]
) -> None:
    wall = await sign_in("thida", *size)
    await wall.wait_for_selector("#hurting [data-open-number]")
    await _assert_fits(wall, "wall")
    assert await wall.evaluate("document.documentElement.scrollHeight") <= size[1]
    smallest = await wall.eval_on_selector_all(
        ".panel", "panels => Math.min(...panels.map((one) => one.getBoundingClientRect().height))"
    )
    assert smallest > 60


async def test_burmese_and_thai_have_their_letters_in_the_slip(sign_in: SignIn, cast: Cast) -> None:
    page = await sign_in("aung")
    await page.fill("#slip", SLIP)
    await page.wait_for_selector("#reading :text('a number has three digits')")
    await page.evaluate("document.fonts.ready.then(() => null)")
    assert {"Noto Sans Myanmar", "Noto Sans Thai"} <= set(await page.evaluate(LOADED))
    used = await _fonts_of(page, "#lines .line-text")
    assert used[0] == {"Noto Sans Myanmar", "JetBrains Mono"}
    assert used[2] == {"Noto Sans Thai", "JetBrains Mono"}
    assert used[4] == {"JetBrains Mono"}
    assert await page.locator("#lines .line-margin >> nth=5").inner_text() == "agrees"
    await _fonts_of(page, "#lines .line-margin")
    await _fonts_of(page, "#reading")


async def test_a_cut_stream_is_called_stale_until_it_is_healed(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    wall = await sign_in("thida")
    async with relayed(address) as relay:
        await wall.goto(f"{relay.url}/risk")
        await wall.wait_for_selector("#fresh[data-state=live]")
        assert await wall.is_hidden("#stale")
        await relay.cut()
        await wall.wait_for_selector("#stale:has-text('the connection is lost')")
        await wall.wait_for_selector("#fresh[data-state=stale]:has-text('stale')")
        await relay.open()
        await wall.wait_for_selector("#fresh[data-state=live]")
        await wall.wait_for_selector("#stale", state="hidden")
        await wall.goto("about:blank")


async def test_without_redis_the_wall_opens_and_says_that_it_is_stale(
    sign_in: SignIn, house: House, pool: Pool, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "137 500")
    wall = await sign_in("thida")
    async with serving(house, redis_url="redis://127.0.0.1:1/0") as away:
        await wall.goto(f"{away}/risk")
        await wall.wait_for_selector("#stale:has-text('Redis is down. Slips are still taken')")
        await wall.wait_for_selector(".cell[data-number='137'][aria-label*='staked 500']")
        await wall.goto("about:blank")


async def _assert_fits(page: Page, name: str, shown: str = "body") -> None:
    """Nothing is wider than the window, and no letter is one that our fonts do not have."""
    await page.wait_for_selector(shown)
    await asyncio.sleep(0.1)
    room = page.viewport_size["width"] if page.viewport_size else 0
    wide = await page.evaluate(
        """(room) => [document.documentElement, ...document.querySelectorAll("dialog[open]")]
          .filter((one) => one.scrollWidth > Math.min(room, one.clientWidth))
          .map((one) => `${one.id || one.localName} is ${one.scrollWidth} wide`)""",
        room,
    )
    assert not wide, f"{name}: {wide}"
    assert not (await page.evaluate(STRAYS)), name


async def _fonts_of(page: Page, selector: str) -> list[set[str]]:
    """The fonts that the letters of each element are really drawn with: all of them our own."""
    session = await page.context.new_cdp_session(page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    document = await session.send("DOM.getDocument")
    found = await session.send(
        "DOM.querySelectorAll", {"nodeId": document["root"]["nodeId"], "selector": selector}
    )
    drawn = []
    for node_id in found["nodeIds"]:
        answer = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node_id})
        assert all(font["isCustomFont"] for font in answer["fonts"]), answer
        drawn.append({font["familyName"] for font in answer["fonts"]})
    return drawn
