"""A console in a process of its own, as a person starts it: `python -m banker …`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from banker.embedded import House
from banker.embedded.place import Place, settle
from banker.embedded.processes import lingering, send

PROJECT = Path(__file__).parents[2]
PATIENCE_S = 60.0
SERVERS = {"postgres": ("postgres",), "redis": ("redis-server", "valkey-server")}


class Console:
    """A console on a data folder and a port of its own; `start` gives the same command again."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.data = folder / "house"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.arguments = arguments or ("serve",)
        self.environment = {**own_settings(self.data), "BANKER_PORT": str(self.port), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting for it to answer."""
        with self.folder.joinpath("said").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "banker", *self.arguments],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def wait(self) -> None:
        """Wait until it answers that all is well."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert self.process.poll() is None, self.said
            try:
                if httpx.get(f"{self.address}/health", timeout=10).status_code == 200:
                    return
            except httpx.HTTPError:
                assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Signal the console alone, and wait for its end: exit code and seconds."""
        started = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S), time.monotonic() - started

    def children(self) -> list[int]:
        """The processes that it has started."""
        return children_of(self.process.pid)

    def workers(self) -> list[int]:
        """Those of them that answer requests."""
        return [one for one in self.children() if b"banker.serving" in _command(one)]

    def leader(self) -> int:
        """Its PostgreSQL, by the note that this keeps of itself."""
        note = self.place().home / "postgres" / "postmaster.pid"
        return int(note.read_text().split("\n", 1)[0])

    def left_behind(self) -> list[int]:
        """The servers that work in its data folder."""
        home = self.place().home
        return [one for name, known in SERVERS.items() for one in lingering(home / name, known, 0)]

    def place(self) -> Place:
        """Where its servers live."""
        return settle(self.data)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The console's process."""
        assert self._process is not None
        return self._process

    @property
    def said(self) -> str:
        """What it has said so far."""
        path = self.folder / "said"
        return path.read_text() if path.exists() else ""


@contextmanager
def console(*arguments: str, **environment: str) -> Iterator[Console]:
    """A console that is not started yet; nothing of it is left after the block."""
    # A short path that the servers' user can reach, in memory where there is room: a machine that
    # is busy with its disk is another test.
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1_000_000_000
    folder = Path(tempfile.mkdtemp(prefix="banker-", dir=memory if roomy else "/tmp"))
    folder.chmod(0o755)
    made = Console(folder, *arguments, **environment)
    try:
        yield made
    except BaseException:
        print(made.said)
        raise
    finally:
        if made._process is not None:
            made.process.kill()
            made.process.wait()
        if made.data.exists():
            for number in made.left_behind():
                send(number, signal.SIGKILL)
            soon(lambda: not made.left_behind())
            made.place().erase()
        shutil.rmtree(folder)


def banker(
    arguments: Sequence[str], environment: dict[str, str], typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself, with what is typed on its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "banker", *arguments],
        cwd=PROJECT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def own_settings(data: Path) -> dict[str, str]:
    """The environment without this machine's settings, but for the binaries that the suite runs on;
    servers that the environment names are not used, so that the console brings its own."""
    kept = {name: word for name, word in os.environ.items() if not name.startswith("BANKER_")}
    if "BANKER_PG_BIN" in os.environ:
        kept["BANKER_PG_BIN"] = os.environ["BANKER_PG_BIN"]
    return {**kept, "BANKER_DATA": str(data), "PYTHONUNBUFFERED": "1"}


def named(house: House) -> dict[str, str]:
    """The settings that name the servers of a test's house."""
    return {
        "BANKER_DATABASE_URL": house.database_url,
        "BANKER_OWNER_URL": house.owner_url,
        "BANKER_REDIS_URL": house.redis_url,
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def children_of(parent: int) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return [int(pid) for pid, ppid, state in rows if int(ppid) == parent and state[0] != "Z"]


def _command(process: int) -> bytes:
    """How a process was started; nothing where it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def soon(holds: Callable[[], bool], patience_s: float = 10.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
