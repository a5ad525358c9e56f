"""A server as the console's child: it rises, answers and is ended."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path

from banker.embedded.failure import NotStarted, explained
from banker.embedded.log import Log
from banker.embedded.place import Place
from banker.embedded.processes import lingering, send, spawn

PAUSE_S = 0.02
RISE_TIMEOUT_S = 300.0  # recovery of a large log is slow and must be let through
STOP_LADDER_S = (3.0, 1.0, 0.5)
CLEAR_LADDER_S = (5.0, 2.0, 3.0)


class Child(ABC):
    """One server of the house. Steps that wait yield pauses, for threads and loops alike."""

    name: str
    process_names: tuple[str, ...]
    polite: signal.Signals
    urgent: signal.Signals

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self.folder = folder
        self.log = Log(place.make("log") / f"{folder.name}.log")
        self.wanted = False
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Makes what the server needs before it can be launched, where it is missing."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line, which must stay in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the launched server accepts connections."""

    @abstractmethod
    def leader(self) -> int:
        """The process number that the last server noted for itself, or 0."""

    @abstractmethod
    def sweep(self) -> None:
        """Removes the sockets and notes of a server that is certainly gone."""

    def start(self) -> None:
        """Starts the server and returns when it answers."""
        self.wanted = True
        wait(self.rise())

    def stop(self) -> None:
        """Ends the server, and `keep` leaves it ended, until `start`."""
        stop([self])

    def rise(self) -> Iterator[float]:
        """Starts the server; yields pauses until it answers. Raises `EmbeddedFailure`."""
        yield from self.clear(self.folder)
        with explained(self.folder):
            self.sweep()
            output = self.log.open()
            with open(output, "wb") as file:
                self._process = spawn(self.place, self.command(), self.polite, output=file.fileno())
        deadline = time.monotonic() + RISE_TIMEOUT_S
        while not self.answers():
            cause = self.log.cause() if not self.runs() else None
            if cause is None and time.monotonic() > deadline:
                cause = "it takes too long"
            if cause is not None:
                raise NotStarted(server=self.name, cause=cause, where=f"its log is {self.log.path}")
            yield PAUSE_S

    def clear(self, folder: Path) -> Iterator[float]:
        """Ends what an earlier console left running in a folder, and orphans of a killed server.

        Whoever calls this holds the lock of the data folder, so nobody else's server can be among
        them.
        """
        steps = zip((self.polite, self.urgent, signal.SIGKILL), CLEAR_LADDER_S, strict=True)
        for order, patience_s in steps:
            left = lingering(folder, self.process_names, self.leader())
            if order is not signal.SIGKILL:
                left = [number for number in left if number == self.leader()]
            for number in left:
                send(number, order)
            deadline = time.monotonic() + patience_s
            while set(left) & set(lingering(folder, self.process_names, self.leader())):
                if time.monotonic() > deadline:
                    break
                yield PAUSE_S

    def runs(self) -> bool:
        """Whether the launched process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The server's process number, while it has been launched."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """How the launched process ended: minus the signal's number where one ended it."""
        return self._process.poll() if self._process else None


def wait(pauses_s: Iterable[float]) -> None:
    """Takes a step's pauses in this thread."""
    for pause_s in pauses_s:
        time.sleep(pause_s)


def stop(children: Iterable[Child]) -> None:
    """Ends servers side by side: politely, urgently, by force; in less than 5 s altogether."""
    children = list(children)
    for child in children:
        child.wanted = False
    for rung, patience_s in enumerate(STOP_LADDER_S):
        running = [child for child in children if child.runs()]
        for child in running:
            if child.pid is not None:
                send(child.pid, (child.polite, child.urgent, signal.SIGKILL)[rung])
        deadline = time.monotonic() + patience_s
        while any(child.runs() for child in running) and time.monotonic() < deadline:
            time.sleep(PAUSE_S)
    for child in children:
        for number in lingering(child.folder, child.process_names, 0):
            send(number, signal.SIGKILL)
