"""The JSON API: bearer tokens, problem+json, the same verbs as the pages."""

from litestar import Router

from banker.web.api import (
    approvals,
    cash,
    draws,
    exports,
    history,
    partners,
    phases,
    proofs,
    risk,
    slips,
    statements,
    tokens,
    users,
)
from banker.web.api.body import demand_json

router = Router(
    path="/api",
    route_handlers=[
        *tokens.handlers,
        *users.handlers,
        *phases.handlers,
        *draws.handlers,
        *history.handlers,
        *risk.handlers,
        *slips.handlers,
        *proofs.handlers,
        *cash.handlers,
        *partners.handlers,
        *exports.handlers(),
        *statements.handlers,
        *approvals.handlers,
    ],
    before_request=demand_json,
    security=[{"bearer": []}],
)
