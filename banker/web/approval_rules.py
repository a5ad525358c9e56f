"""The rule of the house that lets nobody do some things alone, shown and changed."""

from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Template

from banker.books import four_eyes
from banker.books.four_eyes import HouseRules, Waiting
from banker.database import persist, reading
from banker.errors import Refusal
from banker.web.access import ADMIN, Asker, AtWorker
from banker.web.cash_forms import total
from banker.web.entered import errors_of
from banker.web.page import page
from banker.web.rendering import shown
from banker.web.toast import with_toast


class RulesTyped(msgspec.Struct, frozen=True):
    """The amount above which a second person is needed; empty for none."""

    above: str = ""


SentRules = Annotated[RulesTyped, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/rules", opt=dict(ADMIN), status_code=200)
async def set_rules(
    request: Request,  # type: ignore[type-arg]
    worker: AtWorker,
    person: Asker,
    data: SentRules,
) -> Template:
    """A lower amount holds at once; a higher one, or none, waits for a second admin itself."""
    errors: dict[str, str] = {}
    told: object = None
    status = 200
    try:
        above = total(data.above, "above") if data.above.strip() else None
        told = await persist(worker.pool, lambda c: four_eyes.set_rules(c, person.id, above))
    except Refusal as refusal:
        errors, status = errors_of(refusal), refusal.status
    async with reading(worker.pool) as connection:
        rules = await four_eyes.rules(connection)
    form = page("approvals_rules.html", request, status=status, **rules_shown(rules, data, errors))
    if errors:
        return form
    words = "The rule holds from now on."
    if isinstance(told, Waiting):
        words = f"That is looser: it waits for a second admin as no. {told.approval_id}."
    return with_toast(form, words, "approvals-changed")


def rules_shown(
    rules: HouseRules,
    typed: RulesTyped | None = None,
    errors: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The rule for a template, with its form as it stands or as it was typed."""
    above = "" if rules.four_eyes_above is None else shown(rules.four_eyes_above)
    return {"rules": rules, "typed": typed or RulesTyped(above), "errors": errors or {}}
