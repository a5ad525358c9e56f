"""A slip by express: answered to the letter as the framework's own way answers it."""

import random
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from banker.embedded import House
from banker.web.api import express
from tests.balanced import assert_books_balance
from tests.cast import Cast
from tests.databases import Clones
from tests.relay import relayed
from tests.serving import serving
from tests.web.answers import MONEY, TICKET_ID, TIME
from tests.web.asking import books, headers_for, lasting_headers, tokens_of
from tests.web.sent import CHARSET, PLAIN, ROWS, Row
from tests.web.standing import Standing, fresh_key, standing
from tests.web.test_headers import SECURITY
from tests.web.wire import Answered, wired

PARSER = b"Invalid HTTP request received."
SECURED = {*SECURITY, "content-security-policy", "permissions-policy", "cache-control"}
# What differs from one ticket to the next.
OWN = ("id", "balance", "placed_at")


class Ways:
    """How many bodies the express way has read."""

    def __init__(self) -> None:
        self.express = 0


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood
        await assert_books_balance(stood.pool)


@pytest.fixture(scope="module")
async def tokens(stood: Standing) -> dict[str, str]:
    return await tokens_of(stood)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    """The express way, watched where it reads a body."""
    seen = Ways()
    read_form = express.read_form

    def watched(body: bytes, form: Any) -> Any:
        seen.express += 1
        return read_form(body, form)

    monkeypatch.setattr(express, "read_form", watched)
    return seen


@pytest.mark.parametrize("row", ROWS, ids=[row.says for row in ROWS])
async def test_both_ways_answer_the_same(
    stood: Standing, tokens: dict[str, str], ways: Ways, row: Row
) -> None:
    answers = []
    for kind in (PLAIN, CHARSET):
        path = f"{await _phase(stood, row.phase)}/tickets"
        before, ways.express = await books(stood), 0
        async with wired(stood.address) as wire:
            answer = await wire.ask(path, headers_for(row, tokens[row.who], kind), row.sent)
            assert ways.express == (row.is_express and kind == PLAIN)
            if answer.status == 201:
                _assert_receipt(answer)
            else:
                assert await books(stood) == before
            if answer.body == PARSER:
                assert await wire.ended()
            else:
                good = Row("a slip", 201)
                after = await wire.ask(
                    f"{await stood.open()}/tickets",
                    headers_for(good, tokens["khin"], PLAIN),
                    good.sent,
                )
                assert after.status == 201, "the connection goes on"
                assert {name for name, _ in answer.headers} >= SECURED
        answers.append(answer)
    plain, own = answers
    assert (plain.status, own.status) == (row.status, row.status), plain.body
    assert _lasting(plain) == _lasting(own)
    assert lasting_headers(plain) == lasting_headers(own)
    if row.code:
        assert (plain.json["code"], plain.json["status"]) == (row.code, row.status)
        assert plain.header("content-type") == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 201),
        ("Application/JSON", 201),
        ("application/json; charset=utf-8", 201),
        ("application/json;charset=latin-1", 201),
        ("application/problem+json", 415),
        ("application/jsonx", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
        (None, 415),
    ],
)
async def test_a_slip_says_that_it_is_json(
    stood: Standing, tokens: dict[str, str], kind: str | None, status: int
) -> None:
    row = Row("a slip", status, headers={"Content-Type": kind})
    path, before = f"{await stood.open()}/tickets", await books(stood)
    async with wired(stood.address) as wire:
        answer = await wire.ask(path, headers_for(row, tokens["aung"], PLAIN), row.sent)
        assert answer.status == status, answer.body
        assert (await books(stood) == before) is (status == 415)
        if status == 415:
            assert answer.json["code"] == "unsupported-media-type"


@pytest.mark.parametrize(("first", "second"), [(PLAIN, CHARSET), (CHARSET, PLAIN), (PLAIN, PLAIN)])
async def test_a_key_is_one_key_on_both_ways(
    stood: Standing, tokens: dict[str, str], first: str, second: str
) -> None:
    path, row = f"{await stood.open()}/tickets", Row("a slip", 201)
    key = {"Idempotency-Key": fresh_key()}
    async with wired(stood.address) as wire:

        async def ask(kind: str, text: str) -> Answered:
            sent = row._replace(headers=key, text=text)
            return await wire.ask(path, headers_for(sent, tokens["aung"], kind), sent.sent)

        placed, after = await ask(first, "137 500"), await books(stood)
        again, other = await ask(second, "137 500"), await ask(second, "137 501")
    assert (placed.status, placed.header("idempotent-replayed")) == (201, None)
    assert (again.status, again.header("idempotent-replayed")) == (201, "true")
    assert again.body == placed.body
    assert {*lasting_headers(again)} - {*lasting_headers(placed)} == {
        ("idempotent-replayed", "true")
    }
    assert (other.status, other.json["code"]) == (422, "key-reused")
    assert await books(stood) == after


async def test_bodies_damaged_at_random_are_answered_the_same(
    stood: Standing, tokens: dict[str, str]
) -> None:
    chance = random.Random(137)
    good = msgspec.json.encode({"text": "137 500\n138r 10", "note": 'für 1 " \\ x'})
    path = f"{await stood.open()}/tickets"
    statuses = set()
    async with wired(stood.address) as wire:
        for _ in range(120):
            body = bytearray(good)
            for _ in range(chance.choice((1, 1, 2, 5))):
                body[chance.randrange(len(body))] = chance.choice(b'{}[]",:\\\0\xff 0aue\n')
            row = Row("damaged", 0, body=bytes(body))
            plain, own = [
                await wire.ask(path, headers_for(row, tokens["aung"], kind), row.sent)
                for kind in (PLAIN, CHARSET)
            ]
            assert plain.status == own.status < 500, row.sent
            if plain.status != 201:
                assert plain.body == own.body, row.sent
            statuses.add(plain.status)
    assert statuses == {201, 400, 422}


async def test_a_house_behind_https_says_so_on_both_ways(
    stood: Standing, tokens: dict[str, str]
) -> None:
    row = Row("a slip", 201)
    path = f"{await stood.open()}/tickets"
    async with serving(stood.house, secure=True) as address, wired(address) as wire:
        for kind in (PLAIN, CHARSET):
            answer = await wire.ask(path, headers_for(row, tokens["aung"], kind), row.sent)
            assert answer.status == 201
            assert (answer.header("strict-transport-security") or "").startswith("max-age=")


async def test_a_house_without_its_books_says_so_on_both_ways(house: House, cast: Cast) -> None:
    async with relayed(house.database_url) as relay:
        away = msgspec.structs.replace(house, database_url=relay.url)
        async with serving(away) as address, wired(address) as wire:
            await relay.cut()
            row = Row("a slip", 503)
            answers = [
                await wire.ask(
                    f"/api/phases/{cast.phase.id}/tickets",
                    headers_for(row, "a token", kind),
                    row.sent,
                )
                for kind in (PLAIN, CHARSET)
            ]
    plain, own = answers
    assert (plain.status, plain.body) == (503, own.body)
    assert lasting_headers(plain) == lasting_headers(own)
    assert (plain.json["code"], plain.header("retry-after")) == ("unavailable", "2")


async def _phase(stood: Standing, become: str) -> str:
    """The path of a new phase, of which something has become."""
    if become.startswith("/"):
        return become
    if become == "draft":
        return await stood.draft()
    path = await stood.open()
    if become == "closed":
        assert (await stood.ask("min", "POST", f"{path}/closure")).status_code == 200
    elif become == "stopped":
        stopped = await stood.ask("thida", "POST", f"{path}/intake", {"open": False})
        assert stopped.status_code == 200
    return path


def _lasting(answer: Answered) -> object:
    """The body without what belongs to this ticket alone."""
    if answer.status != 201:
        return answer.body
    return [(name, value) for name, value in answer.json.items() if name not in OWN]


def _assert_receipt(answer: Answered) -> None:
    receipt = answer.json
    assert TICKET_ID.fullmatch(receipt["id"])
    assert MONEY.fullmatch(receipt["balance"])
    assert TIME.fullmatch(receipt["placed_at"])
    assert answer.header("content-type") == PLAIN
