"""The notice of a closing, which is published before the draw."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.databases import Clones
from tests.web.standing import Standing, standing
from tests.web.test_headers import Suspicions


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _closed(stood: Standing) -> tuple[str, str]:
    """A closed phase with two tickets and a void one: the path of its page, and its seal."""
    path = await stood.open(name="Nov <16>")
    ids = [(await stood.place(path, f"13{n} 100\n999 1.50")).json()["id"] for n in range(3)]
    assert (await stood.ask("aung", "POST", f"/api/tickets/{ids[1]}/void")).status_code == 200
    assert (await stood.ask("min", "POST", f"{path}/closure")).status_code == 200
    settled = await stood.ask("min", "GET", f"{path}/settlement")
    return path.removeprefix("/api"), settled.json()["seal"]


async def test_the_notice_says_what_the_closing_fixed(stood: Standing) -> None:
    path, seal = await _closed(stood)
    groups = " ".join(re.findall(".{8}", seal))
    for person in (stood.cast.min, stood.cast.thida):
        shown = await stood.page(person, "GET", f"{path}/notice")
        assert shown.status_code == 200
        assert f'id="seal">{groups}<' in shown.text
        assert "Published before the draw." in shown.text
        assert "Nov &lt;16&gt;" in shown.text
        assert "Nov <16>" not in shown.text
        assert Suspicions(shown.text).found == []
    [copied] = re.findall(r'<textarea[^>]*id="chat"[^>]*>(.*?)</textarea>', shown.text, re.DOTALL)
    lines = copied.splitlines()
    assert lines[2:4] == ["2 tickets, 4 bets, 203 MMK", "1 more were void"]
    assert lines[5] == f"seal {groups}"
    assert lines[6].startswith("Published before the draw.")
    page = await stood.page(stood.cast.min, "GET", path)
    assert f'href="{path}/notice"' in page.text


async def test_after_the_draw_it_does_not_say_that_it_is_published_before(stood: Standing) -> None:
    path, seal = await _closed(stood)
    draw = {"number": "137", "source": "the radio"}
    settled = await stood.ask("min", "POST", f"/api{path}/settlement", draw)
    assert settled.status_code == 200, settled.text
    shown = (await stood.page(stood.cast.min, "GET", f"{path}/notice")).text
    assert "Published before the draw" not in shown
    assert "The draw was entered" in shown
    assert " ".join(re.findall(".{8}", seal)) in shown


async def test_a_phase_called_off_after_its_closing_says_so(stood: Standing) -> None:
    path, _ = await _closed(stood)
    await stood.ask("min", "POST", f"/api{path}/void", {"reason": "x"})
    shown = (await stood.page(stood.cast.min, "GET", f"{path}/notice")).text
    assert "Published before the draw" not in shown
    assert "called off after its closing" in shown


async def test_there_is_none_before_the_closing_nor_for_others(stood: Standing) -> None:
    path = (await stood.open()).removeprefix("/api")
    early = await stood.page(stood.cast.min, "GET", f"{path}/notice")
    assert (early.status_code, "it has no seal" in early.text) == (409, True)
    for nonsense in ("999999", "0", "x", "9" * 30, "%00"):
        answer = await stood.page(stood.cast.min, "GET", f"/phases/{nonsense}/notice")
        assert answer.status_code == 404
    for person in (stood.cast.su, stood.cast.aung, stood.cast.ko):
        assert (await stood.page(person, "GET", f"{path}/notice")).status_code == 403


async def test_an_empty_phase_has_a_notice(stood: Standing) -> None:
    path = await stood.open(name="empty")
    assert (await stood.ask("min", "POST", f"{path}/closure")).status_code == 200
    page = await stood.page(stood.cast.min, "GET", f"{path.removeprefix('/api')}/notice")
    assert page.status_code == 200
    assert "0 tickets, 0 bets, 0 MMK" in page.text
