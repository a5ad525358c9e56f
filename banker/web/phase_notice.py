"""The notice of a closing: what is published of a phase before its draw, on paper and in a chat."""

from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.response import Template

from banker.books import notice
from banker.books.notice import Notice
from banker.database import reading
from banker.web.access import MANAGER, Asker, AtWorker, PathText
from banker.web.api.fields import read_id
from banker.web.page import page
from banker.web.rendering import dated, grouped, shown


@get("/{phase_id:str}/notice", opt=dict(MANAGER))
async def show_notice(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    phase_id: PathText,
) -> Template:
    """To print, or to paste into the chat; 409 before the closing."""
    async with reading(worker.pool) as connection:
        published = await notice.read(connection, read_id(phase_id, "phase"))
    zone = ZoneInfo(worker.settings.timezone)
    text = written(published, zone, worker.settings.currency)
    return page("phase_notice.html", request, notice=published, chat=text)


def written(published: Notice, zone: ZoneInfo, currency: str) -> str:
    """The notice as plain text, the lines of which survive a chat."""
    return "\n".join(
        (
            f"{published.name} (phase {published.phase_id})",
            f"closed {dated(published.closed_at, zone)} {zone.key}",
            f"{published.ticket_count:,} tickets, {published.bet_count:,} bets, "
            f"{shown(published.total_in)} {currency}",
            f"{published.voided_count:,} more were void",
            f"root {grouped(published.tree_root)}",
            f"seal {grouped(published.seal)}",
            _when(published, zone),
        )
    )


def _when(published: Notice, zone: ZoneInfo) -> str:
    if published.settled_at is not None:
        return f"Sealed at the closing; the draw was entered {dated(published.settled_at, zone)}."
    if published.state == "void":
        return "Sealed at the closing; the phase was called off afterwards."
    return "Published before the draw. Keep this: no ticket can be added or changed any more."


handlers = (show_notice,)
