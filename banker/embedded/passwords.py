"""The private servers' passwords: made at random on the first start, kept with mode 0600."""

import secrets
from pathlib import Path

import msgspec

from banker.embedded.place import write_private

FILE = "passwords.json"


class Passwords(msgspec.Struct, frozen=True):
    """Only of letters, digits, `-` and `_`, so that they need no quoting anywhere.

    `are_new` until the database is known to have them.
    """

    owner: str
    app: str
    redis: str
    are_new: bool


def recall(data: Path) -> Passwords:
    """The passwords of a data folder; new ones where there are none or the file is unreadable."""
    path = data / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Passwords)
    except (FileNotFoundError, msgspec.DecodeError):
        owner, app, redis = (secrets.token_urlsafe(24) for _ in range(3))
        made = Passwords(owner=owner, app=app, redis=redis, are_new=True)
        write_private(path, msgspec.json.encode(made))
        return made


def confirm(data: Path, passwords: Passwords) -> None:
    """Notes that the database has them."""
    settled = msgspec.structs.replace(passwords, are_new=False)
    write_private(data / FILE, msgspec.json.encode(settled))
