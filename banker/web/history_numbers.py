"""The map of the numbers over the last phases: where the stakes lay, and what was drawn."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import heat, phase, statistics
from banker.books.heat import Heat, Warmth
from banker.database import reading
from banker.rules.number import label, read_label
from banker.web.access import MANAGER, Asker, AtWorker
from banker.web.history_words import WORDS, month_label, month_words, percent_words, read_month
from banker.web.page import page
from banker.web.rendering import shown

SPANS = (10, 30)
MONTHS_TO_PICK = 12
HOTTEST = 20
# From so many times the even share of a thousandth on, a number has the next step.
STEPS = (
    (Decimal(16), "full"),
    (Decimal(8), "5"),
    (Decimal(4), "4"),
    (Decimal(2), "3"),
    (Decimal(1), "2"),
)

Typed = Annotated[str, QueryParameter(max_length=20)]


class Cell(msgspec.Struct, frozen=True):
    """A number on the map; `words` say of it what its colour and its ring cannot."""

    name: str
    step: str
    draw_count: int
    words: str


class Line(msgspec.Struct, frozen=True):
    """A number in the tables beside the map."""

    warmth: Warmth
    share: Decimal | None


@get("/numbers", opt=dict(MANAGER))
async def show_numbers(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    over: Typed = "",
    number: Typed = "",
) -> Template:
    """The thousand numbers over the last 10 or 30 phases, or a month written as 2026-11."""
    count = next((one for one in SPANS if over == str(one)), SPANS[0] if not over else None)
    month = read_month(over) if count is None else None
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        months = await statistics.months(connection, MONTHS_TO_PICK)
        found = (
            await heat.of_last(connection, count or SPANS[0])
            if month is None
            else await heat.of_month(connection, month)
        )
    sought = _sought(number, found)
    return page(
        "history_numbers.html",
        request,
        phase=current,
        over=str(count) if month is None else month_label(month),
        span=_span(found) if month is None else month_words(month),
        spans=[str(one) for one in SPANS],
        months=[one.month for one in months],
        heat=found,
        blocks=blocks(found),
        hottest=_lines(found, sorted(found.numbers, key=lambda one: -one.total_in)[:HOTTEST]),
        drawn=_lines(found, [one for one in found.numbers if one.draw_count]),
        number=number,
        sought=sought,
        **WORDS,
    )


def blocks(found: Heat) -> list[list[list[Cell]]]:
    """The map: ten hundreds of ten rows of ten cells."""
    cells = [_cell(found, one) for one in found.numbers]
    rows = [cells[start : start + 10] for start in range(0, 1000, 10)]
    return [rows[start : start + 10] for start in range(0, 100, 10)]


def step_of(warmth: Warmth, heat: Heat) -> str:
    """The colour of a number, by how many times its even share was staked on it."""
    if not warmth.total_in:
        return "0"
    times = warmth.total_in * len(heat.numbers) / heat.total_in
    return next((step for least, step in STEPS if times >= least), "1")


def _cell(found: Heat, one: Warmth) -> Cell:
    return Cell(label(one.number), step_of(one, found), one.draw_count, _words(found, one))


def _words(found: Heat, one: Warmth) -> str:
    said = f"{label(one.number)}: nothing staked"
    if one.total_in:
        share = percent_words(found.share(one), 2)
        said = f"{label(one.number)}: {shown(one.total_in)} staked, {share} of all"
    if one.draw_count:
        said += ", drawn" if one.draw_count == 1 else f", drawn {one.draw_count} times"
    return said


def _span(found: Heat) -> str:
    if found.phase_count == 1:
        return "the last phase"
    return f"the last {found.phase_count} phases"


def _lines(found: Heat, numbers: list[Warmth]) -> list[Line]:
    return [Line(one, found.share(one)) for one in numbers if one.total_in or one.draw_count]


def _sought(typed: str, found: Heat) -> str:
    """What is said of the number that is looked for; empty where none is."""
    if not typed:
        return ""
    try:
        return _words(found, found.numbers[read_label(typed)])
    except ValueError:
        return "Numbers are 000 to 999."


handlers = (show_numbers,)
