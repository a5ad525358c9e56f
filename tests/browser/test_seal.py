"""The notice of a closing and the proof of a slip: on the screen, on paper, in the chat."""

import json
from uuid import UUID

import pytest
from playwright.async_api import Page

from banker.books import phase, settlement, ticket
from banker.database import Pool, transaction
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import Inspection
from tests.browser.test_looks import LONG_NAME, PHONE, _assert_fits
from tests.cast import Cast, placed
from tests.proving import check

PAPERS = {"A4": (718, 1046), "80 mm": (264, 1000)}


@pytest.fixture
async def ticket_id(pool: Pool, cast: Cast) -> str:
    """A slip of many numbers in a closed phase with a name that is hard to fit."""
    async with transaction(pool) as connection:
        await phase.amend(connection, cast.phase.id, name=LONG_NAME)
    receipt = await placed(pool, cast.phase, cast.aung, "1a 999.99\n232r 5\n137 40000")
    for count in range(40):
        void = await placed(pool, cast.phase, cast.khin, f"{count:03d} 1")
        async with transaction(pool) as connection:
            await ticket.void(connection, UUID(void.id), cast.khin.id)
    async with transaction(pool) as connection:
        await settlement.close(connection, cast.phase.id, cast.min.id)
    return receipt.id


async def test_they_fit_a_phone_and_both_papers(
    sign_in: SignIn, address: str, ticket_id: str
) -> None:
    paths = (
        "/phases/1/notice",
        "/phases/1",
        f"/tickets/{ticket_id}",
        f"/tickets/{ticket_id}/proof",
        f"/tickets/{ticket_id}/receipt",
    )
    page = await sign_in("thida", **PHONE)
    for path in paths:
        await page.goto(f"{address}{path}")
        await _assert_fits(page, path)
    page = await sign_in("thida")
    await page.emulate_media(media="print")
    for path in paths[:1] + paths[3:]:
        await page.goto(f"{address}{path}")
        for paper, (width, height) in PAPERS.items():
            await page.set_viewport_size({"width": width, "height": height})
            await _assert_fits(page, f"{path} on {paper}")
            assert not await page.locator("button:visible, .bar:visible").count(), path


async def test_they_are_accessible(sign_in: SignIn, address: str, ticket_id: str) -> None:
    page = await sign_in("min", bypass_csp=True)
    seen = Inspection(page)
    for path in (
        "/phases/1/notice",
        f"/tickets/{ticket_id}",
        f"/tickets/{ticket_id}/proof",
        f"/tickets/{ticket_id}/receipt",
    ):
        await page.goto(f"{address}{path}")
        await seen.at(path)
    seen.close()


async def test_what_is_copied_is_the_notice_and_a_proof_that_holds(
    sign_in: SignIn, address: str, ticket_id: str
) -> None:
    page = await sign_in("min", permissions=["clipboard-read", "clipboard-write"])
    await page.goto(f"{address}/phases/1")
    await page.click("text=Notice of the closing")
    notice = await _copied(page, "Copy for the chat", "The notice is copied")
    seal = next(line for line in notice.splitlines() if line.startswith("seal ")).split(" ", 1)[1]
    assert (LONG_NAME in notice, "Published before the draw" in notice) == (True, True)

    page = await sign_in("aung", permissions=["clipboard-read", "clipboard-write"])
    await page.goto(f"{address}/tickets/{ticket_id}")
    assert seal in await page.inner_text(".proof-seal")
    await page.click("text=The whole proof")
    proof = json.loads(await _copied(page, "Copy the proof", "The proof is copied"))
    assert check(proof, seal)
    assert proof["voided_sequences"] == list(range(2, 42))


async def _copied(page: Page, button: str, said: str) -> str:
    await page.click(f"button:text('{button}')")
    await page.wait_for_selector(f".toast:has-text('{said}')")
    return str(await page.evaluate("navigator.clipboard.readText()"))
