"""The JSON API: bearer tokens, problem+json, the same verbs as the pages."""

from litestar import Router

from banker.web.api import approvals, cash, exports, phases, risk, slips, tokens, users
from banker.web.api.body import demand_json

router = Router(
    path="/api",
    route_handlers=[
        *tokens.handlers,
        *users.handlers,
        *phases.handlers,
        *risk.handlers,
        *slips.handlers,
        *cash.handlers,
        *exports.handlers(),
        *approvals.handlers,
    ],
    before_request=demand_json,
    security=[{"bearer": []}],
)
