"""What a server wrote: a file of bounded size, and the cause of a failure read out of its tail."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

LIMIT_BYTES = 10_000_000
TAIL_BYTES = 20_000

KNOWN_CAUSES = {
    "No space left on device": "no space left on device",
    "Disk quota exceeded": "the disk quota is exceeded",
    "Read-only file system": "the file system is read-only",
    "Permission denied": "permission denied",
    "Cannot allocate memory": "not enough memory",
    "Too many open files": "too many open files",
}
GRAVE = re.compile(r"(?:FATAL|PANIC|ERROR|error):\s+(.+)")


class Log:
    """Appends a server's output to a file; past the limit the older part moves aside."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = 0

    def open(self) -> int:
        """A descriptor to append to. What comes after it is what `cause` reads."""
        self.bound()
        # The folder is the servers' user's: a link laid there must not lead a root console astray.
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        self._mark = os.fstat(descriptor).st_size
        return descriptor

    def bound(self) -> None:
        """Keeps the file below its limit. The server appends, so it goes on in the emptied file."""
        try:
            if self.path.lstat().st_size <= LIMIT_BYTES:
                return
        except FileNotFoundError:
            return
        older = self.path.with_suffix(".old.log")
        with suppress(OSError):  # on a full disk the older part is given up
            older.unlink(missing_ok=True)
            shutil.copyfile(self.path, older)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_NOFOLLOW)
        os.ftruncate(descriptor, 0)
        os.close(descriptor)
        self._mark = 0

    def cause(self) -> str:
        """Why the server that was started last has failed, as far as it said."""
        text = b""
        with suppress(OSError), self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(self._mark, size - TAIL_BYTES))
            text = file.read()
        return read_cause(text.decode(errors="replace"))


def read_cause(text: str) -> str:
    """The known cause that a server's output names, else its last grave line, else its last one."""
    for words, cause in KNOWN_CAUSES.items():
        if words in text:
            return cause
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grave = [found[1] for line in lines if (found := GRAVE.search(line))]
    return (grave or lines or ["it gave no reason"])[-1].rstrip(".")
