"""What people were told, beside what the books say: the answers that keys are bound to.

The answer to a slip is not among them: it is written from its ticket whenever it is asked for.
"""

from collections.abc import AsyncGenerator

import msgspec

from banker.books.cash import Counted
from banker.books.verify import ahead
from banker.books.verify.disagreement import UNREADABLE, Disagreement
from banker.books.verify.moment import Moments
from banker.books.verify.scope import Scope
from banker.database import queries

_request = queries("verify/request")


async def counted(moments: Moments, _: Scope) -> AsyncGenerator[Disagreement, None]:
    """The answer to each deposit and withdrawal tells what was moved, and for whom."""
    async with (
        moments() as connection,
        ahead.rows(_request.read_counted_cursor(connection)) as rows,
    ):
        async for row in rows:
            name = f"request {row['key']} of user {row['actor_id']} to {row['operation']}"
            try:
                answer = msgspec.json.decode(row["body"], type=Counted)
            except UNREADABLE as error:
                yield name, f"its answer cannot be read: {error}"
                continue
            wrong = _differing(
                {"user_id": answer.user_id, "amount": answer.amount},
                {"user_id": str(row["user_id"]), "amount": row["amount"]},
            )
            if wrong:
                yield name, f"transfer {answer.transfer_id}: {wrong}"


def _differing(told: dict[str, object], booked: dict[str, object]) -> str:
    """The first figure that differs, in words; nothing where all agree."""
    for name, figure in told.items():
        if figure != booked[name]:
            return f"the answer says {name} {figure}, the books say {booked[name]}"
    return ""
