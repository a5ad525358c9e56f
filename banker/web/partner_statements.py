"""A partner's statement of a phase or a month: on the screen, on paper, as text and as a table."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from banker.books import earning_history
from banker.books.earning_history import Totals
from banker.books.export import Column, Kind
from banker.database import Connection
from banker.errors import NotFound
from banker.rules.money import ZERO, money, rate
from banker.rules.number import label
from banker.web.api.exports import FORMS
from banker.web.earning_words import Figures, Line, Part, lines_of, parts_of
from banker.web.rendering import dated, shown

_month = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class Sums(msgspec.Struct, frozen=True):
    """What the lines of a statement come to; `real` as in `Line`."""

    shared: Figures
    real: Figures | None
    earned: Decimal
    paid: Decimal
    pending: Decimal


class Statement(msgspec.Struct, frozen=True):
    """What a statement says. `period` is its place under the partner's pages, `title` its name in
    words; it tells of collectors where it is of one phase, and of real figures where `is_own` is
    not so."""

    partner: Totals
    is_own: bool
    title: str
    period: str
    lines: tuple[Line, ...]
    sums: Sums
    parts: tuple[Part, ...] = ()

    @property
    def terms(self) -> str:
        """Share and rate where they are the same for all of it; else that they stand beside it."""
        found = {(one.share_percentage, one.commission_rate) for one in self.lines}
        found = found or {(self.partner.share_percentage, self.partner.commission_rate)}
        whose, who = ("your", "you earn") if self.is_own else ("the partner's", "the partner earns")
        if len(found) > 1:
            return (
                f"All figures are {whose} share, and {who} a rate of the profit share; share and "
                "rate stand beside each phase. Losses are not carried over."
            )
        [(part, earns)] = found
        return (
            f"All figures are {whose} share: {rate(part)} % of the stakes, payouts and profit of "
            f"the collectors brought in; of the profit share {who} {rate(earns)} %. "
            "Losses are not carried over."
        )

    def text(self, zone: ZoneInfo, currency: str) -> str:
        """The shared figures as text for a chat."""
        text = [f"{self.partner.username} · {self.title}", self.terms]
        for one in self.lines:
            draw = f"{one.phase} · {label(one.number)} · {dated(one.drawn_at, zone)[:10]}"
            terms = f"share {rate(one.share_percentage)} %, rate {rate(one.commission_rate)} %"
            text += ["", f"{draw} · {terms}", _figures(one.shared)]
            text.append(f"earned {shown(one.earned)} · {one.standing.words}")
        if len(self.lines) != 1:
            text += ["", f"together: {_figures(self.sums.shared)}"]
        if self.parts:
            text.append("")
        text += [f"{one.username}: {_figures(one.shared)}" for one in self.parts]
        sums = self.sums
        money_words = f"earned {shown(sums.earned)} · paid {shown(sums.paid)}"
        return "\n".join([*text, "", f"{money_words} · waits {shown(sums.pending)} {currency}"])

    def table(self, form: str) -> tuple[bytes, str]:
        """The lines as a file of a form, and its media type. Raises `NotFound` for a form that
        there is not."""
        if form not in FORMS:
            raise NotFound(what="form of a statement; there are csv and xlsx")
        begin, media_type = FORMS[form]
        columns = [one for one in _COLUMNS if not (self.is_own and one[0] in _REAL)]
        sheet = begin("statement", tuple(Column(name, kind) for name, kind, _ in columns))
        rows = [[cell(line) for _, _, cell in columns] for line in self.lines]
        return sheet.head() + sheet.rows(rows) + sheet.foot(), media_type


async def of_phase(
    connection: Connection, partner_id: int, phase_id: int, zone: ZoneInfo, is_own: bool
) -> Statement:
    """What one phase has earned a partner, collector by collector. Raises `NotFound`."""
    partner = await earning_history.totals(connection, partner_id)
    found = await earning_history.read(connection, partner_id, phase_id)
    parts = await earning_history.collectors(connection, found.counts)
    [line] = lines_of([found], zone, not is_own)
    return Statement(
        partner=partner,
        is_own=is_own,
        title=f"{line.phase}, drawn {label(line.number)}",
        period=f"phases/{phase_id}",
        lines=(line,),
        sums=_sums([line]),
        parts=tuple(parts_of(parts, not is_own)),
    )


async def of_month(
    connection: Connection, partner_id: int, month: str, zone: ZoneInfo, is_own: bool
) -> Statement:
    """What the phases that closed in a month, written 2026-11, have earned a partner. Raises
    `NotFound`."""
    read = _month.fullmatch(month)
    if read is None:
        raise NotFound(what="month; write it as 2026-11")
    first = date(int(read[1]), int(read[2]), 1)
    partner = await earning_history.totals(connection, partner_id)
    found = await earning_history.of_month(connection, partner_id, first)
    lines = lines_of(found, zone, not is_own)
    return Statement(
        partner=partner,
        is_own=is_own,
        title=f"{first:%B %Y}",
        period=f"months/{month}",
        lines=tuple(lines),
        sums=_sums(lines),
    )


def _sums(lines: Sequence[Line]) -> Sums:
    real = [one.real for one in lines if one.real is not None]
    return Sums(
        shared=_together([one.shared for one in lines]),
        real=_together(real) if real else None,
        earned=sum((one.earned for one in lines), ZERO),
        paid=sum((one.paid for one in lines), ZERO),
        pending=sum((one.pending for one in lines), ZERO),
    )


def _together(figures: Sequence[Figures]) -> Figures:
    return Figures(
        *(sum((getattr(one, name) for one in figures), ZERO) for name in Figures.__struct_fields__)
    )


def _figures(one: Figures) -> str:
    return f"stakes {shown(one.stakes)} · payouts {shown(one.payouts)} · profit {shown(one.profit)}"


def _real(name: str) -> Callable[[Line], str | None]:
    return lambda line: None if line.real is None else money(getattr(line.real, name))


_REAL = ("stakes", "payouts", "profit")
_COLUMNS: tuple[tuple[str, Kind, Callable[[Line], str | None]], ...] = (
    ("phase_id", "figure", lambda line: str(line.phase_id)),
    ("phase", "text", lambda line: line.phase),
    ("draw", "figure", lambda line: str(line.revision)),
    ("number", "word", lambda line: label(line.number)),
    ("drawn_at", "word", lambda line: f"{line.drawn_at:%Y-%m-%dT%H:%M:%SZ}"),
    ("collectors", "figure", lambda line: str(line.collector_count)),
    ("tickets", "figure", lambda line: str(line.ticket_count)),
    *((name, "money", _real(name)) for name in _REAL),
    ("share_percentage", "figure", lambda line: rate(line.share_percentage)),
    ("shared_stakes", "money", lambda line: money(line.shared.stakes)),
    ("shared_payouts", "money", lambda line: money(line.shared.payouts)),
    ("shared_profit", "money", lambda line: money(line.shared.profit)),
    ("commission_rate", "figure", lambda line: rate(line.commission_rate)),
    ("earned", "money", lambda line: money(line.earned)),
    ("paid", "money", lambda line: money(line.paid)),
    ("pending", "money", lambda line: money(line.pending)),
    ("status", "word", lambda line: line.standing.words),
)
