"""The history: every phase that is over, what it left, and how its slips came in."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get
from litestar.params import QueryParameter
from litestar.response import Template

from banker.books import history, intake, phase, statistics
from banker.books.history import Ended
from banker.books.intake import Intake
from banker.books.phase import Phase
from banker.database import Connection, reading
from banker.rules.money import ZERO
from banker.rules.ratio import percent
from banker.web import history_collector, history_months, history_numbers
from banker.web.access import MANAGER, Asker, AtWorker
from banker.web.api.fields import read_id
from banker.web.api.listing import Cursor, listing, position
from banker.web.bars import Column, picture, running
from banker.web.history_words import WORDS, read_month
from banker.web.page import page

PHASES_A_PAGE = 40
PHASES_TO_PICK = 60
MONTHS_TO_PICK = 24
PROFIT_HEIGHT, SUM_HEIGHT, INTAKE_HEIGHT = 148, 56, 204

STEP_WORDS = {
    300: "five minutes",
    900: "quarter hour",
    3_600: "hour",
    21_600: "six hours",
    86_400: "day",
    604_800: "week",
    2_419_200: "four weeks",
}

MonthText = Annotated[str, QueryParameter(max_length=20)]
PhaseText = Annotated[str, QueryParameter(max_length=20)]


class Together(msgspec.Struct, frozen=True):
    """What the rows that are shown come to; void phases have nothing to add."""

    phase_count: int
    total_in: Decimal
    total_out: Decimal
    commission: Decimal
    partner_earnings: Decimal
    net_profit: Decimal
    margin: Decimal | None
    ticket_count: int
    bet_count: int
    payout_count: int


@get("/", opt=dict(MANAGER))
async def show_history(
    request: Request[Any, Any, Any],
    worker: AtWorker,
    person: Asker,
    cursor: Cursor = None,
    month: MonthText = "",
    phase_id: PhaseText = "",
) -> Template:
    """The phases that are over, the last first, of a month or of all; pictures of those shown."""
    asked = read_month(month) if month else None
    after = None if cursor is None else position(cursor, 0)
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        found = await history.ended(connection, PHASES_A_PAGE + 1, after, asked)
        figures = await (
            statistics.month(connection, asked) if asked else statistics.together(connection)
        )
        months = await statistics.months(connection, MONTHS_TO_PICK)
        shown = listing(found, PHASES_A_PAGE, [one.phase_id for one in found])
        settled = [one for one in reversed(shown.items) if one.state == "settled"]
        if asked and settled and not phase_id:
            phase_id = str(settled[-1].phase_id)
        over_time = await _over_time(connection, phase_id, current)
    profits = [Column(one.name, one.net_profit or ZERO) for one in settled]
    return page(
        "history.html",
        request,
        phase=current,
        asked=asked,
        rows=shown,
        figures=figures,
        months=[one.month for one in months],
        settled=settled,
        together=_together(settled),
        profit=picture(profits, PROFIT_HEIGHT),
        so_far=running(profits, SUM_HEIGHT),
        taken=picture([Column(one.name, one.total_in or ZERO) for one in settled], INTAKE_HEIGHT),
        **over_time,
        **WORDS,
    )


@get("/intake", opt=dict(MANAGER))
async def show_intake(
    request: Request[Any, Any, Any], worker: AtWorker, person: Asker, phase_id: PhaseText = ""
) -> Template:
    """How the slips of a phase came in, for its panel."""
    async with reading(worker.pool) as connection:
        current = await phase.current(connection)
        over_time = await _over_time(connection, phase_id, current)
    return page("history_intake.html", request, **over_time, **WORDS)


async def _over_time(
    connection: Connection, phase_id: str, current: Phase | None
) -> dict[str, Any]:
    """The panel of one phase: the one that is asked for, else the one that pages are about."""
    newest = await phase.newest(connection, PHASES_TO_PICK)
    to_pick = [one for one in newest if one.state != "draft"]
    chosen: Phase | None
    if phase_id:
        chosen = await phase.read(connection, read_id(phase_id, "phase"))
    elif current is not None and current.state != "draft":
        chosen = current
    else:
        chosen = to_pick[0] if to_pick else None
    found = Intake(3_600, ())
    if chosen is not None:
        found = await intake.over_time(connection, chosen.id)
        if all(one.id != chosen.id for one in to_pick):
            to_pick.append(chosen)
    columns = [
        Column(stretch_name(one.began_at, found.step_s), one.total_in) for one in found.stretches
    ]
    return {
        "chosen": chosen,
        "to_pick": [(str(one.id), one.name) for one in to_pick],
        "step": STEP_WORDS[found.step_s],
        "stretches": list(zip(columns, found.stretches, strict=True)),
        "hourly": picture(columns, INTAKE_HEIGHT),
    }


def stretch_name(began_at: datetime, step_s: int) -> str:
    """When a stretch began, with its time of day where it is shorter than one."""
    return f"{began_at:%Y-%m-%d}" if step_s >= 86_400 else f"{began_at:%Y-%m-%d %H:%M}"


def _together(settled: list[Ended]) -> Together:
    profit = _sum(one.net_profit for one in settled)
    taken = _sum(one.total_in for one in settled)
    return Together(
        phase_count=len(settled),
        total_in=taken,
        total_out=_sum(one.total_out for one in settled),
        commission=_sum(one.commission for one in settled),
        partner_earnings=_sum(one.partner_earnings for one in settled),
        net_profit=profit,
        margin=percent(profit, taken),
        ticket_count=sum(one.ticket_count or 0 for one in settled),
        bet_count=sum(one.bet_count or 0 for one in settled),
        payout_count=sum(one.payout_count or 0 for one in settled),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((one for one in amounts if one is not None), ZERO)


router = Router(
    path="/history",
    route_handlers=[
        show_history,
        show_intake,
        *history_months.handlers,
        *history_numbers.handlers,
        *history_collector.handlers,
    ],
    include_in_schema=False,
)
