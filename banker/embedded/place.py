"""Where the servers live and as whom they run.

PostgreSQL refuses to run as root. A root console runs its servers as the owner of the data folder
where that is someone else, otherwise as the user `banker` where there is one, otherwise as
`nobody`, and gives them a folder that this user can reach: the data folder itself, or one outside
to which the data folder then points.
"""

import hashlib
import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from banker.embedded.failure import FolderUnusable

POINTER = "place"
CLUSTER = "postgres"
OURS = {"lock", POINTER, "passwords.json", CLUSTER}
OUTSIDE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108  (checked for its owner before use)
SAFE_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
SOCKETS = (".s.PGSQL.5432", "redis.sock")


class Place(msgspec.Struct, frozen=True):
    """`data` is the console's folder, `home` the servers', `run` holds their sockets.

    `uid` and `gid` are -1 where the servers run as the console's own user.
    """

    data: Path
    home: Path
    run: Path
    uid: int
    gid: int

    def make(self, name: str) -> Path:
        """A folder of this name in the home, owned by the servers' user and closed to others."""
        return _make(self.home / name, self.uid, self.gid)

    def can(self, permission: str, path: Path) -> bool:
        """Whether the servers' user may read (`r`), write (`w`) or execute (`x`) a path."""
        return _can(permission, path, self.uid, self.gid)

    def erase(self) -> None:
        """Removes all that the servers have written. Only for a house that nobody wants again."""
        for folder in (self.run, self.home, self.data):
            shutil.rmtree(folder, ignore_errors=True)


def claim(data: Path) -> Path:
    """The data folder, made where it is missing, mode 0700. One with other things is refused."""
    data = Path(os.path.realpath(data))
    try:
        data.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        names = os.listdir(data)
        known = any(name in OURS or name.startswith("secret") for name in names)
        if names and not known:
            cause = "it holds other things than a house of banker"
            raise FolderUnusable(folder=data, cause=cause) from None
    data.chmod(0o700)
    return data


def settle(data: Path) -> Place:
    """The place of a claimed and locked data folder, with its folders made."""
    pointed = _pointed_home(data)
    uid, gid = (-1, -1) if os.geteuid() else _server_user(pointed or data)
    home = pointed or _settle_home(data, uid, gid)
    run = _settle_run(home, uid, gid)
    return Place(data=data, home=home, run=run, uid=uid, gid=gid)


def write_private(path: Path, content: bytes, uid: int = -1, gid: int = -1) -> None:
    """Writes a file of mode 0600, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchown(descriptor, uid, gid)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)


def _pointed_home(data: Path) -> Path | None:
    pointer = data / POINTER
    if not pointer.exists():
        return None
    home = Path(pointer.read_text().strip())
    if not home.is_dir():
        cause = f"it points to {home}, which is gone (remove {pointer} to begin anew)"
        raise FolderUnusable(folder=data, cause=cause)
    return home


def _server_user(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    if status.st_uid:
        return status.st_uid, status.st_gid
    for name in ("banker", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return found.pw_uid, found.pw_gid
    cause = "the servers may not run as root, and there is no user nobody"
    raise FolderUnusable(folder=folder, cause=cause)


def _settle_home(data: Path, uid: int, gid: int) -> Path:
    if uid < 0:
        return data
    os.chown(data, uid, gid)
    if (data / CLUSTER).exists() or _can("w", data, uid, gid):
        return data
    os.chown(data, 0, 0)
    home = _settle_outside(data, uid, gid)
    write_private(data / POINTER, f"{home}\n".encode())
    return home


def _settle_outside(data: Path, uid: int, gid: int) -> Path:
    for base in OUTSIDE:
        home = base / f"banker-{_digest(data)}"
        if not (_can("x", base, uid, gid) and os.access(base, os.W_OK)):
            continue
        if (home / CLUSTER).exists():
            # The house of a data folder that was removed: not ours to resume, nor to throw away.
            home.rename(f"{home}.{int(time.time())}")
        return _make(home, uid, gid)
    raise FolderUnusable(
        folder=data, cause=f"user {uid} cannot reach it, nor a folder in its place"
    )


def _settle_run(home: Path, uid: int, gid: int) -> Path:
    """The folder of the sockets: in the home, or a short one where a socket cannot live there."""
    run = _make(home / "run", uid, gid)
    if SAFE_PATH.fullmatch(str(run)) and _holds_sockets(run):
        return run
    base = Path("/tmp")  # noqa: S108  (short by purpose; `_make` refuses another user's folder)
    return _make(base / f"banker-{_digest(home)}", uid, gid)


def _holds_sockets(run: Path) -> bool:
    """Whether a socket fits: its path has 107 bytes at most; some file systems take none."""
    path = run / (max(SOCKETS, key=len) + ".probe")
    path.unlink(missing_ok=True)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(path))
    except OSError:
        return False
    path.unlink()
    return True


def _make(folder: Path, uid: int, gid: int) -> Path:
    """The folder, closed to others. One that is a link or another user's is refused."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    # Through a descriptor, so that nobody can put a link in its place half way.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(descriptor).st_uid not in (os.geteuid(), uid):
            raise FolderUnusable(folder=folder, cause="it belongs to someone else")
        os.fchown(descriptor, uid, gid)
        os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)
    return folder


def _can(permission: str, path: Path, uid: int, gid: int) -> bool:
    """Asks the operating system itself, which knows of more than mode bits."""
    command = [shutil.which("test") or "/bin/test", f"-{permission}", str(path)]
    groups: list[int] | None = None if uid < 0 else []
    user, group = (None, None) if uid < 0 else (uid, gid)
    asked = subprocess.run(  # noqa: S603
        command, check=False, cwd="/", user=user, group=group, extra_groups=groups
    )
    return asked.returncode == 0


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
