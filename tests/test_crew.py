"""A crew of four: who gets the connections, and what becomes of them when one of the four dies."""

import contextlib
import os
import select
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from banker.console import listen
from banker.crew import CannotServe
from banker.embedded.lock import is_alive
from tests.house.console import Console, banker, console, free_port, soon

WORKERS = 4
CONNECTIONS = 64
PATIENCE_S = 15.0
ASKED = b"GET /health HTTP/1.1\r\nHost: banker\r\n\r\n"
ESTABLISHED = "01"


@pytest.fixture(scope="module")
def running() -> Iterator[Console]:
    """A console with a crew of four, that the tests of this module share; each leaves it whole."""
    with console("serve", "--workers", f"{WORKERS}") as served:
        served.start()
        served.wait()
        yield served
        assert served.end()[0] == 0, served.said


def test_connections_are_dealt_out_to_all_workers(running: Console) -> None:
    with _connected(running, CONNECTIONS) as connections:
        for one in connections:
            one.sendall(ASKED)
        assert all(_is_answered(one) for one in connections)
        dealt = Counter(_holders(running, connections).values())
    assert set(dealt) == set(running.workers())
    assert dealt.total() == CONNECTIONS
    assert max(dealt.values()) <= 0.6 * CONNECTIONS, dealt


def test_a_second_console_on_the_same_port_is_refused(running: Console) -> None:
    with console() as second:
        port = f"{running.port}"
        for workers in ("1", "4"):
            refused = banker(["serve", "--port", port, "--workers", workers], second.environment)
            assert (refused.returncode, refused.stdout, refused.stderr) == (
                1,
                "",
                f"banker: Cannot listen on 127.0.0.1:{port}: Address already in use. "
                "Is another console running? Choose another with --port.\n",
            )
    running.wait()


# A console that is refused ends, and its socket with it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_of_consoles_that_start_at_the_same_moment_no_two_have_the_port() -> None:
    """That each is refused for the other's sake may happen."""
    at_once = Barrier(4)

    def start(port: int) -> socket.socket | None:
        at_once.wait()
        try:
            return listen("127.0.0.1", port)
        except CannotServe:
            return None

    listening = 0
    with ThreadPoolExecutor(4) as consoles:
        for _ in range(100):
            started = list(consoles.map(start, [free_port()] * 4))
            had = [listener for listener in started if listener is not None]
            for listener in had:
                listener.close()
            assert len(had) < 2
            listening += len(had)
    assert listening > 50


def test_those_who_wait_for_a_worker_that_is_killed_are_answered_by_its_successor(
    running: Console,
) -> None:
    killed, *others = running.workers()
    os.kill(killed, signal.SIGSTOP)
    with _connected(running, CONNECTIONS) as connections:
        for one in connections:
            one.sendall(ASKED)
        time.sleep(0.5)
        answered, _, _ = select.select(connections, [], [], 0)
        waiting = set(connections) - set(answered)
        assert 0 < len(waiting) < CONNECTIONS
        os.kill(killed, signal.SIGKILL)
        assert all(_is_answered(one) for one in connections)
        soon(lambda: len(running.workers()) == WORKERS)
        successors = set(running.workers()) - {killed, *others}
        holders = _holders(running, connections)
        assert {holders[one] for one in waiting} == successors
        assert len(successors) == 1
    assert f"worker {killed} ended with -9; another is started\n" in running.said


def test_a_worker_that_is_killed_takes_nobody_else_s_connections_along(running: Console) -> None:
    with _connected(running, CONNECTIONS) as connections:
        for one in connections:
            one.sendall(ASKED)
        assert all(_is_answered(one) for one in connections)
        holders = _holders(running, connections)
        killed = running.workers()[0]
        os.kill(killed, signal.SIGKILL)
        for one in connections:
            if holders[one] == killed:
                assert _hears_no_more(one)
            else:
                one.sendall(ASKED)
                assert _is_answered(one)
    soon(lambda: len(running.workers()) == WORKERS and killed not in running.workers())


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_the_same_port_is_open_again_whatever_is_left_of_its_connections(
    running: Console, ending: signal.Signals
) -> None:
    """The console's own ends of them stay behind for a minute."""
    with _connected(running, CONNECTIONS) as connections:
        for one in connections:
            one.sendall(ASKED)
        assert all(_is_answered(one) for one in connections)
        crew = running.workers()
        running.end(ending)
        assert all(_hears_no_more(one) for one in connections)
    soon(lambda: not any(is_alive(one) for one in crew))
    left = [line for line in _table() if line.local == running.port]
    assert left
    running.start()
    running.wait()
    soon(lambda: len(running.workers()) == WORKERS)


def test_workers_that_die_as_soon_as_they_are_started_end_the_console() -> None:
    with console("serve", "--workers", f"{WORKERS}") as served:
        served.start()
        served.wait()
        soon(lambda: len(served.workers()) == WORKERS)
        kept = served.workers()[1:]

        def is_over() -> bool:
            for newborn in set(served.workers()) - set(kept):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(newborn, signal.SIGKILL)
            return served.process.poll() is not None

        soon(is_over, patience_s=30)
        assert served.process.returncode == 1
        assert "A worker ends as soon as it is started" in served.said
        assert "Traceback" not in served.said
        assert not any(is_alive(one) for one in kept)
        assert served.left_behind() == []


class Line:
    """One connection in the kernel's table: ports, state and inode."""

    def __init__(self, fields: list[str]) -> None:
        self.local = int(fields[1].rpartition(":")[2], 16)
        self.remote = int(fields[2].rpartition(":")[2], 16)
        self.state = fields[3]
        self.inode = fields[9]


def _table() -> list[Line]:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [Line(line.split()) for line in lines]


def _holders(served: Console, connections: list[socket.socket]) -> dict[socket.socket, int]:
    """Which worker has accepted which of the connections."""
    by_port = {one.getsockname()[1]: one for one in connections}
    by_inode = {
        line.inode: by_port[line.remote]
        for line in _table()
        if line.local == served.port and line.remote in by_port and line.state == ESTABLISHED
    }
    found = {}
    for worker in served.workers():
        for name in Path(f"/proc/{worker}/fd").iterdir():
            with contextlib.suppress(OSError):
                inode = os.readlink(name).removeprefix("socket:[").removesuffix("]")
                if inode in by_inode:
                    found[by_inode[inode]] = worker
    return found


@contextlib.contextmanager
def _connected(served: Console, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as closing:
        yield [
            closing.enter_context(
                socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_S)
            )
            for _ in range(count)
        ]


def _is_answered(connection: socket.socket) -> bool:
    answer = b""
    while not answer.endswith(b"}"):
        piece = connection.recv(65536)
        if not piece:
            return False
        answer += piece
    return answer.startswith(b"HTTP/1.1 200 OK\r\n")


def _hears_no_more(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
