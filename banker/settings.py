"""What the house is told from outside: the environment, and flags where a flag is natural."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

PROJECT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32


class SettingsWrong(Exception):
    """A setting cannot be used; the message is one line for the person who set it."""


class Settings(msgspec.Struct, frozen=True):
    """The settings of one console.

    `database_url` and `redis_url` are empty where the embedded servers are to be used.
    `owner_url` is the role that migrates. `proxies` are the addresses whose `X-Forwarded-For` is
    believed; with `secure` the cookies demand HTTPS.
    """

    database_url: str
    owner_url: str
    redis_url: str
    data: Path
    pg_bin: Path | None
    host: str
    port: int
    workers: int
    secret: str
    currency: str
    timezone: str
    metrics_token: str
    proxies: tuple[str, ...]
    secure: bool
    demo: bool = False


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings as the environment has them. Raises `SettingsWrong`."""
    data = Path(environment.get("BANKER_DATA") or default_data()).expanduser().absolute()
    database_url = environment.get("BANKER_DATABASE_URL", "")
    pg_bin = environment.get("BANKER_PG_BIN", "")
    return Settings(
        database_url=database_url,
        owner_url=environment.get("BANKER_OWNER_URL", "") or database_url,
        redis_url=environment.get("BANKER_REDIS_URL", ""),
        data=data,
        pg_bin=Path(pg_bin) if pg_bin else None,
        host=environment.get("BANKER_HOST", "127.0.0.1"),
        port=_whole(environment, "BANKER_PORT", 8000, least=0, most=65535),
        workers=_whole(environment, "BANKER_WORKERS", 1, least=1, most=64),
        secret=_secret(environment.get("BANKER_SECRET", "")),
        currency=environment.get("BANKER_CURRENCY", "MMK"),
        timezone=_zone(environment.get("BANKER_TIMEZONE", "Asia/Yangon")),
        metrics_token=environment.get("BANKER_METRICS_TOKEN", ""),
        proxies=tuple(environment.get("BANKER_PROXIES", "").replace(",", " ").split()),
        secure=environment.get("BANKER_HTTPS", "") in ("1", "true", "yes"),
        demo=environment.get("BANKER_DEMO", "") == "1",
    )


def default_data() -> Path:
    """`.banker/` in the project where it can be written, else the user's data folder."""
    if os.access(PROJECT, os.W_OK) and (PROJECT / "pyproject.toml").exists():
        return PROJECT / ".banker"
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "banker"


def kept_secret(data: Path) -> str:
    """The house's secret, made on the first start and kept in the data folder. Part of a backup."""
    path = data / "secret"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # Written whole before it has its name: a start that is cut off leaves no half of it.
        handle, fresh = tempfile.mkstemp(dir=data, prefix="secret-")
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise SettingsWrong(f"The secret in {path} is too short; restore it or delete it.")
    return secret


def _secret(text: str) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise SettingsWrong(f"BANKER_SECRET must have at least {SHORTEST_SECRET} characters.")
    return text


def _whole(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsWrong(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsWrong(f"BANKER_TIMEZONE names no time zone: {name!r}.") from None
    return name
