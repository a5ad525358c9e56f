"""What a connection bears: how much of a head, and how long half a request."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from unittest import mock

import pytest
import uvicorn
from litestar.types import Receive, Scope, Send

from banker import caller
from banker.caller import LARGEST_HEAD_BYTES, Caller
from tests.web.wire import Answered, Wire, request, wired

CHUNK = b"a" * 1024


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the body, after as many seconds as the path says."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        body, more = body + message["body"], message["more_body"]
    await asyncio.sleep(float(scope["path"].strip("/") or 0))
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A connection to a server that waits half a second for the rest of a request."""
    config = uvicorn.Config(echo, http=Caller, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - what is waited for rings no bell
        await asyncio.sleep(0.01)
    with mock.patch.object(caller, "UNFINISHED_S", 0.5):
        async with wired(f"http://127.0.0.1:{listener.getsockname()[1]}") as wire:
            yield wire
    server.should_exit = True
    await serving
    listener.close()


async def post(wire: Wire, body: bytes, path: str = "/", **headers: str) -> Answered:
    return await wire.ask(path, [("Content-Length", str(len(body))), *headers.items()], body)


async def test_a_head_that_is_large_but_not_too_large_is_read(wire: Wire) -> None:
    for _ in range(2):
        answer = await post(wire, b"slip", filler="a" * (LARGEST_HEAD_BYTES - 1024))
        assert (answer.status, answer.body) == (200, b"slip")


@pytest.mark.parametrize("before", [0, 2])
@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nfiller: ", b"GET /"])
async def test_a_head_without_an_end_is_refused(wire: Wire, before: int, start: bytes) -> None:
    for _ in range(before):
        await post(wire, b"slip")
    await wire.send(start)
    for _ in range(LARGEST_HEAD_BYTES // len(CHUNK)):
        await wire.send(CHUNK)
    answer = await wire.answer()
    assert (answer.status, answer.header("connection")) == (431, "close")
    assert answer.body == b"The head of the request is larger than is taken here."
    assert await wire.ended()


async def test_a_flood_of_a_head_is_cut_off(wire: Wire) -> None:
    sent = 0
    await wire.send(b"GET / HTTP/1.1\r\nfiller: ")
    with suppress(ConnectionError):
        while sent < 40_000_000:
            await wire.send(CHUNK * 64)
            sent += len(CHUNK) * 64
    assert sent < 20_000_000


HALVES = {
    "nothing": (0, b""),
    "a line end": (0, b"\r\n"),
    "half a head": (0, b"POST / HTTP/1.1\r\nHost:"),
    "half a body": (0, request("/", [("Content-Length", "9")], b"half")),
    "a line end after a request": (1, b"\r\n"),
    "half a head after a request": (1, b"POST / HTTP/1.1\r\nHost:"),
    "half a body after a request": (1, request("/", [("Content-Length", "9")], b"half")),
}


@pytest.mark.parametrize(("before", "half"), HALVES.values(), ids=HALVES.keys())
async def test_half_a_request_is_not_waited_for(wire: Wire, before: int, half: bytes) -> None:
    for _ in range(before):
        await post(wire, b"slip")
    started = time.monotonic()
    await wire.send(half)
    assert await wire.ended()
    assert 0.3 < time.monotonic() - started < 3


async def test_bytes_that_trickle_in_win_no_time(wire: Wire) -> None:
    started = time.monotonic()
    with suppress(ConnectionError):
        for byte in request("/", [("filler", "a" * 500)]):
            await wire.send(bytes([byte]))
            await asyncio.sleep(0.01)
    assert time.monotonic() - started < 3


async def test_a_whole_request_has_all_the_time_that_its_answer_needs(wire: Wire) -> None:
    for _ in range(2):
        answer = await post(wire, b"slip", path="/0.8")
        assert (answer.status, answer.body) == (200, b"slip")


async def test_what_waits_behind_a_slow_answer_is_not_given_up(wire: Wire) -> None:
    slip = request("/0.8", [("Content-Length", "4")], b"slip")
    await wire.send(slip + slip + slip[:20])
    await asyncio.sleep(0.1)
    await wire.send(slip[20:])
    for _ in range(3):
        assert (await wire.answer()).body == b"slip"
