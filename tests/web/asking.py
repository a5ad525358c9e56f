"""Asking a standing house to place slips, and what shows whether it did."""

from datetime import timedelta

from banker.books import people, session
from banker.database import transaction
from tests.cast import PASSWORD_HASH
from tests.web.sent import Row
from tests.web.standing import Standing, fresh_key
from tests.web.wire import Answered, Header


async def tokens_of(stood: Standing) -> dict[str, str]:
    """Tokens of the cast by name, and of a page, signed out, over, and of a person put out."""
    cast = stood.cast
    found = {
        one.username: await stood.token(one)
        for one in (cast.aung, cast.khin, cast.hla, cast.min, cast.thida, cast.su, cast.ko)
    }
    found["a page"] = await stood.token(cast.aung, "page")
    found["gone"] = await stood.token(cast.aung)
    async with transaction(stood.pool) as connection:
        await session.end(connection, found["gone"])
        put_out = await people.add(connection, "maung", "collector", PASSWORD_HASH)
    found["put out"] = await stood.token(put_out)
    found["over"] = await stood.token(cast.aung)
    async with transaction(stood.pool) as connection:
        await people.amend(connection, put_out.id, cast.thida.id, disabled=True)
        await connection.execute(
            "update sessions set expires_at = clock_timestamp() - $2::interval "
            "where token_sha256 = $1",
            session.shown(found["over"], "api").token_sha256,
            timedelta(seconds=1),
        )
    return found


def headers_for(row: Row, token: str, kind: str) -> list[Header]:
    """The headers of a row, with a token and a content type."""
    headers: dict[str, str | None] = {
        "Authorization": "Bearer {token}",
        "Content-Type": kind,
        "Content-Length": str(len(row.sent)),
        "Idempotency-Key": "{key}",
        **row.headers,
    }
    given = [
        (name, value.format(token=token, key=fresh_key()))
        for name, value in headers.items()
        if value is not None
    ]
    return [*given, *row.more]


def lasting_headers(answer: Answered) -> list[Header]:
    """All headers but those that tell the moment and the length of what tells it."""
    return sorted(one for one in answer.headers if one[0] not in ("date", "content-length"))


async def books(stood: Standing) -> list[int]:
    """What a refusal must not move."""
    row = await stood.pool.fetchrow(
        """
        select
            (select count(*) from tickets) as tickets,
            (select count(*) from transfers) as transfers,
            (select count(*) from entries) as entries,
            (select count(*) from requests) as requests,
            (select sum(total_bet) from exposures) as staked,
            (select sum(version) from phase_totals) as versions
        """
    )
    return [*row]
