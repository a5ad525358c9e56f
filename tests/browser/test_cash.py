import asyncio
from decimal import Decimal

import pytest
from playwright.async_api import Page

from banker.books import cash, four_eyes, ledger
from banker.books.people import Person
from banker.database import Pool, reading, transaction
from tests.balanced import assert_books_balance
from tests.browser.conftest import SignIn
from tests.cast import Cast, asked

FOCUSED = "document.activeElement.id"


async def test_a_deposit_and_its_undoing_need_no_mouse(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("su")
    # What the cast was given opened a shift by itself, with an empty drawer.
    await _count_drawer(page, "2,000,000")
    await _arrive(page, ".shift-difference .gain:text-is('0')")
    await page.keyboard.press("b")
    await _arrive(page, ".cash-drawer:has-text('No shift of yours is open')")
    await _count_drawer(page, "500")
    await page.wait_for_selector(".cash-drawer:has-text('Close the shift')")
    await page.wait_for_selector("input[name=name]:focus")
    await _type(page, "hla", "Enter")
    await _arrive(page, "#counter h2:text-is('hla')")
    await page.keyboard.press("d")
    await _type(page, "1,500.50", "Tab", "the week's float", "Enter")
    await _arrive(page, "h1:text-is('Money in')")
    assert await _cash(pool, cast.hla) == Decimal("1500.50")

    await page.keyboard.press("u")
    await page.wait_for_selector("#undo input[name=amount]:focus")
    await _type(page, "1500.51", "Tab", "typed wrongly", "Enter")
    await page.wait_for_selector("#undo input[name=amount][aria-invalid=true]:focus")
    await _type(page, "500.50", "Enter")
    await _arrive(page, "h1:text-is('Undone')")
    await page.keyboard.press("b")
    await page.wait_for_selector(".cash-drawer dd:text-is('1,500')")
    await _arrive(page, "#counter td:has-text('Undoes')")
    assert await _cash(pool, cast.hla) == 1000

    await _count_drawer(page, "1499")
    await page.wait_for_selector(".shift-difference .loss:text-is('−1')")
    await assert_books_balance(pool)


@pytest.mark.parametrize(
    ("key", "focused"),
    [
        ("d", "deposit-amount"),
        ("w", "withdraw-amount"),
        ("r", "repay-amount"),
        ("a", "advance-amount"),
        ("c", "credit-amount"),
        ("b", "bonus-amount"),
    ],
)
async def test_a_key_leads_to_each_form(
    sign_in: SignIn, address: str, cast: Cast, key: str, focused: str
) -> None:
    page = await sign_in("su")
    await page.goto(f"{address}/cash?person={cast.aung.id}")
    await page.keyboard.press(key)
    await page.wait_for_function(f"{FOCUSED} === '{focused}'")


async def test_a_refused_form_is_open_and_typed_as_before(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("su")
    await page.goto(f"{address}/cash?person={cast.aung.id}")
    await page.keyboard.press("r")
    await page.wait_for_selector("#repay-amount:focus")
    await _type(page, "100", "Tab", "some", "Enter")
    await page.wait_for_selector("#repay-amount[aria-invalid=true]:focus")
    assert await page.input_value("#repay-reason") == "some"
    await page.keyboard.press("Escape")
    await page.keyboard.press("c")
    await page.wait_for_selector("#credit-amount:focus")
    await _type(page, "250", "Tab", "a good customer", "Enter")
    await page.wait_for_selector(".toast:has-text('The credit limit is 250')")
    await page.wait_for_selector("#counter .figure-note:text-is('of 250')")
    await assert_books_balance(pool)


@pytest.mark.alone
async def test_the_collectors_open_page_shows_a_deposit_within_a_second(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    collector = await sign_in("aung")
    await collector.wait_for_selector("#side .purse dd:text-is('1,000,000')")
    page = await sign_in("su")
    loop = asyncio.get_running_loop()
    for amount, shown in (("500", "1,000,500"), ("0.50", "1,000,500.50")):
        await page.goto(f"{address}/cash?person={cast.aung.id}")
        await page.fill("#deposit-amount", amount)
        await page.fill("#deposit-reason", "the week's float")
        async with page.expect_response("**/cash/deposits") as answering:
            await page.press("#deposit-reason", "Enter")
        assert (await answering.value).ok
        answered = loop.time()
        await collector.wait_for_selector(f"#side .purse dd:text-is('{shown}')")
        assert loop.time() - answered < 1
        await page.wait_for_selector("h1:text-is('Money in')")
    await assert_books_balance(pool)


async def test_what_is_decided_is_sent_though_the_list_is_being_fetched(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await four_eyes.write_rules(connection, Decimal(100))
    for amount in (101, 102):
        async with transaction(pool) as connection:
            await cash.withdraw(
                connection, asked(cast.su, f"{amount}"), cast.aung.id, Decimal(amount), "winnings"
            )
    page = await sign_in("thida")
    await page.goto(f"{address}/approvals")
    # Fetched from now on, and never answered.
    await page.route("**/approvals/board", lambda _: None)
    await page.evaluate("htmx.trigger(document.body, 'approvals-changed')")
    await page.wait_for_selector("#approvals.htmx-request")
    await page.click("#approval-2 button:text-is('Refuse')")
    await page.wait_for_selector("#dialog[open] [name=note]")
    await page.press("#dialog [name=note]", "Escape")
    await page.click("#approval-1 button:text-is('Approve')")
    await page.click("#confirm button[value=agree]")
    await page.wait_for_selector("#approvals .chip:text-is('approved')")
    assert await _cash(pool, cast.aung) == 1_000_000 - 101
    await assert_books_balance(pool)


async def test_a_question_is_not_taken_away_by_what_is_read_anew(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    async with transaction(pool) as connection:
        await four_eyes.write_rules(connection, Decimal(100))
    async with transaction(pool) as connection:
        await cash.withdraw(
            connection, asked(cast.su, "withdraw"), cast.aung.id, Decimal(101), "winnings"
        )
    page = await sign_in("thida")
    await page.goto(f"{address}/approvals")
    await page.click("#approval-1 button:text-is('Approve')")
    await page.wait_for_selector("#confirm[open]:has-text('Pay 101 out to aung, from cash.')")
    await page.evaluate("htmx.trigger(document.body, 'approvals-changed')")
    await page.wait_for_load_state("networkidle")
    await page.click("#confirm button[value=agree]")
    await page.wait_for_selector("#approvals .chip:text-is('approved')")
    assert await _cash(pool, cast.aung) == 1_000_000 - 101
    async with transaction(pool) as connection:
        await cash.withdraw(
            connection, asked(cast.su, "withdraw"), cast.aung.id, Decimal(102), "winnings"
        )
    await page.reload()
    await page.click("#approval-2 button:text-is('Refuse')")
    await page.fill("#dialog input[name=note]", "not today")
    await page.press("#dialog input[name=note]", "Enter")
    await page.wait_for_selector("#flash .toast:has-text('No. 2 is refused')")
    await page.wait_for_selector("#approvals td:has-text('not today')")
    await assert_books_balance(pool)


async def _arrive(page: Page, selector: str) -> None:
    """Wait for what is on the next page, and for the scripts that take its keys."""
    await page.wait_for_selector(selector)
    await page.wait_for_load_state()


async def _count_drawer(page: Page, amount: str) -> None:
    """Open a shift, or close the one that is open."""
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await page.wait_for_selector("#dialog[open] input[name=counted]:focus")
    await _type(page, amount, "Enter")


async def _type(page: Page, *typed: str) -> None:
    """Words are typed, keys pressed."""
    for one in typed:
        if one in ("Enter", "Tab"):
            await page.keyboard.press(one)
        else:
            await page.keyboard.type(one)


async def _cash(pool: Pool, person: Person) -> Decimal:
    async with reading(pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id].cash_balance
