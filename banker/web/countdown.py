"""What the bar of every page counts down to: the closing of a phase, or the opening of the next."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from banker.books.phase import Current, Phase


class Countdown(msgspec.Struct, frozen=True):
    """A moment in the house's zone at which a phase `closes` or `opens`; `name` is empty for the
    phase that the page is about."""

    verb: str
    at: datetime
    name: str = ""

    @property
    def iso(self) -> str:
        """The moment for the script that counts."""
        return self.at.isoformat()


def countdown_of(phase: Phase | None, current: Current | None, zone: ZoneInfo) -> Countdown | None:
    """That of the page's own phase, else of the open one, else of the draft that opens next."""
    own = None if phase is None else _of(phase, zone)
    if own is not None:
        return own
    if current is None and isinstance(phase, Current):
        current = phase
    if current is None:
        return None
    if phase is None or phase.id != current.id:
        other = _of(current, zone)
        if other is not None:
            return msgspec.structs.replace(other, name=current.name)
    if current.next_opens_at is None or current.next_name is None:
        return None
    return Countdown("opens", current.next_opens_at.astimezone(zone), current.next_name)


def _of(phase: Phase, zone: ZoneInfo) -> Countdown | None:
    if phase.state == "open" and phase.closes_at is not None:
        return Countdown("closes", phase.closes_at.astimezone(zone))
    if phase.state == "draft" and phase.opens_at is not None and not phase.overdue:
        return Countdown("opens", phase.opens_at.astimezone(zone))
    return None
