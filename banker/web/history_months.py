"""The months: what each came to, and one of them by collector and by number."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import phase, statistics
from banker.database import reading
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.bars import Column, picture, running
from banker.web.history_words import WORDS, month_words, read_month
from banker.web.page import page
from banker.web.sorting import Keys, read_order, sorted_by

MONTHS_A_PAGE = 36
MONTHS_TO_PICK = 24
MOST_COLLECTORS = 10_000
COLLECTORS_SHOWN = 200
NUMBERS_SHOWN = 40
PROFIT_HEIGHT, SUM_HEIGHT = 148, 56

COLLECTOR_KEYS: Keys = {
    "name": lambda one: one.username.lower(),
    "stake": lambda one: one.total_in,
    "share": lambda one: one.share,
    "bets": lambda one: one.bet_count,
    "hit": lambda one: one.hit_rate,
    "paid": lambda one: one.total_out,
    "commission": lambda one: one.commission,
    "profit": lambda one: one.net_profit,
    "margin": lambda one: one.margin,
}
NUMBER_KEYS: Keys = {
    "number": lambda one: one.number,
    "stake": lambda one: one.total_in,
    "drawn": lambda one: one.draw_count,
    "paid": lambda one: one.total_out,
}

Typed = Annotated[str, QueryParameter(max_length=20)]


@get("/months", opt=dict(MANAGER))
async def show_months(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker, before: Typed = ""
) -> Template:
    """The months, the newest first."""
    asked = read_month(before) if before else None
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await statistics.months(connection, MONTHS_A_PAGE + 1, asked)
    shown = found[:MONTHS_A_PAGE]
    profits = [Column(month_words(one.month), one.net_profit) for one in reversed(shown)]
    return page(
        "history_months.html",
        request,
        phase=current,
        months=shown,
        older=shown[-1].month if len(found) > len(shown) else None,
        profit=picture(profits, PROFIT_HEIGHT),
        so_far=running(profits, SUM_HEIGHT),
        **WORDS,
    )


@get("/months/{month:str}", opt=dict(MANAGER))
async def show_month(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    month: PathText,
    by: Typed = "",
    order: Typed = "",
    numbers: Typed = "",
) -> Template:
    """One month, its collectors and numbers in the order that is asked for; `numbers` is `all` or
    the column by which they are put in order."""
    asked = read_month(month)
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        figures = await statistics.month(connection, asked)
        earlier, later = await statistics.neighbours(connection, asked)
        months = await statistics.months(connection, MONTHS_TO_PICK)
        collectors = (
            []
            if figures is None
            else await statistics.collectors(connection, figures, MOST_COLLECTORS)
        )
        by_number = await statistics.numbers(connection, asked)
    ordered = read_order(by, order, COLLECTOR_KEYS, "stake")
    number_order = read_order(numbers, "", NUMBER_KEYS, "stake")
    if numbers != "all":
        by_number = sorted_by(by_number, number_order, NUMBER_KEYS)
    shown = by_number if numbers == "all" else by_number[:NUMBERS_SHOWN]
    return page(
        "history_month.html",
        request,
        phase=current,
        asked=asked,
        figures=figures,
        earlier=earlier,
        later=later,
        months=[one.month for one in months],
        order=ordered,
        collectors=sorted_by(collectors, ordered, COLLECTOR_KEYS)[:COLLECTORS_SHOWN],
        collector_count=len(collectors),
        numbers=shown,
        number_count=len(by_number),
        numbers_by="number" if numbers == "all" else number_order.by,
        largest=max((one.total_in for one in by_number), default=0),
        **WORDS,
    )


handlers = (show_months, show_month)
