"""The template engine: filters for money, numbers and times, and addresses of static files."""

from datetime import datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from litestar.plugins.jinja import JinjaTemplateEngine

from banker.rules.money import from_cents, rate
from banker.rules.number import label
from banker.settings import PROJECT, Settings

STATIC = PROJECT / "static"
TEMPLATES = PROJECT / "templates"


def engine(settings: Settings) -> JinjaTemplateEngine:
    """The engine of one worker; every value is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(settings.timezone)
    environment.globals["asset"] = asset
    environment.filters["money"] = shown
    environment.filters["number"] = label
    environment.filters["rate"] = rate
    environment.filters["from_cents"] = from_cents
    environment.filters["grouped"] = grouped
    environment.filters["clock"] = lambda moment: clock(moment, zone)
    environment.filters["moment"] = lambda moment: dated(moment, zone)
    return JinjaTemplateEngine.from_environment(environment)


def shown(amount: Decimal | None) -> str:
    """Money for a reader: thousands apart, cents only where there are some, a true minus."""
    if amount is None:
        return "–"
    text = f"{abs(amount):,.2f}".removesuffix(".00")
    return f"−{text}" if amount < 0 else text


def grouped(hexadecimal: str) -> str:
    """A hash in groups of eight digits, to be read aloud, typed and broken over lines."""
    return " ".join(hexadecimal[start : start + 8] for start in range(0, len(hexadecimal), 8))


def clock(moment: datetime | None, zone: ZoneInfo) -> str:
    """The time of day in the house's zone."""
    return "–" if moment is None else f"{moment.astimezone(zone):%H:%M:%S}"


def dated(moment: datetime | None, zone: ZoneInfo) -> str:
    """Date and time of day in the house's zone."""
    return "–" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


@cache
def asset(path: str) -> str:
    """The address of a static file, with a digest of its content, so that it may be kept long."""
    digest = sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"
