"""What is said over Redis. Values are absolute, so that a lost or repeated message does no harm.

Money is in whole cents and weights in ten-thousandths (stake in cents times factor in hundredths),
exact integers on both sides.
"""

import time
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from banker.books.judgement import Slip
from banker.books.news import News, TicketLine
from banker.errors import Refusal
from banker.rules.money import from_cents

Number = Annotated[int, Meta(ge=0, le=999)]


class Placed(msgspec.Struct, frozen=True, tag="placed"):
    """A transaction that took slips or gave some back: exposures as `[number, cents, weight]`,
    `voided` as sequences; `sent_at` is when it was told, in seconds of the wall clock."""

    epoch: str
    phase_id: int
    version: int
    total_in: Decimal
    commission: Decimal
    ticket_count: int
    bet_count: int
    exposures: tuple[tuple[Number, int, int], ...]
    tickets: tuple[TicketLine, ...]
    voided: tuple[int, ...]
    sent_at: float = 0.0


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """Something else about a phase is different: boards read it anew, and where `money` of its
    collectors was moved, so do they."""

    epoch: str
    phase_id: int
    money: bool = False


class Moved(msgspec.Struct, frozen=True, tag="moved"):
    """Money of some people was moved: their pages read it anew. It tells no figures, since those
    are read after commit."""

    epoch: str
    user_ids: tuple[int, ...]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A slip that was not taken, for the feed alone."""

    epoch: str
    phase_id: int
    collector: str
    count: int
    total: Decimal
    code: str
    numbers: tuple[str, ...]


class Pulse(msgspec.Struct, frozen=True, tag="pulse"):
    """A worker's own heartbeat, by which it hears that the whole way through Redis stands."""

    epoch: str


Message = Placed | Changed | Moved | Refused | Pulse


def of_news(epoch: str, news: News) -> Placed:
    """A committed transaction, as the boards need it."""
    return Placed(
        epoch=epoch,
        phase_id=news.phase_id,
        version=news.totals.version,
        total_in=news.totals.total_in,
        commission=news.totals.commission,
        ticket_count=news.totals.ticket_count,
        bet_count=news.totals.bet_count,
        exposures=tuple((one.number, one.staked_cents, one.weight) for one in news.exposures),
        tickets=news.tickets,
        voided=news.voided,
        sent_at=time.time(),
    )


def of_refusal(epoch: str, phase_id: int, slip: Slip, refusal: Refusal) -> Refused:
    """A refusal, with at most eight of the numbers that it was for."""
    offenders = refusal.facts.get("numbers", [])
    assert isinstance(offenders, list)
    return Refused(
        epoch=epoch,
        phase_id=phase_id,
        collector=slip.username,
        count=len(slip.stakes),
        total=from_cents(sum(slip.stakes.values())),
        code=refusal.code,
        numbers=tuple(str(one["number"]) for one in offenders[:8]),
    )
