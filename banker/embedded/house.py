"""The addresses of the private servers, and the note by which other commands find them."""

import time
from pathlib import Path

import msgspec

from banker.embedded.lock import is_held
from banker.embedded.place import write_private

NOTE = "house.json"
STARTING_S = 15.0


class House(msgspec.Struct, frozen=True):
    """Where the servers answer. An address is empty where that server is not the console's own.

    `database_url` is for the role `banker_app`, which owns nothing; `owner_url` for
    `banker_owner`, which owns the database `banker` and may create others.
    """

    database_url: str
    owner_url: str
    redis_url: str


def announce(data: Path, house: House) -> None:
    """Notes the addresses for `find`."""
    write_private(data / NOTE, msgspec.json.encode(house))


def withdraw(data: Path) -> None:
    """Takes the note away."""
    data.joinpath(NOTE).unlink(missing_ok=True)


def find(data: Path) -> House | None:
    """The house of the console on this data folder, if one runs; waits for one that starts."""
    deadline = time.monotonic() + STARTING_S
    while is_held(data):
        try:
            return msgspec.json.decode(data.joinpath(NOTE).read_bytes(), type=House)
        except FileNotFoundError:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.05)
    return None
