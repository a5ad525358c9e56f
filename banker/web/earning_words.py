"""What partners have earned, as it is read: figures by phase, and in words what became of each."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from banker.books.earning_history import Brought, Earning, PhaseEarning, Totals
from banker.rules.money import ZERO, rate
from banker.web.rendering import dated, shown


class Figures(msgspec.Struct, frozen=True):
    """Stakes, payouts and profit: the real ones, or a partner's share of them."""

    stakes: Decimal
    payouts: Decimal
    profit: Decimal


class Standing(msgspec.Struct, frozen=True):
    """What became of an earning, in a word and more of them; `kind` only repeats it in colour."""

    kind: str
    word: str
    detail: str

    @property
    def words(self) -> str:
        """All of it, for a line of text."""
        return f"{self.word} {self.detail}".strip()


class Line(msgspec.Struct, frozen=True):
    """A draw of a phase, to a reader. `real` is None for a partner, who sees shared figures only;
    `earlier` are the draws that this one put right."""

    phase_id: int
    phase: str
    revision: int
    number: int
    drawn_at: datetime
    collector_count: int
    ticket_count: int
    share_percentage: Decimal
    commission_rate: Decimal
    shared: Figures
    real: Figures | None
    earned: Decimal
    paid: Decimal
    pending: Decimal
    standing: Standing
    partner_id: int
    partner: str
    transfer_id: int | None
    paid_at: datetime | None
    earlier: tuple["Line", ...] = ()


class Part(msgspec.Struct, frozen=True):
    """One collector's part of a phase; `real` as in `Line`."""

    username: str
    ticket_count: int
    shared: Figures
    real: Figures | None


def lines_of(found: Sequence[PhaseEarning], zone: ZoneInfo, with_real: bool) -> list[Line]:
    """Phases for a reader, who sees real figures or does not."""
    return [_line(one, zone, with_real) for one in found]


def parts_of(found: Sequence[Brought], with_real: bool) -> list[Part]:
    """Collectors for a reader, who sees real figures or does not."""
    return [
        Part(
            one.username,
            one.ticket_count,
            Figures(one.shared_stakes, one.shared_payouts, one.shared_profit),
            Figures(one.stakes, one.payouts, one.profit) if with_real else None,
        )
        for one in found
    ]


def plainly(partner: Totals, is_own: bool) -> str:
    """What the figures are, so that nobody takes a share for the whole."""
    part, earns = f"{rate(partner.share_percentage)} %", f"{rate(partner.commission_rate)} %"
    if is_own:
        return (
            f"Figures on this page are your share: {part} of the stakes, payouts and profit of the "
            f"collectors you brought in; of the profit share you earn {earns}. Losses are not "
            "carried over."
        )
    return (
        f"The share of {partner.username} is {part} of the stakes, payouts and profit of the "
        f"collectors they brought in; of the profit share they earn {earns}. Losses are not "
        "carried over. Of these figures the partner sees the shared ones only."
    )


def standing_of(one: Earning, paid_before: Decimal, zone: ZoneInfo) -> Standing:
    """What became of a draw's earning, where so much was paid for earlier draws of the phase."""
    amount = shown(abs(one.amount))
    match one.status:
        case "replaced":
            return Standing("", "replaced", "by a later draw")
        case "paid":
            moment = f"on {dated(one.paid_at, zone)[:16]} by transfer {one.transfer_id}"
            if one.amount < 0:
                return Standing("warn", "put right", f"{amount} was taken off {moment}")
            return Standing("good", "paid", f"{amount} more {moment}" if paid_before else moment)
        case "pending" if one.amount < 0:
            words = f"{amount} more was paid than is earned; it is taken off the next payment"
            return Standing("warn", "put right", words)
        case "pending":
            more = f"{amount} more; {shown(paid_before)} is paid already" if paid_before else ""
            return Standing("accent", "waits", more)
    if one.share.earned:
        return Standing("good", "paid", "already, for an earlier draw")
    if one.share.profit < 0:
        return Standing("", "nothing earned", "the tickets lost")
    return Standing("", "nothing earned", "" if one.share.profit else "no profit")


def _line(found: PhaseEarning, zone: ZoneInfo, with_real: bool) -> Line:
    draws = (found.counts, *found.earlier)
    lines = []
    for place, one in enumerate(draws):
        before = [each.amount for each in draws[place + 1 :] if each.status == "paid"]
        standing = standing_of(one, sum(before, ZERO), zone)
        share = one.share
        lines.append(
            Line(
                phase_id=one.phase_id,
                phase=one.phase,
                revision=one.revision,
                number=one.number,
                drawn_at=one.drawn_at,
                collector_count=one.collector_count,
                ticket_count=one.ticket_count,
                share_percentage=one.share_percentage,
                commission_rate=one.commission_rate,
                shared=Figures(share.shared_stakes, share.shared_payouts, share.shared_profit),
                real=Figures(share.stakes, share.payouts, share.profit) if with_real else None,
                earned=share.earned,
                paid=found.paid,
                pending=found.pending,
                standing=standing,
                partner_id=one.partner_id,
                partner=one.partner,
                transfer_id=one.transfer_id,
                paid_at=one.paid_at,
            )
        )
    return msgspec.structs.replace(lines[0], earlier=tuple(lines[1:]))
