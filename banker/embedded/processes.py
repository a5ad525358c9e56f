"""Processes: starting one on the console's leash, finding those that were left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from banker.embedded.failure import EmbeddedFailure, NotStarted
from banker.embedded.lock import is_alive
from banker.embedded.log import read_cause
from banker.embedded.place import Place

LEASH = Path(__file__).with_name("leash.py")
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
COMMAND_TIMEOUT_S = 120
PROC = Path("/proc")


def spawn(
    place: Place,
    command: Sequence[str],
    ending: signal.Signals,
    *,
    stdin: int = subprocess.DEVNULL,
    output: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Starts a command as the servers' user; it gets `ending` when the thread that calls this ends.

    It has a session of its own, so that Ctrl-C in a terminal reaches the console alone, which
    then stops its servers in order. Nothing of the caller's environment (`PGDATA` and the like)
    comes through.
    """
    tie = [str(os.getpid()), str(int(ending)), str(place.uid), str(place.gid), "--"]
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", str(LEASH), *tie, *command],
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=place.home,
        env={**kept, "LC_ALL": "C", "TZ": "UTC", "HOME": str(place.home)},
        start_new_session=True,
    )


def run(place: Place, command: Sequence[str], *, lines: Sequence[str] = ()) -> str:
    """Runs a command and returns its output. Raises `EmbeddedFailure` with its last word."""
    content = "".join(f"{line}\n" for line in lines).encode()
    with spawn(place, command, signal.SIGTERM, stdin=subprocess.PIPE) as child:
        try:
            output, _ = child.communicate(content, timeout=COMMAND_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise EmbeddedFailure(cause=f"{command[0]} takes too long") from None
        finally:
            child.kill()
    text = output.decode(errors="replace")
    if child.returncode:
        raise NotStarted(server="PostgreSQL", cause=read_cause(text), where=place.home)
    return text


def lingering(folder: Path, names: Collection[str], leader: int) -> list[int]:
    """The processes of these names that work in a folder, lowest first.

    PostgreSQL and Redis make their data folder the working directory of all their processes,
    which tells them from another house's. Where there is no `/proc` only the leader can be found,
    by its number and name.
    """
    if PROC.joinpath("self").exists():
        numbers = sorted(int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
        return [number for number in numbers if _works_in(number, folder, names)]
    if not is_alive(leader):
        return []
    asked = ["/bin/ps", "-p", str(leader), "-o", "comm="]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return [leader] if Path(answer.stdout.strip()).name in names else []


def _works_in(number: int, folder: Path, names: Collection[str]) -> bool:
    process = PROC / str(number)
    with suppress(OSError):
        return process.joinpath("cwd").readlink() == folder and (
            process.joinpath("comm").read_text().strip() in names
        )
    return False


def send(number: int, order: signal.Signals) -> None:
    """Signals a process that may have ended meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(number, order)
