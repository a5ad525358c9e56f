"""Debian's Chromium on the pages of this test's own house."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from banker.embedded import House
from tests.cast import PASSWORD, Cast
from tests.serving import serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = next((Path(__file__).parent.parent / "vendor").glob("axe-core-*/axe.min.js"))

SignIn = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder drives a browser; where there is none it is skipped, with a word."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium here: apt-get install chromium")
                )


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One browser for the run."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def address(house: House, cast: Cast) -> AsyncIterator[str]:
    """Where this test's worker answers."""
    async with serving(house) as address:
        yield address


@pytest.fixture
async def sign_in(browser: Browser, address: str) -> AsyncIterator[SignIn]:
    """Opens a window of its own for a person of the cast, signed in by the form. At the end no
    script may have failed, and nothing may have been refused by the content security policy."""
    contexts, wrong = [], []

    def heard(message: ConsoleMessage) -> None:
        # A refusal and a lost answer are logged as errors; those are looked at on the page.
        lost = "Failed to load resource" in message.text or "Response Status" in message.text
        # A fetch that a verb takes the place of; other ends of a request have a line of their own.
        replaced = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if message.type == "error" and not lost and not replaced:
            wrong.append(message.text)

    async def open_window(name: str, width: int = 1440, height: int = 900, **more: Any) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(f"{address}/signin")
        await page.fill("input[name=username]", name)
        await page.fill("input[name=password]", PASSWORD)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(lambda url: not url.endswith("/signin"))
        return page

    yield open_window
    for context in contexts:
        await context.close()
    assert not wrong


async def quiet(page: Page) -> None:
    """Nothing is on its way to the page or being fitted in; no hand is quicker than that."""
    under_way = ".htmx-request, .htmx-swapping, .htmx-settling"
    await expect(page.locator(under_way)).to_have_count(0)
