"""A partner's earnings in the browser: looked at, printed, copied, and paid by keys."""

from decimal import Decimal

from banker.books import cash, people
from banker.books.resettlement import resettle
from banker.books.settlement import Draw
from banker.database import Pool, transaction
from tests.balanced import assert_books_balance
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import Inspection
from tests.browser.test_looks import LONG_NAME, PHONE, _assert_fits
from tests.cast import PASSWORD_HASH, Cast, asked, close_and_settle, deposit, placed

BLANK = 998


async def _drawn(pool: Pool, cast: Cast) -> None:
    """A phase by which 2,000.58 is earned."""
    async with transaction(pool) as connection:
        zaw = await people.add(
            connection, LONG_NAME, "collector", PASSWORD_HASH, partner_id=cast.ko.id
        )
    await deposit(pool, cast, zaw, "99999999999.99")
    await placed(pool, cast.phase, zaw, "444 40000")
    await placed(pool, cast.phase, cast.aung, "137 11.12\n445 = 0.50")
    await close_and_settle(pool, cast, BLANK)


async def test_earnings_are_paid_by_keys(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    await _drawn(pool, cast)
    page = await sign_in("su")
    await page.goto(f"{address}/cash?person={cast.ko.id}")
    await page.locator("body").press("e")
    await page.keyboard.type("for November")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/cash/slips/*")
    await page.wait_for_selector("h1:text-is('Partner earnings')")
    await page.keyboard.press("b")
    await page.wait_for_selector("text=Nothing waits to be paid")
    await assert_books_balance(pool)


async def test_a_statement_is_copied_for_the_chat(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    await _drawn(pool, cast)
    page = await sign_in("ko", permissions=["clipboard-read", "clipboard-write"])
    assert page.url == f"{address}/partner"
    await page.click(".partner-lines a:text-is('Nov-16')")
    await page.click("button:text-is('Copy for the chat')")
    await page.wait_for_selector(".flash :text('The statement is copied')")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("ko · Nov-16, drawn 998\nAll figures are your share: 50 %")
    assert f"{LONG_NAME}: stakes 20,000" in copied


async def test_the_pages_of_partners_fit_a_phone_and_are_accessible(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    await _drawn(pool, cast)
    async with transaction(pool) as connection:
        request = asked(cast.su, "earning", "2000.58")
        await cash.pay_earnings(connection, request, cast.ko.id, Decimal("2000.58"), "in time")
    async with transaction(pool) as connection:
        draw = Draw(137, "the paper", cast.min.id, "misheard")
        await resettle(connection, cast.phase.id, draw)
    own = ("/partner", "/partner/phases/1")
    theirs = ("/partners", f"/partners/{cast.ko.id}", f"/partners/{cast.ko.id}/phases/1")
    for name, paths in (("ko", own), ("thida", (*theirs, f"/cash?person={cast.ko.id}"))):
        phone = await sign_in(name, **PHONE)
        for path in paths:
            await phone.goto(f"{address}{path}")
            await _assert_fits(phone, path)
        seen = Inspection(await sign_in(name, bypass_csp=True))
        for path in paths:
            await seen.page.goto(f"{address}{path}")
            await seen.at(path)
        seen.close()
