"""Slips by express on the wire: in pieces, cut short, too large, and one after another."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from tests.balanced import assert_books_balance
from tests.databases import Clones
from tests.web.asking import books, headers_for, tokens_of
from tests.web.sent import CHARSET, PLAIN, Row
from tests.web.standing import Standing, fresh_key, standing
from tests.web.wire import request, wired


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood
        await assert_books_balance(stood.pool)


@pytest.fixture(scope="module")
async def tokens(stood: Standing) -> dict[str, str]:
    return await tokens_of(stood)


@pytest.mark.parametrize("kind", [PLAIN, CHARSET])
async def test_a_slip_in_chunks_is_taken(
    stood: Standing, tokens: dict[str, str], kind: str
) -> None:
    row = Row("in chunks", 201, headers={"Content-Length": None, "Transfer-Encoding": "chunked"})
    path = f"{await stood.open()}/tickets"
    head, body = request(path, headers_for(row, tokens["aung"], kind)), row.sent
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:5], body[5:])]
    async with wired(stood.address) as wire:
        await wire.send(head, *chunks, b"0\r\n\r\n")
        assert (await wire.answer()).status == 201


@pytest.mark.parametrize("kind", [PLAIN, CHARSET])
async def test_a_slip_that_comes_byte_by_byte_is_taken(
    stood: Standing, tokens: dict[str, str], kind: str
) -> None:
    row = Row("a slip", 201)
    path = f"{await stood.open()}/tickets"
    whole = request(path, headers_for(row, tokens["aung"], kind), row.sent)
    async with wired(stood.address) as wire:
        for place in range(len(whole)):
            await wire.send(whole[place : place + 1])
            await asyncio.sleep(0)
        assert (await wire.answer()).status == 201


@pytest.mark.parametrize("kind", [PLAIN, CHARSET])
async def test_what_is_announced_too_large_is_refused_before_it_comes(
    stood: Standing, tokens: dict[str, str], kind: str
) -> None:
    row = Row("10 MB", 413, headers={"Content-Length": "10000000"})
    path, before = f"{await stood.open()}/tickets", await books(stood)
    async with wired(stood.address) as wire:
        await wire.send(request(path, headers_for(row, tokens["aung"], kind), b'{"text":"'))
        answer = await wire.answer()
    assert (answer.status, answer.json["code"]) == (413, "too-large")
    assert await books(stood) == before


@pytest.mark.parametrize("kind", [PLAIN, CHARSET])
@pytest.mark.parametrize("sent", [0, 1, 10])
async def test_a_caller_who_leaves_in_the_middle_of_a_body_changes_nothing(
    stood: Standing,
    tokens: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    kind: str,
    sent: int,
) -> None:
    row = Row("cut short", 0, headers={"Content-Length": "400"})
    path, before = f"{await stood.open()}/tickets", await books(stood)
    with capture_logs() as logs:
        for politely in (True, False):
            async with wired(stood.address) as wire:
                await wire.send(
                    request(path, headers_for(row, tokens["aung"], kind), row.sent[:sent])
                )
                await asyncio.sleep(0.05)
                if politely:
                    wire.writer.write_eof()
                    await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)
    assert (logs, _complaints(caplog)) == ([], [])
    assert await books(stood) == before


@pytest.mark.parametrize("kind", [PLAIN, CHARSET])
async def test_a_caller_who_leaves_before_the_answer_has_one_ticket(
    stood: Standing, tokens: dict[str, str], caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    row = Row("a slip", 201, headers={"Idempotency-Key": fresh_key()})
    path = f"{await stood.open()}/tickets"
    with capture_logs() as logs:
        for _ in range(5):
            async with wired(stood.address) as wire:
                await wire.send(request(path, headers_for(row, tokens["aung"], kind), row.sent))
        async with wired(stood.address) as wire:
            answer = await wire.ask(path, headers_for(row, tokens["aung"], kind), row.sent)
    assert (answer.status, answer.json["sequence"]) == (201, 1)
    assert (logs, _complaints(caplog)) == ([], [])
    listed = await stood.ask("min", "GET", path)
    assert [one["sequence"] for one in listed.json()["items"]] == [1]


async def test_requests_that_are_sent_before_the_answers_are_answered_in_order(
    stood: Standing, tokens: dict[str, str]
) -> None:
    """By express and not, taken and refused, all in one piece."""
    path = f"{await stood.open()}/tickets"
    rows = [
        (Row("a slip", 201), PLAIN),
        (Row("a slip", 201), CHARSET),
        (Row("words", 422, text="hello"), PLAIN),
        (Row("a manager", 403, who="min"), PLAIN),
        (Row("not JSON", 400, body=b"x"), CHARSET),
        (Row("no body", 400, body=b""), PLAIN),
        (Row("a slip", 201), PLAIN),
    ]
    whole = b"".join(
        request(path, headers_for(row, tokens[row.who], kind), row.sent) for row, kind in rows
    )
    async with wired(stood.address) as wire:
        await wire.send(whole)
        answers = [await wire.answer() for _ in rows]
        await wire.send(whole)
        answers += [await wire.answer() for _ in rows]
    assert [one.status for one in answers] == [row.status for row, _ in rows] * 2
    placed = [one.json["sequence"] for one in answers if one.status == 201]
    assert placed == [1, 2, 3] * 2
    replayed = [one.header("idempotent-replayed") for one in answers if one.status == 201]
    assert replayed == [None] * 3 + ["true"] * 3


def _complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged that somebody ought to look at; a line for each request is none."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
