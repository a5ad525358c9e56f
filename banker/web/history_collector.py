"""One collector over the months."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from banker.books import people, phase, statistics
from banker.database import reading
from banker.errors import NotFound
from banker.rules.money import ZERO
from banker.rules.ratio import percent
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.bars import Column, picture, running
from banker.web.history_words import WORDS, month_words
from banker.web.page import page

MONTHS_DRAWN = 36
PROFIT_HEIGHT, SUM_HEIGHT = 148, 56


@get("/collectors/{person_id:str}", opt=dict(MANAGER))
async def show_collector(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker, person_id: PathText
) -> Template:
    """What the months came to with one collector. Anybody else's id is none of a collector."""
    asked = read_id(person_id, "collector")
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        collector = await people.read(connection, asked)
        if collector.role != "collector":
            raise NotFound(what="collector")
        months = await statistics.months_of(connection, asked)
    drawn = list(reversed(months[:MONTHS_DRAWN]))
    profits = [Column(month_words(one.month), one.net_profit) for one in drawn]
    staked = sum((one.total_in for one in months), ZERO)
    profit = sum((one.net_profit for one in months), ZERO)
    winning = sum(one.winning_count for one in months)
    return page(
        "history_collector.html",
        request,
        phase=current,
        collector=collector,
        months=months,
        drawn=drawn,
        staked=staked,
        paid=sum((one.total_out for one in months), ZERO),
        commission=sum((one.commission for one in months), ZERO),
        net_profit=profit,
        margin=percent(profit, staked),
        hit_rate=percent(winning, sum(one.bet_count for one in months)),
        tickets=sum(one.ticket_count for one in months),
        bets=sum(one.bet_count for one in months),
        winning=winning,
        profit=picture(profits, PROFIT_HEIGHT),
        so_far=running(profits, SUM_HEIGHT),
        **WORDS,
    )


handlers = (show_collector,)
