"""Why the private servers cannot run, in one sentence a person understands."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedFailure(Exception):
    """The private servers cannot run: {cause}."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__((self.__doc__ or "").format(**facts))


class AlreadyRunning(EmbeddedFailure):
    """Another banker{holder} already runs on {folder}; stop it, or choose another data folder."""


class FolderUnusable(EmbeddedFailure):
    """The folder {folder} cannot be used: {cause}."""


class BinaryMissing(EmbeddedFailure):
    """There is no {binary} to start: {remedy}."""


class NotStarted(EmbeddedFailure):
    """{server} could not start: {cause} ({where})."""


class WrongVersion(EmbeddedFailure):
    """The data in {folder} belongs to PostgreSQL {data_version}, but {binaries} is {version}."""


class TooOld(EmbeddedFailure):
    """PostgreSQL 15 or later is needed, but {binaries} is {version}."""


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns an operating system's error inside the block into a `FolderUnusable`."""
    try:
        yield
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        place = error.filename or folder
        raise FolderUnusable(folder=place, cause=cause) from error
