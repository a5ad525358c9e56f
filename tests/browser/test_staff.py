from decimal import Decimal

from playwright.async_api import Browser, Page

from banker.books import ledger, phase
from banker.books.cash import history
from banker.books.people import Person
from banker.books.phase import Phase
from banker.database import Pool, reading, transaction
from tests.balanced import assert_books_balance
from tests.browser.conftest import SignIn, quiet
from tests.cast import PASSWORD, Cast, placed


async def test_a_phase_is_drafted_opened_watched_closed_rehearsed_and_settled(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("min")
    await page.keyboard.press("n")
    await page.fill("#dialog input[name=name]", "Nov-17")
    await page.fill("#dialog input[name=global_limit]", "20,000")
    await page.press("#dialog input[name=global_limit]", "Enter")
    await page.wait_for_selector(".phase-head h1:has-text('Nov-17')")
    await _do(page, "Open", "Open the phase")
    await page.wait_for_selector(".toast:has-text('takes slips')")
    drafted = await _newest(pool)
    collector = await sign_in("aung")
    await collector.goto(f"{address}/collect?phase={drafted.id}")
    await collector.fill("#slip", "137 500\n731 100")
    await collector.press("#slip", "Control+Enter")
    await collector.wait_for_selector("#answer :text('#1')")

    await page.click(".phase-verbs a:has-text('Risk')")
    await page.wait_for_selector(".cell[data-number='137'][aria-label*='staked 500']")
    await page.go_back()
    await _do(page, "Close", "Close the phase")
    await page.wait_for_selector("#seal")
    await page.keyboard.press("d")
    await page.keyboard.type("137")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#dialog .figure-value:text('40,000')")
    await page.keyboard.type("the evening broadcast")
    await page.fill("#dialog input[name=again]", "173")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#dialog .field-error:has-text('nothing was paid')")
    await quiet(page)
    await page.fill("#dialog input[name=again]", "137")
    await page.keyboard.press("Enter")

    row = page.locator("section:has(#settlement-title)")
    await row.locator("dd:text-is('137')").wait_for()
    assert len(await row.locator("#seal").inner_text()) == 64
    shown = dict(
        zip(
            await row.locator("dt").all_inner_texts(),
            await row.locator("dd").all_inner_texts(),
            strict=True,
        )
    )
    assert (shown["Total in"], shown["Total out"], shown["Commission"]) == ("600", "40,000", "90")
    assert shown["Net profit"] == "−39,490"
    await collector.click("#answer a:has-text('Open the ticket')")
    await collector.wait_for_selector(".figure:has-text('Won') .figure-value:text('40,000')")
    await assert_books_balance(pool)


async def test_a_phase_is_voided_with_a_reason_and_the_stakes_return(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    await placed(pool, cast.phase, cast.aung, "123 500")
    page = await sign_in("min")
    await page.goto(f"{address}/phases/{cast.phase.id}")
    await page.click("button:has-text('Void')")
    await page.fill("#dialog input[name=reason]", "  ")
    await page.press("#dialog input[name=reason]", "Enter")
    await page.wait_for_selector("#dialog .field-error")
    await page.fill("#dialog input[name=reason]", "the draw was called off")
    await page.press("#dialog input[name=reason]", "Enter")
    await page.wait_for_selector(".phase-reason:has-text('the draw was called off')")
    assert await page.locator(".phase-verbs button").all_inner_texts() == ["Copy\ny"]
    assert await _cash(pool, cast.aung) == Decimal(1_000_000)
    await assert_books_balance(pool)


async def test_two_who_change_one_phase_do_not_undo_each_other(
    sign_in: SignIn, address: str, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("min")
    await page.goto(f"{address}/phases/{cast.phase.id}")
    await page.click("button:has-text('Change')")
    await page.fill("#dialog input[name=name]", "Nov-16 evening")
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, global_limit=Decimal(20_000))
    await page.press("#dialog input[name=name]", "Enter")
    await page.wait_for_selector(".phase-head h1:has-text('Nov-16 evening')")
    assert (await _newest(pool)).global_limit == Decimal(20_000)

    await page.click("button:has-text('Change')")
    # The first field has the focus once the dialog stands, and would be typed into before.
    await page.wait_for_selector("#dialog input[name=name]:focus")
    await page.wait_for_timeout(100)
    await page.fill("#dialog input[name=global_limit]", "15,000")
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, global_limit=Decimal(10_000))
    await page.press("#dialog input[name=global_limit]", "Enter")
    await page.wait_for_selector("#dialog .field-error:has-text('now it is 10,000')")
    assert (await _newest(pool)).global_limit == Decimal(10_000)
    await page.press("#dialog input[name=global_limit]", "Enter")
    await page.wait_for_selector("#dialog:not([open])", state="attached")
    await page.wait_for_selector(".toast, .notice, dd:text-is('15,000')")
    assert (await _newest(pool)).global_limit == Decimal(15_000)


async def test_a_person_is_added_shut_out_and_given_a_new_password(
    sign_in: SignIn, browser: Browser, address: str, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("thida")
    await page.goto(f"{address}/people")
    await page.keyboard.press("n")
    await page.fill("#dialog input[name=username]", "nilar")
    await page.fill("#dialog input[name=password]", PASSWORD)
    await page.select_option("#dialog select[name=role]", "collector")
    await page.fill("#dialog input[name=commission_rate]", "12.5")
    await page.press("#dialog input[name=commission_rate]", "Enter")
    await page.wait_for_selector("#people button:text-is('nilar')")
    nilar = await sign_in("nilar")
    await nilar.wait_for_selector("#slip")

    await page.click("#people button:text-is('nilar')")
    await _agree(page, "#dialog button:has-text('Disable')", "Disable")
    await page.wait_for_selector("#dialog button:has-text('Enable')")
    await nilar.fill("#slip", "123 500")
    await nilar.wait_for_selector("#status:has-text('signed out')")
    await nilar.evaluate("htmx.trigger(document.body, 'slips-changed')")
    await nilar.wait_for_url("**/signin")
    assert await _said_at_the_door(browser, address, "nilar", PASSWORD) == (
        "The name or the password is wrong."
    )

    await _agree(page, "#dialog button:has-text('Enable')", "Enable")
    await page.wait_for_selector("#dialog button:has-text('Disable')")
    await page.fill("#dialog input[name=password]", "another good battery")
    await page.press("#dialog input[name=password]", "Enter")
    await page.wait_for_selector("#dialog .toast:has-text('The new password holds')")
    assert await _said_at_the_door(browser, address, "nilar", PASSWORD) == (
        "The name or the password is wrong."
    )
    assert await _said_at_the_door(browser, address, "nilar", "another good battery") is None


async def test_money_is_taken_in_once_however_often_it_is_clicked_and_paid_out(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("su")
    await page.fill("input[name=name]", "hla")
    await page.press("input[name=name]", "Enter")
    await page.wait_for_selector("#counter h2:text-is('hla')")
    await page.keyboard.press("Escape")
    await page.fill("#deposit-amount", "150,000")
    await page.fill("#deposit-reason", "the week's float")
    await page.dblclick("form:has(#deposit-amount) button[type=submit]")
    await page.wait_for_selector("h1:text-is('Money in')")
    assert await _cash(pool, cast.hla) == Decimal(150_000)

    await page.click("a:has-text('Back to hla')")
    await page.fill("#withdraw-amount", "150,000.01")
    await page.fill("#withdraw-reason", "winnings")
    await page.press("#withdraw-reason", "Enter")
    await page.wait_for_selector("#withdraw-amount-about:has-text('150,000 in cash')")
    await page.fill("#withdraw-amount", "50000")
    # Twice without waiting, past the button that is disabled by the first.
    await page.eval_on_selector(
        "form:has(#withdraw-amount)", "form => { form.requestSubmit(); form.requestSubmit(); }"
    )
    await page.wait_for_selector("h1:text-is('Money out')")
    assert await _cash(pool, cast.hla) == Decimal(100_000)
    async with reading(pool) as connection:
        moved = await history.newest(connection, 10)
    assert [one.reason for one in moved if one.username == "hla"] == ["withdrawal", "deposit"]
    await assert_books_balance(pool)


async def _do(page: Page, verb: str, agreed: str) -> None:
    """Press a verb of the phase and agree to what it says."""
    await _agree(page, f".phase-verbs button:text-is('{verb}')", agreed)


async def _agree(page: Page, selector: str, agreed: str) -> None:
    await page.click(selector)
    await page.click(f"#confirm button[value=agree]:text-is('{agreed}')")


async def _said_at_the_door(browser: Browser, address: str, name: str, password: str) -> str | None:
    """What signing in is refused with; None where it is not."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{address}/signin")
    await page.fill("input[name=username]", name)
    await page.fill("input[name=password]", password)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_selector("#refusal, #slip")
    refused = await page.locator("#refusal").all_inner_texts()
    await context.close()
    return refused[0] if refused else None


async def _newest(pool: Pool) -> Phase:
    async with reading(pool) as connection:
        [newest] = await phase.newest(connection, 1)
    return newest


async def _cash(pool: Pool, person: Person) -> Decimal:
    async with reading(pool) as connection:
        return (await ledger.balances(connection, [person.id]))[person.id].cash_balance


async def test_a_form_sent_before_htmx_has_taken_it_up_is_sent_all_the_same(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("min")
    await page.goto(f"{address}/phases/{cast.phase.id}")
    await page.evaluate(
        """path => {
          const form = document.createElement('form');
          form.setAttribute('hx-post', path);
          form.setAttribute('hx-target', '#dialog-body');
          form.innerHTML = '<input name="number" value="137">';
          document.getElementById('page').append(form);
          form.requestSubmit();
        }""",
        f"/phases/{cast.phase.id}/rehearsal",
    )
    await page.wait_for_selector("#dialog-body :text('137')", state="attached")
    assert page.url == f"{address}/phases/{cast.phase.id}"
