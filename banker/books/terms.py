"""What a phase may be drafted with, and which of it is frozen when it opens."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from banker.errors import Malformed, WrongState
from banker.rules.prize import Prizes

# The largest limit times this, for the eight numbers that may win, still fits numeric(20,2): a
# draw can always be paid.
LARGEST_PRIZE = Decimal("9999.99")

# What a phase keeps from its opening on, and what is said to whoever would change it.
FROZEN = {
    "prizes": "The prizes were frozen when the phase opened.",
    "commission_rate": "The commission rate was frozen when the phase opened.",
    "opens_at": "The phase is open already; it has no opening time to change.",
}


def check_prizes(prizes: Prizes) -> None:
    """Raises `Malformed` for a prize beyond all measure."""
    for kind in ("straight", "permutation", "near"):
        if getattr(prizes, kind) > LARGEST_PRIZE:
            raise Malformed(f"A prize is at most {LARGEST_PRIZE} times the stake.", field=kind)


def check_frozen(phase: object, changes: Mapping[str, object]) -> None:
    """Raises `WrongState` for a change of what an open phase has frozen; the same is no change."""
    for name, why in FROZEN.items():
        now = getattr(phase, name)
        if changes.get(name, now) != now:
            raise WrongState(why)


def check_times(
    opens_at: datetime | None, closes_at: datetime | None, now: datetime, given: Collection[str]
) -> None:
    """Of the times that are `given`, by name, none may have passed, and a phase opens before it
    closes. One that was given before may have passed since. Raises `Malformed`."""
    if closes_at is not None and closes_at <= now and "closes_at" in given:
        raise Malformed("The closing time lies in the past.", field="closes_at")
    if opens_at is None:
        return
    if opens_at <= now and "opens_at" in given:
        raise Malformed(
            "The opening time lies in the past; leave it empty and open the phase by hand.",
            field="opens_at",
        )
    if closes_at is not None and opens_at >= closes_at:
        field = "opens_at" if "opens_at" in given else "closes_at"
        raise Malformed("A phase opens before it closes.", field=field)
