"""The `banker` command as a person meets it: real processes, real servers, real signals."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest

from banker.embedded import House
from banker.embedded.lock import is_alive
from tests.cast import PASSWORD, Cast
from tests.house.conftest import eventually
from tests.house.console import Console, banker, console, free_port, named, soon

WITHIN_S = 5.0


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
async def test_serve_ends_within_5_s_whoever_is_connected(
    house: House, cast: Cast, ending: signal.Signals
) -> None:
    with console("serve", "--workers", "2", **named(house)) as served:
        served.start()
        served.wait()
        workers = served.children()
        halves = [
            _connected(served, asked)
            for asked in (
                b"",
                b"GET /hea",
                b"POST /api/tokens HTTP/1.1\r\nContent-Length: 9\r\n\r\n",
            )
        ]
        async with _watching(served, cast) as seen:
            await eventually(lambda: b"event: snapshot" in b"".join(seen), WITHIN_S)
            code, seconds = await asyncio.to_thread(served.end, ending)
        assert (code, served.said) == (0, f"banker 0.1.0 on {served.address}\n")
        assert seconds < WITHIN_S
        assert len(workers) == 2
        assert not any(is_alive(worker) for worker in workers)
        for half in halves:
            half.close()


async def test_a_worker_that_is_killed_is_replaced(house: House, cast: Cast) -> None:
    with console("serve", "--workers", "2", **named(house)) as served:
        served.start()
        served.wait()
        killed, left = served.children()
        os.kill(killed, signal.SIGKILL)
        await eventually(
            lambda: len(served.children()) == 2 and killed not in served.children(), WITHIN_S
        )
        assert left in served.children()
        assert f"worker {killed} ended with -9; another is started\n" in served.said
        served.wait()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"BANKER_PORT": "eighty"}, "BANKER_PORT must be a whole number"),
        ({"BANKER_WORKERS": "0"}, "BANKER_WORKERS must be a whole number"),
        ({"BANKER_TIMEZONE": "Mars/Base"}, "BANKER_TIMEZONE names no time zone"),
        ({"BANKER_HOST": "no.such.host.invalid"}, "Cannot listen on no.such.host.invalid"),
        ({"BANKER_PG_BIN": "/nowhere"}, "There is no PostgreSQL to start"),
        ({"BANKER_DATA": "/dev/null/house"}, "The folder /dev/null/house cannot be used"),
        ({"BANKER_DATABASE_URL": "nonsense"}, "PostgreSQL cannot be used: invalid DSN"),
        ({"BANKER_DATABASE_URL": "postgresql://a@127.0.0.1:1/b"}, "PostgreSQL cannot be used"),
        ({"BANKER_REDIS_URL": "nonsense"}, "BANKER_REDIS_URL cannot be used"),
    ],
)
def test_a_wrong_setting_is_one_line(wrong: dict[str, str], words: str) -> None:
    with console() as served:
        assert words in _refused(served, "serve", **wrong)


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, console() as served:
        port = str(taken.getsockname()[1])
        line = _refused(served, "serve", "--port", port)
        assert line.startswith(f"banker: Cannot listen on 127.0.0.1:{port}: Address already in use")


async def test_books_that_cannot_be_read_are_one_line(house: House) -> None:
    with console() as served:
        nowhere = {"BANKER_DATABASE_URL": house.database_url.replace("/banker_test", "/nowhere")}
        for command in (["verify"], ["migrate"], ["user", "add", "thida", "--role", "admin"]):
            assert "PostgreSQL cannot be used" in _refused(served, *command, **nowhere)


async def test_four_consoles_that_migrate_at_once_take_turns(
    house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("drop schema public cascade")
    await owner.execute("create schema public")
    with console() as served:
        environment = served.environment | named(house) | {"BANKER_SECRET": "s" * 40}
        with ThreadPoolExecutor(4) as crowd:
            migrated = list(crowd.map(banker, [["migrate"]] * 4, [environment] * 4))
        assert [one.returncode for one in migrated] == [0] * 4, migrated
        assert banker(["verify"], environment).stdout == "The books balance.\n"


def test_commands_bring_the_servers_where_no_console_runs() -> None:
    with console() as served:
        with ThreadPoolExecutor(4) as crowd:
            migrated = list(crowd.map(banker, [["migrate"]] * 4, [served.environment] * 4))
        assert [one.returncode for one in migrated] == [0] * 4, migrated
        added = banker(["user", "add", "thida", "--role", "admin"], served.environment, PASSWORD)
        assert (added.returncode, added.stdout) == (0, "thida is a admin now.\n")
        verified = banker(["verify"], served.environment)
        assert (verified.returncode, verified.stdout) == (0, "The books balance.\n")
        assert served.left_behind() == []


def test_commands_use_the_servers_of_a_console_that_runs(running: Console) -> None:
    added = banker(["user", "add", "Min", "--role", "manager"], running.environment, PASSWORD)
    assert (added.returncode, added.stderr) == (0, "")
    assert _sign_in(running, "min") == 201
    taken = banker(["user", "add", "min", "--role", "admin"], running.environment, PASSWORD)
    assert (taken.returncode, taken.stderr) == (1, "banker: The name min is taken.\n")
    short = banker(["user", "add", "ko", "--role", "admin"], running.environment, "short")
    assert (short.returncode, short.stderr.count("\n")) == (1, 1)
    for command in ("migrate", "verify"):
        assert banker([command], running.environment).returncode == 0
    running.wait()


def test_a_second_console_on_the_same_data_is_one_line(running: Console) -> None:
    line = _refused(running, "serve", "--port", str(free_port()))
    assert line.startswith(f"banker: Another banker (process {running.process.pid}) already runs")
    running.wait()


def test_nothing_of_a_killed_console_lives_on_and_the_same_command_opens_it_again(
    running: Console,
) -> None:
    added = banker(["user", "add", "su", "--role", "cashier"], running.environment, PASSWORD)
    assert added.returncode == 0
    family = running.children()
    assert len(family) == 3  # a worker, PostgreSQL and Redis
    running.end(signal.SIGKILL)
    _until_gone(running, family)
    running.start()
    running.wait()
    assert _sign_in(running, "su") == 201
    family = running.children()
    code, seconds = running.end()
    assert (code, seconds < WITHIN_S) == (0, True)
    _until_gone(running, family)
    running.start()
    running.wait()


def test_a_console_told_to_end_while_it_starts_ends() -> None:
    with console() as served:
        served.start()
        while "banker" not in served.said:
            time.sleep(0.01)
        code, _ = served.end()
        assert code == 0
        assert served.left_behind() == []


@pytest.fixture(scope="module")
def running() -> Iterator[Console]:
    """A console with servers of its own, that the tests of this module share; each leaves it
    running."""
    with console() as served:
        served.start()
        served.wait()
        yield served


def _refused(served: Console, *arguments: str, **wrong: str) -> str:
    """The one line with which a command ends."""
    ended = banker(arguments, served.environment | wrong, PASSWORD)
    assert ended.returncode == 1, ended
    assert ended.stderr.startswith("banker: ")
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


def _connected(served: Console, asked: bytes) -> socket.socket:
    """A connection that asks for something by halves and stays open."""
    half = socket.create_connection(("127.0.0.1", served.port))
    half.sendall(asked)
    return half


@asynccontextmanager
async def _watching(served: Console, cast: Cast) -> AsyncIterator[list[bytes]]:
    """What somebody sees who watches the risk; the stream must end, not break."""
    seen: list[bytes] = []

    async def watch(client: httpx.AsyncClient) -> None:
        body = {"username": "min", "password": PASSWORD}
        token = (await client.post("/api/tokens", json=body)).json()["token"]
        path = f"/api/phases/{cast.phase.id}/stream"
        headers = {"Authorization": f"Bearer {token}"}
        async with client.stream("GET", path, headers=headers) as stream:
            async for piece in stream.aiter_bytes():
                seen.append(piece)  # noqa: PERF401 - others look at it meanwhile

    async with (
        httpx.AsyncClient(base_url=served.address, timeout=10) as client,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(watch(client))
        yield seen


def _sign_in(served: Console, name: str) -> int:
    body = {"username": name, "password": PASSWORD}
    return httpx.post(f"{served.address}/api/tokens", json=body, timeout=10).status_code


def _until_gone(served: Console, family: list[int]) -> None:
    """None of the family lives, nor any server in the data folder, within some seconds."""
    soon(lambda: not any(is_alive(one) for one in family) and not served.left_behind())
