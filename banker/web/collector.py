"""Where a collector stands: the phase they work in, their purse, their newest slips."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from banker.books import ledger, outcome, people, ticket
from banker.books import phase as phases
from banker.books.outcome import Outcome
from banker.books.phase import Phase
from banker.books.ticket import Ticket
from banker.database import Connection
from banker.errors import NotFound
from banker.rules.money import ZERO, rate
from banker.web.api.fields import read_id
from banker.web.readback import why_stopped

COOKIE = "collect-phase"
NEWEST_SHOWN = 12
PHASES_LOOKED_AT = 50


class Purse(msgspec.Struct, frozen=True):
    """A collector's money as the page shows it. `available` is the largest stake that would be
    taken, none while something is `owed` beyond the credit that is granted; `credit_left` is None
    without approved credit; `rate` is a percent string."""

    cash: Decimal
    bonus: Decimal
    credit_left: Decimal | None
    owed: Decimal
    available: Decimal
    staked_today: Decimal
    slips_today: int
    rate: str
    earned_today: Decimal


class Counter(msgspec.Struct, frozen=True):
    """All that stands beside the slip: it is read anew every few seconds."""

    phase: Phase | None
    stop: str
    open_phases: tuple[Phase, ...]
    purse: Purse
    slips: tuple[Ticket, ...]
    outcomes: tuple[Outcome, ...]


async def stand(
    connection: Connection, person_id: int, phase: Phase | None, zone: ZoneInfo
) -> Counter:
    """The counter of one collector in a phase, at one moment."""
    slips = (
        []
        if phase is None
        else await ticket.newest(connection, phase.id, NEWEST_SHOWN, collector_id=person_id)
    )
    return Counter(
        phase=phase,
        stop="" if phase is None else why_stopped(phase),
        open_phases=tuple(await open_phases(connection)),
        purse=await read_purse(connection, person_id, zone, phase),
        slips=tuple(slips),
        outcomes=tuple(await outcome.latest(connection, person_id)),
    )


async def read_purse(
    connection: Connection, person_id: int, zone: ZoneInfo, phase: Phase | None
) -> Purse:
    """The purse now, at the rate of the phase; today begins at midnight in the house's zone."""
    balance = (await ledger.balances(connection, [person_id]))[person_id]
    person = await people.read(connection, person_id)
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    staked, earned, slips = await ticket.stakes_since(connection, person_id, midnight)
    of_phase = None if phase is None else phase.commission_rate
    granted = balance.credit_limit if balance.credit_approved else ZERO
    return Purse(
        cash=balance.cash_balance,
        bonus=balance.bonus_balance,
        # Whoever owes can draw nothing of it.
        credit_left=min(max(granted + balance.credit_balance, ZERO), balance.available)
        if balance.credit_approved
        else None,
        owed=max(-balance.cash_balance, ZERO) + max(-granted - balance.credit_balance, ZERO),
        available=balance.available,
        staked_today=staked,
        slips_today=slips,
        rate=rate(person.commission_rate if of_phase is None else of_phase),
        earned_today=earned,
    )


async def chosen_phase(
    connection: Connection,
    request: Request,  # type: ignore[type-arg]
    asked: str | None,
) -> Phase | None:
    """The phase that was asked for, else the one chosen before while it is open, else the open one
    that closes first. Raises `NotFound` where the one asked for does not exist."""
    if asked:
        return await phases.read(connection, read_id(asked, "phase"))
    try:
        kept = await phases.read(connection, read_id(request.cookies.get(COOKIE, ""), "phase"))
    except NotFound:
        return await phases.current(connection)
    return kept if _is_open(kept) else await phases.current(connection)


async def open_phases(connection: Connection) -> list[Phase]:
    """The phases to choose from, the newest first; a stopped intake may be restarted any time."""
    newest = await phases.newest(connection, PHASES_LOOKED_AT)
    return [phase for phase in newest if _is_open(phase)]


def kept_choice(phase: Phase, secure: bool) -> Cookie:
    """The cookie that keeps a chosen phase while the browser is open."""
    return Cookie(
        key=COOKIE,
        value=str(phase.id),
        path="/collect",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def _is_open(phase: Phase) -> bool:
    return phase.state == "open" and not phase.overdue
