"""The load generator: what it sends, counts and times."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from banker.bench.beside import BesideFailed, beside
from banker.bench.ground import Ground
from banker.bench.load import Load
from banker.bench.service import Service, served
from banker.bench.slips import texts
from banker.bench.tally import Sent
from tests.balanced import assert_books_balance

ANSWER = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def service(ground: Ground) -> AsyncIterator[Service]:
    """One worker on the test's ground."""
    async with served(ground.settings, workers=1) as service:
        yield service


async def test_slips_of_a_closed_loop_are_in_the_books_as_they_were_counted(
    ground: Ground, service: Service
) -> None:
    phase = await ground.open_phase("closed loop")
    sent = await _sent(ground, service, phase.id, connections=8, seconds=0.5)
    stored = await _stored(ground, phase.id)
    assert sent.by_status.keys() == {"201"}
    assert sent.count == sent.by_status["201"]
    # The last slips were under way when the time was over.
    assert sent.count <= len(stored) <= sent.count + 8
    assert sent.bets == 5 * sent.count
    assert {row["bet_count"] for row in stored} == {5}
    assert len({row["collector_id"] for row in stored}) == 8
    assert sent.times is not None
    assert sent.times.count == sent.count
    assert 0 < sent.times.p50_ms <= sent.times.p99_ms <= sent.times.p999_ms <= sent.times.max_ms
    assert 0 < sent.cpu_s < sent.seconds
    await assert_books_balance(ground.pool)


async def test_an_open_loop_keeps_its_rate(ground: Ground, service: Service) -> None:
    phase = await ground.open_phase("open loop")
    sent = await _sent(ground, service, phase.id, connections=16, seconds=1.5, rate=60.0)
    assert sent.by_status.keys() == {"201"}
    assert 45 <= sent.count <= 150
    assert abs(len(await _stored(ground, phase.id)) - sent.count) <= 16


async def test_refusals_are_counted_and_not_timed(ground: Ground, service: Service) -> None:
    closed = await ground.open_phase("limited", total_limit=5_000)
    sent = await _sent(ground, service, closed.id, connections=4, seconds=0.5)
    stored = await _stored(ground, closed.id)
    assert sent.by_status["409"] > 0
    assert sent.count == sent.by_status.get("201", 0) == len(stored)
    unknown = await _sent(ground, service, closed.id + 1, connections=4, seconds=0.3)
    assert unknown.by_status.keys() == {"404"}
    assert (unknown.count, unknown.bets, unknown.times) == (0, 0, None)


async def test_what_is_not_answered_in_time_is_late_and_timed_as_long_as_it_waited() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with _server(silent) as address:
        sent = await _sent_to(address, connections=2, seconds=1.0, deadline_s=0.3)
    assert sent.by_status.keys() == {"late"}
    assert sent.by_status["late"] >= 4
    assert sent.count == 0
    assert sent.times is not None
    assert sent.times.p50_ms >= 300


async def test_a_line_that_is_lost_is_counted_and_made_again() -> None:
    async def curt(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(ANSWER)
        await _read_request(reader)
        writer.close()

    async with _server(curt) as address:
        sent = await _sent_to(address, connections=1, seconds=1.0)
    assert sent.by_status["lost"] >= 3
    assert abs(sent.count - sent.by_status["lost"]) <= 1


async def test_an_open_loop_is_timed_from_the_moment_that_a_slip_was_due() -> None:
    """Each answer takes 50 ms on the only line, and a hundred slips fall due in the second."""

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await _read_request(reader):
            await asyncio.sleep(0.05)
            writer.write(ANSWER)

    async with _server(slow) as address:
        sent = await _sent_to(address, connections=1, seconds=1.0, rate=100.0)
    assert 10 <= sent.count <= 20
    assert sent.by_status["unsent"] >= 50
    assert sent.times is not None
    assert sent.times.p50_ms > 250


async def test_answers_in_pieces_are_answers() -> None:
    async def piecemeal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(6, 1, 1)
        while await _read_request(reader):
            for place in range(0, len(ANSWER), 7):
                writer.write(ANSWER[place : place + 7])
                await asyncio.sleep(0.001)

    async with _server(piecemeal) as address:
        sent = await _sent_to(address, connections=2, seconds=0.5)
    assert sent.by_status.keys() == {"201"}
    assert sent.count > 10


async def test_a_load_that_is_told_to_end_tells_what_was_sent() -> None:
    async with _server(_at_once) as address:
        started = time.monotonic()
        async with beside("banker.bench.load", _load(address, 1, seconds=60.0), Sent) as crowd:
            await asyncio.sleep(1.5)
            sent = await crowd.ended()
    assert time.monotonic() - started < 10
    assert 0 < sent.seconds < 3
    assert sent.count > 0


async def test_every_slip_has_a_key_of_its_own_and_the_token_of_its_collector() -> None:
    heads: list[bytes] = []

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _read_request(reader):
            heads.append(head)
            writer.write(ANSWER)

    async with _server(noting) as address:
        await _sent_to(address, connections=3, seconds=0.2)
    keys = [_field(head, b"Idempotency-Key") for head in heads]
    assert len(keys) == len(set(keys)) > 3
    assert {_field(head, b"Authorization") for head in heads} == {
        b"Bearer %d" % place for place in range(3)
    }


async def test_a_load_to_nobody_fails() -> None:
    async with _server(_at_once) as address:
        pass
    with pytest.raises(BesideFailed):
        await _sent_to(address, connections=1, seconds=0.2)


async def _sent(
    ground: Ground, service: Service, phase_id: int, connections: int, **more: Any
) -> Sent:
    load = Load(
        address=service.address,
        phase_id=phase_id,
        tokens=list(ground.tokens[:connections]),
        texts=texts(16, 5),
        connections=connections,
        **more,
    )
    async with beside("banker.bench.load", load, Sent) as crowd:
        return await crowd.told()


async def _sent_to(address: str, connections: int, **more: Any) -> Sent:
    load = _load(address, connections, **more)
    async with beside("banker.bench.load", load, Sent) as crowd:
        return await crowd.told()


def _load(address: str, connections: int, **more: Any) -> Load:
    tokens = [str(place) for place in range(connections)]
    return Load(address, 1, tokens, ["137 100"], connections=connections, **more)


async def _stored(ground: Ground, phase_id: int) -> list[Any]:
    rows: list[Any] = await ground.pool.fetch(
        "select collector_id, bet_count from tickets where phase_id = $1", phase_id
    )
    return rows


@asynccontextmanager
async def _server(serve: Serve) -> AsyncIterator[str]:
    """The address of a server that is not ours, and answers as `serve` does."""
    writers: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.close()
        await server.wait_closed()


async def _at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await _read_request(reader):
        writer.write(ANSWER)


async def _read_request(reader: asyncio.StreamReader) -> bytes:
    """The head of the next request, or nothing at the end; its body must be a slip."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(_field(head, b"Content-Length")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    assert msgspec.json.decode(body) == {"text": "137 100"}
    return head


def _field(head: bytes, name: bytes) -> bytes:
    [value] = [line[len(name) + 2 :] for line in head.split(b"\r\n") if line.startswith(name)]
    return value
