"""The monitor in a browser: it is fetched anew, fits, and is loud about a finding."""

import asyncio

import asyncpg
import pytest

from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import Inspection
from tests.cast import Cast
from tests.relay import relayed

HOUR = """
insert into samples (minute, figure, worker, value)
select date_trunc('minute', clock_timestamp()) - make_interval(mins => age), figure, worker, value
from generate_series(0, 60) as age
cross join lateral (values
    ('balance updates', '', 4000 + 3000 * sin(age / 9.0) + 11 * (age * 37 % 17)),
    ('screen delay', 'one', case when age not between 20 and 27 then 90 + age * 7 % 31 end),
    ('refused over-limit', 'one', age * 13 % 7),
    ('refused insufficient-funds', 'one', age * 5 % 4),
    ('refused not-signed-in', 'two', age % 2),
    ('refused phase-closed', 'two', age % 3),
    ('duplicates', 'one', age * 11 % 5),
    ('queue', 'one', case when age between 8 and 12 then 180 else age % 4 end),
    ('consistency', '', case when age > 5 then 1 else 0.9998 end),
    ('seal lag rows', '', 100 + age * 17 % 90),
    ('verified seconds ago', '', 60 * ((75 - age) % 15))
) as figures (figure, worker, value)
where value is not null
on conflict (minute, figure, worker) do update
set value = excluded.value
"""
VERIFIED = """
insert into verifications
    (started_at, finished_at, whole, up_to, position, account_count, equal_count, findings)
select
    clock_timestamp() - make_interval(mins => 15 * age, secs => 2),
    clock_timestamp() - make_interval(mins => 15 * age),
    age = 5,
    1,
    0,
    12345,
    12345,
    '[]'
from generate_series(6, 1, -1) as age
"""
FOUND = """
insert into verifications
    (started_at, finished_at, whole, up_to, position, account_count, equal_count, findings)
values (clock_timestamp(), clock_timestamp(), true, 1, 0, 12345, 12343, $1)
"""
FINDINGS = """[
    {"check": "balances", "row": "account 134 of user 12", "detail":
     "its balance is 1500.00, its entries come to 1400.00; the difference is 100.00"},
    {"check": "link_hashes", "row": "link 88213, entry of transfer 40112 on account 134", "detail":
     "its hash is e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
]"""


@pytest.fixture
async def busy(cast: Cast, owner: asyncpg.Connection) -> Cast:
    """An hour with something in it, and verifications without a finding."""
    await owner.execute(HOUR)
    await owner.execute(VERIFIED)
    return cast


async def test_the_monitor_fetches_itself_and_is_loud_about_a_finding(
    sign_in: SignIn, address: str, busy: Cast, owner: asyncpg.Connection
) -> None:
    page = await sign_in("su")
    await page.click("nav a:has-text('Monitor')")
    await page.wait_for_selector("#fresh[data-state=live]")
    assert await page.locator("#alarm").count() == 0
    assert await page.locator(".monitor-line[d^='M']").count() == 8
    await owner.execute(FOUND, FINDINGS)
    await page.wait_for_selector("#alarm :text('account 134 of user 12')")
    assert await page.inner_text("#alarm-words") == "The books disagree"
    assert await page.locator(".figure-value.loss:has-text('99.98')").count() == 1


async def test_a_monitor_that_cannot_be_fetched_says_so_quietly_and_comes_back(
    sign_in: SignIn, address: str, busy: Cast
) -> None:
    # A tab of its own: that it cannot fetch is an error to its console, as it should be.
    page = await (await sign_in("thida")).context.new_page()
    async with relayed(address) as relay:
        await page.goto(f"{relay.url}/monitor")
        await page.wait_for_selector("#fresh[data-state=live]")
        await relay.cut()
        await page.wait_for_selector("#fresh[data-state=stale]:has-text('stale since')")
        assert await page.locator(".toast").count() == 0
        await relay.open()
        await page.wait_for_selector("#fresh[data-state=live]")
        await page.close()


async def test_a_verification_that_is_asked_for_is_done_before_long(
    sign_in: SignIn, address: str, busy: Cast
) -> None:
    page = await sign_in("thida")
    await page.goto(f"{address}/monitor")
    await page.click("#ask-whole")
    await page.wait_for_selector(".toast:has-text('whole verification is asked for')")
    await page.wait_for_selector("#monitor td:has-text('the whole') >> nth=1", timeout=20_000)


async def test_the_monitor_is_accessible_and_fits_a_phone(
    sign_in: SignIn, address: str, busy: Cast, owner: asyncpg.Connection
) -> None:
    page = await sign_in("thida", bypass_csp=True)
    await page.goto(f"{address}/monitor")
    seen = Inspection(page)
    await seen.at("monitor")
    await owner.execute(FOUND, FINDINGS)
    await page.goto(f"{address}/monitor")
    await seen.at("monitor, with findings")
    seen.close()
    await page.set_viewport_size({"width": 390, "height": 844})
    await asyncio.sleep(0.1)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
