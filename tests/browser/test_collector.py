import asyncio
import random
from decimal import Decimal

from playwright.async_api import Route

from banker.books import ticket
from banker.database import Pool, reading
from banker.rules import notation
from tests.balanced import assert_books_balance
from tests.browser.conftest import SignIn
from tests.cast import Cast

BURMESE = str.maketrans("0123456789", "၀၁၂၃၄၅၆၇၈၉")
FORMS = (
    "{n} {s}", "{n}={s}", "{n}-{s}", "{n}r {s}", "{n} {s} r 5", "{a} {b} = {s}", "{n}အာ {s}",
    "{d}t5p {s}", "# a comment", "{n} {s}, {m}r {s}", "{d}x{d} = {s}",
)  # fmt: skip


def long_slip(lines: int) -> str:
    """Mixed notation, Burmese digits among them, without triples where orders are asked for."""
    chance = random.Random(7)
    written = []
    for place in range(lines):
        digits = chance.sample("0123456789", 3)
        line = FORMS[place % len(FORMS)].format(
            n="".join(digits),
            m="".join(reversed(digits)),
            a=f"{chance.randrange(1000):03d}",
            b=f"{chance.randrange(1000):03d}",
            d=digits[0],
            s=chance.choice((5, 10, 20)),
        )
        written.append(line.translate(BURMESE) if place % 5 == 0 else line)
    return "\n".join(written)


async def test_two_thousand_lines_are_pasted_placed_and_seen_on_the_wall(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    text = long_slip(2000)
    read = notation.parse(text)
    assert not read.problems
    wall = await sign_in("thida")
    await wall.wait_for_selector(".cell[data-number='000'][aria-label*='staked']")
    page = await sign_in("aung", permissions=["clipboard-read", "clipboard-write"])
    await page.evaluate("text => navigator.clipboard.writeText(text)", text)
    await page.press("#slip", "Control+V")
    await page.wait_for_selector(f"#total:has-text('{int(read.total):,}')")
    await page.press("#slip", "Control+Enter")
    await page.wait_for_selector("#answer :text('#1')")
    first = read.bets[0]
    shown = f"staked {int(first.amount):,}"
    await wall.wait_for_selector(f".cell[data-number='{first.number:03d}'][aria-label*='{shown}']")
    assert await page.input_value("#slip") == ""
    async with reading(pool) as connection:
        [taken] = await ticket.newest(connection, cast.phase.id, 5)
    assert (taken.total, taken.bet_count, taken.text) == (read.total, read.count, text)
    await assert_books_balance(pool)


async def test_what_is_wrong_is_marked_where_it_stands_and_not_sent(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("aung")
    await page.fill("#slip", "123 500\n12 700\n137 60000")
    await page.wait_for_selector("#reading :text('a number has three digits')")
    await page.wait_for_selector("#reading :text('60,000')")
    await page.press("#slip", "Control+Enter")
    await asyncio.sleep(0.5)
    async with reading(pool) as connection:
        assert await ticket.newest(connection, cast.phase.id, 5) == []
    assert (await page.input_value("#slip")).startswith("123 500")


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("aung")
    lost = 0

    async def lose_the_first_answer(route: Route) -> None:
        nonlocal lost
        if route.request.method == "POST" and lost == 0:
            lost += 1
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/collect/tickets**", lose_the_first_answer)
    await page.fill("#slip", "123 500")
    await page.wait_for_selector("#total:has-text('500')")
    await page.press("#slip", "Control+Enter")
    await page.wait_for_selector("#answer :text('#1')")
    assert lost == 1
    async with reading(pool) as connection:
        [taken] = await ticket.newest(connection, cast.phase.id, 5)
    assert taken.total == Decimal(500)
    await assert_books_balance(pool)


async def test_a_collector_voids_a_ticket_within_its_window(
    sign_in: SignIn, pool: Pool, cast: Cast
) -> None:
    page = await sign_in("aung")
    await page.fill("#slip", "123 500")
    await page.wait_for_selector("#total:has-text('500')")
    await page.click("#send")
    await page.wait_for_selector("#answer :text('#1')")
    await page.click("button:has-text('void') >> nth=0")
    await page.click("#confirm button[value=agree]")
    async with asyncio.timeout(5):
        while True:
            async with reading(pool) as connection:
                [taken] = await ticket.newest(connection, cast.phase.id, 5)
            if taken.voided_at is not None:
                break
            await asyncio.sleep(0.05)
    await assert_books_balance(pool)


async def test_a_ticket_is_found_by_its_short_number_and_reprinted_as_a_copy(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    page = await sign_in("aung")
    await page.fill("#slip", "123 500")
    await page.wait_for_selector("#total:has-text('500')")
    await page.press("#slip", "Control+Enter")
    await page.wait_for_selector("#answer :text('#1')")
    assert await page.locator("#answer .receipt-mark").count() == 0
    await page.goto(f"{address}/collect/tickets?find=1")
    await page.wait_for_url("**/tickets/*")
    await page.goto(f"{page.url}/receipt")
    await page.wait_for_selector(".receipt-mark:has-text('COPY')")
