"""Bearer tokens: made at sign-in, ended at sign-out."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, delete, post
from litestar.params import JSONBody

from banker.books import session
from banker.database import persist
from banker.web.access import (
    ANYONE,
    SIGNED_IN,
    Asker,
    AtWorker,
    address_of,
    bearer_token,
)
from banker.web.api.forms import TokenForm
from banker.web.signin import sign_in


class TokenView(msgspec.Struct, frozen=True):
    """A fresh token. It is told this once; only its digest is kept."""

    token: str
    role: str
    user_id: str
    expires_at: datetime


@post("/tokens", opt=dict(ANYONE), tags=["tokens"], summary="Sign in", security=[])
async def create_token(
    request: Request[Any, Any, Any], worker: AtWorker, data: JSONBody[TokenForm]
) -> TokenView:
    """A token for a name and a password."""
    address = address_of(request, worker.settings)
    credentials, opened = await sign_in(worker, data.username, data.password, "api", address)
    return TokenView(opened.token, credentials.role, str(credentials.id), opened.expires_at)


@delete("/tokens/current", opt=dict(SIGNED_IN), tags=["tokens"], summary="Sign out")
async def delete_token(request: Request[Any, Any, Any], worker: AtWorker, person: Asker) -> None:
    """The token of this request ends."""
    token = bearer_token(request) or ""
    await persist(worker.pool, lambda connection: session.end(connection, token))


handlers = (create_token, delete_token)
