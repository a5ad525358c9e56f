"""What is typed of a phase, and what it would change of one."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from banker.books.phase import Draft, Phase
from banker.rules.money import money, rate
from banker.rules.prize import Prizes
from banker.web import entered, meanwhile
from banker.web.meanwhile import Filled

LONGEST_WINDOW_S = 86_400
LONGEST_NAME = 50

PRIZES = ("straight", "permutation", "near", "near_wraps")
FROZEN = ("opens_at", "commission_rate")
CHANGED_OPEN = ("name", "global_limit", "total_limit", "closes_at", "void_window_s")


class PhaseEntered(msgspec.Struct, frozen=True):
    """The fields of a phase as they stand in the form; an empty limit, time or rate means none,
    `near_wraps` is empty or `on`, and `was` is what the form was filled in with."""

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
    was: str = ""

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
        """What the person changed of a phase. A time that reads the same is no change, whatever
        its seconds. Raises `Malformed`, and `ChangedMeanwhile` where somebody else changed the
        same."""
        draft = self.read(zone)
        changed = meanwhile.touched(*self._sides(draft, phase, zone))
        prizes = {name: getattr(draft.prizes, name) for name in changed if name in PRIZES}
        wanted = {name: getattr(draft, name) for name in changed if name not in PRIZES}
        if prizes:
            wanted["prizes"] = msgspec.structs.replace(phase.prizes, **prizes)
        return wanted

    def rebased(self, phase: Phase, zone: ZoneInfo) -> "PhaseEntered":
        """The form filled in anew, with what the person changed left as it was typed."""
        sides = self._sides(self.read(zone), phase, zone)
        return meanwhile.rebased(self, of_phase(phase, zone), *sides)

    def _sides(self, draft: Draft, phase: Phase, zone: ZoneInfo) -> tuple[Filled, Filled, Filled]:
        """As it was typed, as it was filled in, and as it would be filled in now."""
        now = _texts(phase, zone)
        shown = {name: now[name] for name in _fields(phase)}
        was = meanwhile.recalled(self.was, now) if self.was else shown
        return _texts(draft, zone), was, now


def of_phase(phase: Phase, zone: ZoneInfo) -> PhaseEntered:
    """The form as it is filled in for a phase that is to be changed."""
    texts = _texts(phase, zone)
    was = meanwhile.remembered({name: texts[name] for name in _fields(phase)})
    return PhaseEntered(**texts, was=was)


def _fields(phase: Phase) -> tuple[str, ...]:
    """What its form has; what is frozen when a phase opens is not in it any more."""
    return (*CHANGED_OPEN, *FROZEN, *PRIZES) if phase.state == "draft" else CHANGED_OPEN


def _texts(told: Draft | Phase, zone: ZoneInfo) -> dict[str, str]:
    total, rate_of = told.total_limit, told.commission_rate
    return {
        "name": told.name,
        "global_limit": money(told.global_limit).removesuffix(".00"),
        "total_limit": "" if total is None else money(total).removesuffix(".00"),
        "opens_at": entered.shown_moment(told.opens_at, zone),
        "closes_at": entered.shown_moment(told.closes_at, zone),
        "straight": rate(told.prizes.straight),
        "permutation": rate(told.prizes.permutation),
        "near": rate(told.prizes.near),
        "near_wraps": "on" if told.prizes.near_wraps else "",
        "void_window_s": str(told.void_window_s),
        "commission_rate": "" if rate_of is None else rate(rate_of),
    }
