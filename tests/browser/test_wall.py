import asyncio
from datetime import datetime
from decimal import Decimal
from statistics import median

import httpx
import pytest
from playwright.async_api import expect

from banker.books import exposure, four_eyes
from banker.database import Pool, reading, transaction
from tests.browser.conftest import SignIn
from tests.cast import PASSWORD, Cast

# Notes, in the page, when each cell of the map changes; the clock is this machine's.
WATCH = """() => {
  window.moved = {};
  new MutationObserver((changes) => {
    for (const change of changes) {
      const element = change.target.closest ? change.target : change.target.parentElement;
      const cell = element?.closest('[data-number]');
      if (cell) window.moved[cell.dataset.number] ??= Date.now();
    }
  }).observe(document.getElementById('wall'),
    {attributes: true, characterData: true, childList: true, subtree: true});
}"""


@pytest.mark.alone
async def test_the_map_moves_within_250_ms_of_the_commit(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    wall = await sign_in("thida")
    await wall.wait_for_selector(".cell[data-number='000'][aria-label*='staked']")
    await wall.evaluate(WATCH)
    placed_at = {}
    async with httpx.AsyncClient(base_url=address) as client:
        token = (
            await client.post("/api/tokens", json={"username": "aung", "password": PASSWORD})
        ).json()["token"]
        for number in range(100, 200):
            answer = await client.post(
                f"/api/phases/{cast.phase.id}/tickets",
                json={"text": f"{number} 6000"},
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(number)},
            )
            assert answer.status_code == 201, answer.text
            placed_at[str(number)] = datetime.fromisoformat(answer.json()["placed_at"])
            await asyncio.sleep(0.03)
    # Waiting by a script of the page would need eval, which the page's policy refuses.
    async with asyncio.timeout(5):
        while len(await wall.evaluate("Object.keys(window.moved)")) < 100:
            await wall.wait_for_timeout(50)
    moved = await wall.evaluate("window.moved")
    delays_ms = sorted(
        moved[number] - moment.timestamp() * 1000 for number, moment in placed_at.items()
    )
    print(f"placed to moved: median {median(delays_ms):.0f} ms, 99th {delays_ms[98]:.0f} ms")
    assert delays_ms[98] < 250


async def test_a_limit_is_set_from_the_map_by_keyboard(
    sign_in: SignIn, cast: Cast, pool: Pool
) -> None:
    wall = await sign_in("thida")
    await wall.wait_for_selector(".cell[data-number='137'][aria-label*='staked']")
    await wall.keyboard.press("/")
    await wall.keyboard.type("137")
    await wall.keyboard.press("l")
    field = wall.locator("#dialog input[name=max_amount]")
    await field.fill("12,345.50")
    await field.press("Enter")
    await wall.wait_for_selector("#dialog:not([open])", state="attached")
    async with reading(pool) as connection:
        assert (await exposure.read(connection, cast.phase.id))[137].limit_cents == 12_345_50


async def test_a_raise_that_waits_for_a_second_person_is_not_shown_as_done(
    sign_in: SignIn, cast: Cast, pool: Pool
) -> None:
    async with transaction(pool) as connection:
        await exposure.set_limit(connection, cast.phase.id, 555, Decimal(20_000))
        await four_eyes.write_rules(connection, Decimal(1_000_000))
    wall = await sign_in("thida")
    cell = wall.locator(".cell[data-number='555'][aria-label*='room 20,000']")
    for raise_it in (
        lambda: wall.fill("#dialog input[name=max_amount]", "60000"),
        lambda: wall.focus("#dialog button:has-text('Remove')"),
    ):
        await cell.click()
        await raise_it()
        await wall.keyboard.press("Enter")
        await wall.wait_for_selector("#dialog:not([open])", state="attached")
        toast = wall.locator("#flash .toast")
        await expect(toast).to_have_count(1)
        await expect(toast).to_contain_text("555: the higher limit waits for a second person")
        assert await toast.get_attribute("class") == "toast warn"
        await toast.locator("button").click()
        await expect(cell).to_have_count(1)
    async with reading(pool) as connection:
        assert (await exposure.read(connection, cast.phase.id))[555].limit_cents == 20_000_00


async def test_a_limit_that_cannot_be_read_is_said_at_the_field(
    sign_in: SignIn, cast: Cast
) -> None:
    wall = await sign_in("thida")
    await wall.wait_for_selector(".cell[data-number='137'][aria-label*='staked']")
    await wall.click(".cell[data-number='137']")
    await wall.fill("#dialog input[name=max_amount]", "a lot")
    await wall.press("#dialog input[name=max_amount]", "Enter")
    await wall.wait_for_selector("#dialog .field-error:has-text('Write an amount')")


async def test_the_intake_is_stopped_and_restarted(sign_in: SignIn, cast: Cast) -> None:
    wall = await sign_in("thida")
    await wall.wait_for_selector(".cell[data-number='137'][aria-label*='staked']")
    for verb, chip in (("Stop intake", "intake stopped"), ("Restart intake", "open")):
        await wall.click(f"#intake-switch form:not([hidden]) button:has-text('{verb}')")
        await wall.click(f"#confirm button[value=agree]:has-text('{verb}')")
        await wall.wait_for_selector(f"#phase-chip:has-text('{chip}')")


async def test_a_manager_sees_the_wall_without_the_switch(
    sign_in: SignIn, address: str, cast: Cast
) -> None:
    wall = await sign_in("min")
    await wall.goto(f"{address}/risk")
    await wall.wait_for_selector(".cell[data-number='137'][aria-label*='staked']")
    assert await wall.locator("#intake-switch").count() == 0
