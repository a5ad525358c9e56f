"""What is typed of a phase, and what it would change of one."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from banker.books.phase import Draft, Phase
from banker.rules.money import money, rate
from banker.rules.prize import Prizes
from banker.web import entered

LONGEST_WINDOW_S = 86_400
LONGEST_NAME = 50


class PhaseEntered(msgspec.Struct, frozen=True):
    """The fields of a phase as they stand in the form; an empty limit, time or rate means none,
    and `near_wraps` is empty or `on`."""

    name: str = ""
    global_limit: str = "50000"
    total_limit: str = ""
    opens_at: str = ""
    closes_at: str = ""
    straight: str = "80"
    permutation: str = "0"
    near: str = "0"
    near_wraps: str = ""
    void_window_s: str = "300"
    commission_rate: str = ""
    key: str = ""

    def read(self, zone: ZoneInfo) -> Draft:
        """The draft. Raises `Malformed` with the field that is wrong."""
        return Draft(
            name=entered.text(self.name, "name", LONGEST_NAME),
            opens_at=entered.moment(self.opens_at, "opens_at", zone),
            closes_at=entered.moment(self.closes_at, "closes_at", zone),
            global_limit=entered.limit(self.global_limit, "global_limit"),
            total_limit=entered.limit(self.total_limit, "total_limit")
            if self.total_limit.strip()
            else None,
            prizes=Prizes(
                entered.multiplier(self.straight, "straight"),
                entered.multiplier(self.permutation, "permutation"),
                entered.multiplier(self.near, "near"),
                self.near_wraps == "on",
            ),
            void_window_s=entered.seconds(self.void_window_s, "void_window_s", LONGEST_WINDOW_S),
            commission_rate=entered.rate(self.commission_rate, "commission_rate")
            if self.commission_rate.strip()
            else None,
        )

    def changes(self, phase: Phase, zone: ZoneInfo) -> dict[str, Any]:
        """What differs from a phase. A time that reads the same is no change, whatever its
        seconds; what is frozen when a phase opens is not in its form any more."""
        draft = self.read(zone)
        names = ["name", "global_limit", "total_limit", "void_window_s"]
        if self.closes_at.strip() != entered.shown_moment(phase.closes_at, zone):
            names.append("closes_at")
        if phase.state == "draft":
            names += ["prizes", "commission_rate"]
            if self.opens_at.strip() != entered.shown_moment(phase.opens_at, zone):
                names.append("opens_at")
        wanted = {name: getattr(draft, name) for name in names}
        return {name: value for name, value in wanted.items() if value != getattr(phase, name)}


def of_phase(phase: Phase, zone: ZoneInfo) -> PhaseEntered:
    """The form as it is filled in for a phase that is to be changed."""
    return PhaseEntered(
        name=phase.name,
        global_limit=money(phase.global_limit).removesuffix(".00"),
        total_limit=""
        if phase.total_limit is None
        else money(phase.total_limit).removesuffix(".00"),
        opens_at=entered.shown_moment(phase.opens_at, zone),
        closes_at=entered.shown_moment(phase.closes_at, zone),
        straight=rate(phase.prizes.straight),
        permutation=rate(phase.prizes.permutation),
        near=rate(phase.prizes.near),
        near_wraps="on" if phase.prizes.near_wraps else "",
        void_window_s=str(phase.void_window_s),
        commission_rate="" if phase.commission_rate is None else rate(phase.commission_rate),
    )
