"""The history of phases, and what the months came to."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from banker.books import history, statistics
from banker.database import reading
from banker.errors import NotFound
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.history_views import (
    CollectorMonthView,
    EndedView,
    MonthView,
    NumberMonthView,
    of_collector,
    of_ended,
    of_month,
    of_number,
)
from banker.web.api.listing import Cursor, Limit, Listing, listing, position
from banker.web.history_words import of_ordinal, ordinal, read_month

TAGS = ["history"]

Month = Annotated[str | None, QueryParameter(max_length=20, description="a month, as 2026-11")]


@get("/history", opt=dict(MANAGER), tags=TAGS, summary="Phases that are over")
async def list_ended(
    worker: AtWorker,
    person: Asker,
    limit: Limit = 50,
    cursor: Cursor = None,
    month: Month = None,
) -> Listing[EndedView]:
    """Settled and void phases, the last that ended first; of a void one the figures are null."""
    asked = None if month is None else read_month(month)
    after = None if cursor is None else position(cursor, 0)
    async with reading(worker.pool) as connection:
        found = await history.ended(connection, limit + 1, after, asked)
    return listing([of_ended(one) for one in found], limit, [one.phase_id for one in found])


@get("/statistics/months", opt=dict(MANAGER), tags=TAGS, summary="What the months came to")
async def list_months(
    worker: AtWorker, person: Asker, limit: Limit = 50, cursor: Cursor = None
) -> Listing[MonthView]:
    """The months in which a settled phase was closed, the newest first; on the house's clock."""
    before = None if cursor is None else of_ordinal(position(cursor, 0))
    async with reading(worker.pool) as connection:
        found = await statistics.months(connection, limit + 1, before)
    return listing([of_month(one) for one in found], limit, [ordinal(one.month) for one in found])


@get(
    "/statistics/months/{month:str}/collectors",
    opt=dict(MANAGER),
    tags=TAGS,
    summary="A month by collector",
)
async def list_collectors(
    worker: AtWorker, person: Asker, month: PathText, limit: Limit = 50, cursor: Cursor = None
) -> Listing[CollectorMonthView]:
    """Whoever has tickets in it, by id. A month of which nothing is settled is 404."""
    asked = read_month(month)
    after = position(cursor, 0)
    async with reading(worker.pool) as connection:
        house = await statistics.month(connection, asked)
        if house is None:
            raise NotFound(what="month; nothing of it is settled")
        found = await statistics.collectors(connection, house, limit + 1, after)
    ids = [one.collector_id for one in found]
    return listing([of_collector(one) for one in found], limit, ids)


@get(
    "/statistics/months/{month:str}/numbers",
    opt=dict(MANAGER),
    tags=TAGS,
    summary="A month by number",
)
async def list_numbers(worker: AtWorker, person: Asker, month: PathText) -> list[NumberMonthView]:
    """Every number with something on it, in order. A month of which nothing is settled is 404."""
    asked = read_month(month)
    async with reading(worker.pool) as connection:
        if await statistics.month(connection, asked) is None:
            raise NotFound(what="month; nothing of it is settled")
        found = await statistics.numbers(connection, asked)
    return [of_number(one) for one in found]


handlers = (list_ended, list_months, list_collectors, list_numbers)
