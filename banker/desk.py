"""The desk: takes a slip to the books, and the news of it to the wall.

It stands between the floors: `web` hands it slips, `books` judges them, `live` tells.
"""

from banker.books import placement
from banker.books.judgement import Slip
from banker.books.placement import Judged
from banker.books.request import Answer
from banker.database import Connection, Pool, persist
from banker.errors import Refusal
from banker.live.stream import Stream


class Desk:
    """One worker's desk."""

    def __init__(self, pool: Pool, stream: Stream) -> None:
        self._pool = pool
        self._stream = stream

    async def place(self, phase_id: int, slip: Slip) -> Answer:
        """Place one slip: a list of one. Raises the refusal that won, or `Unavailable`.

        Where Postgres is lost in the middle, the slip is sent again under its key until the books
        say whether it is a ticket.
        """
        attempts = 0

        async def verb(connection: Connection) -> Judged:
            nonlocal attempts
            attempts += 1
            return await placement.place(connection, phase_id, [slip])

        judged = await persist(self._pool, verb)
        [answer] = judged.answers
        if isinstance(answer, Refusal):
            self._stream.tell_refusal(phase_id, slip, answer)
            raise answer
        if judged.news is not None:
            self._stream.tell(judged.news)
        elif attempts > 1:
            # Committed by an attempt whose answer was lost, and its news with it.
            self._stream.tell_change(phase_id)
            return Answer(answer.status, answer.body)
        return answer
