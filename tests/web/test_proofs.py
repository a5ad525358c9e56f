"""The proof of a ticket, told to whoever may see the ticket."""

import json
import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.databases import Clones
from tests.proving import check
from tests.web.standing import Standing, standing
from tests.web.test_headers import Suspicions


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def _closed(stood: Standing) -> tuple[str, list[str], str]:
    """A closed phase with four tickets, the third of them void: its path, their ids, its seal."""
    path = await stood.open()
    ids = []
    for number, name in enumerate(("aung", "khin", "aung", "khin")):
        placed = await stood.place(path, f"13{number} 100\n999 1.50", name)
        ids.append(placed.json()["id"])
    assert (await stood.ask("aung", "POST", f"/api/tickets/{ids[2]}/void")).status_code == 200
    assert (await stood.ask("min", "POST", f"{path}/closure")).status_code == 200
    settled = await stood.ask("min", "GET", f"{path}/settlement")
    return path, ids, settled.json()["seal"]


async def test_a_proof_is_checked_without_the_house(stood: Standing) -> None:
    path, ids, published = await _closed(stood)
    for place, (name, ticket_id) in enumerate(zip(("aung", "khin") * 2, ids, strict=True)):
        told = [
            await stood.ask(who, "GET", f"/api/tickets/{ticket_id}/proof")
            for who in (name, "thida", "min")
        ]
        assert [answer.status_code for answer in told] == [200] * 3
        proven = told[0].json()
        assert told[1].json() == told[2].json() == proven
        assert check(proven, published)
        assert proven["ticket"]["phase_id"] == path.rsplit("/", 1)[1]
        assert proven["ticket"]["bets"] == f"13{place}:100.00:1.00,999:1.50:1.00"
        assert (proven["index"], proven["size"], proven["voided_sequences"]) == (place, 4, [3])
        assert (proven["holds"], proven["problem"], proven["seal"]) == (True, None, published)
        assert not check(proven | {"path": proven["path"][::-1]}, published)


async def test_a_proof_of_anothers_ticket_or_of_none_is_not_found(stood: Standing) -> None:
    _, ids, _ = await _closed(stood)
    for who, ticket_id in (
        ("khin", ids[0]),
        ("aung", ids[1]),
        ("thida", "0199aaaa-0000-7000-8000-000000000000"),
        ("thida", "nonsense"),
        ("thida", "%00"),
        ("aung", ids[0].upper() + "0"),
    ):
        answer = await stood.ask(who, "GET", f"/api/tickets/{ticket_id}/proof")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        person = getattr(stood.cast, who)
        assert (await stood.page(person, "GET", f"/tickets/{ticket_id}/proof")).status_code == 404
    for who in ("su", "ko"):
        answer = await stood.ask(who, "GET", f"/api/tickets/{ids[0]}/proof")
        assert answer.status_code == 403


async def test_before_the_closing_there_is_none_and_words_say_so(stood: Standing) -> None:
    path = await stood.open()
    ticket_id = (await stood.place(path, "137 100")).json()["id"]
    answer = await stood.ask("aung", "GET", f"/api/tickets/{ticket_id}/proof")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
    assert answer.json()["detail"] == "The phase is open; its tickets are sealed at the closing."
    page = await stood.page(stood.cast.aung, "GET", f"/tickets/{ticket_id}/proof")
    assert (page.status_code, "sealed at the closing" in page.text) == (409, True)
    assert 'id="proof-title"' not in await _page(stood, f"/tickets/{ticket_id}")
    assert "Seal of the phase" not in await _page(stood, f"/tickets/{ticket_id}/receipt")
    assert (await stood.ask("min", "POST", f"{path}/void", {"reason": "x"})).status_code == 200
    answer = await stood.ask("aung", "GET", f"/api/tickets/{ticket_id}/proof")
    assert (answer.status_code, "called off" in answer.json()["detail"]) == (409, True)
    assert 'id="proof-title"' not in await _page(stood, f"/tickets/{ticket_id}")


async def test_the_pages_of_a_ticket_show_the_seal_and_the_proof(stood: Standing) -> None:
    path, ids, published = await _closed(stood)
    groups = " ".join(re.findall(".{8}", published))
    shown = await _page(stood, f"/tickets/{ids[0]}")
    assert "inside the seal" in shown
    assert "slip 1 of 4" in shown
    assert groups in shown
    assert f'href="/tickets/{ids[0]}/proof"' in shown
    receipt = await _page(stood, f"/tickets/{ids[0]}/receipt")
    assert groups in receipt
    assert f"# seal {groups}" in receipt
    assert "Slip 1 of 4 inside it." in receipt
    whole = await _page(stood, f"/tickets/{ids[2]}/proof")
    assert Suspicions(whole).found == Suspicions(shown).found == []
    assert "and void" in whole
    copied = re.search(r'<textarea[^>]*id="proof-text"[^>]*>(.*?)</textarea>', whole, re.DOTALL)
    assert copied
    assert check(json.loads(copied[1].replace("&#34;", '"')), published)
    noted = await stood.page(stood.cast.aung, "POST", f"/tickets/{ids[0]}/note", {"note": "kept"})
    assert 'id="proof-title"' in noted.text
    await stood.ask("min", "POST", f"{path}/void", {"reason": "x"})
    assert "inside the seal" in await _page(stood, f"/tickets/{ids[0]}")


async def test_a_ticket_that_was_changed_is_said_not_to_be_inside(stood: Standing) -> None:
    _, ids, published = await _closed(stood)
    owner = await asyncpg.connect(stood.house.owner_url)
    await owner.execute("update tickets set cents[1] = 900000 where id = $1::text::uuid", ids[0])
    await owner.close()
    proven = (await stood.ask("aung", "GET", f"/api/tickets/{ids[0]}/proof")).json()
    assert (proven["holds"], check(proven, published)) == (False, False)
    assert "does not lead to the root" in proven["problem"]
    for place in ("", "/proof"):
        shown = await _page(stood, f"/tickets/{ids[0]}{place}")
        assert "not inside the seal" in shown
        assert "ask the house to run" in shown
    assert "NOT inside it" in await _page(stood, f"/tickets/{ids[0]}/receipt")


async def _page(stood: Standing, path: str) -> str:
    answer = await stood.page(stood.cast.aung, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.text
