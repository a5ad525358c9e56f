"""The private Redis-protocol server: it tells and forgets, and keeps no truth."""

import signal
from pathlib import Path

import redis

from banker.embedded.child import Child
from banker.embedded.failure import explained
from banker.embedded.place import Place, write_private

MAX_MEMORY = "256mb"
SOCKET = "redis.sock"


class Redis(Child):
    """`redis-server` or `valkey-server` on a Unix socket with a password, without persistence."""

    name = "Redis"
    process_names = ("redis-server", "valkey-server")
    polite = signal.SIGTERM
    urgent = signal.SIGKILL

    def __init__(self, place: Place, binary: Path, password: str) -> None:
        super().__init__(place, place.make("redis"))
        self.binary = binary
        self.password = password

    @property
    def url(self) -> str:
        """For redis-py, which takes a socket's path in the place of a host."""
        return f"unix://:{self.password}@{self.place.run / SOCKET}"

    def prepare(self) -> None:
        """Writes the configuration: the password stays out of the command line, open to all."""
        lines = (
            "port 0",
            "daemonize no",
            f"unixsocket {self.place.run / SOCKET}",
            "unixsocketperm 700",
            f"requirepass {self.password}",
            f"dir {_quoted(self.folder)}",
            f"pidfile {_quoted(self.folder / 'redis.pid')}",
            'save ""',
            "appendonly no",
            f"maxmemory {MAX_MEMORY}",
            "maxmemory-policy allkeys-lru",
        )
        content = "".join(f"{line}\n" for line in lines).encode()
        with explained(self.folder):
            write_private(self._configuration, content, self.place.uid, self.place.gid)

    def command(self) -> list[str]:
        """The server, in the foreground, writing to its output."""
        return [str(self.binary), str(self._configuration)]

    def answers(self) -> bool:
        """Whether it takes the password and answers a ping."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1, retry=None) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def leader(self) -> int:
        """The server of the last run."""
        try:
            text = self.folder.joinpath("redis.pid").read_text().strip()
        except OSError:
            return 0
        return int(text) if text.isdigit() else 0

    def sweep(self) -> None:
        """Redis clears its socket by itself; the note must not outlive the process it names."""
        self.folder.joinpath("redis.pid").unlink(missing_ok=True)

    @property
    def _configuration(self) -> Path:
        return self.folder / "redis.conf"


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
