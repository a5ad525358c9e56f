"""Who watches what in this worker: a person has so many seats, and whoever takes one more gives the
oldest up. A phone that changed its network leaves streams behind that nobody ends, and the oldest
are those; a refusal would keep the one who reads away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_SEATS = 20


class Seat:
    """A place before a stream. `is_lost` once it was given up; whoever sits there is woken."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.is_lost = False
        self._wake = wake

    def give_up(self) -> None:
        """Leave it to a newer stream."""
        self.is_lost = True
        self._wake()


class Seats:
    """The open streams, by person, the oldest first."""

    def __init__(self) -> None:
        self._taken: dict[int, list[Seat]] = {}

    @contextmanager
    def taken(self, user_id: int, wake: Callable[[], None] = lambda: None) -> Iterator[Seat]:
        """A seat for as long as the block lasts, or until the person takes too many others."""
        seat = Seat(wake)
        seats = self._taken.setdefault(user_id, [])
        seats.append(seat)
        if len(seats) > MOST_SEATS:
            seats.pop(0).give_up()
        try:
            yield seat
        finally:
            if not seat.is_lost:
                seats.remove(seat)
            if not seats and self._taken.get(user_id) is seats:
                del self._taken[user_id]
