"""The token that every form carries: signed by this house, the same in the form and in a cookie."""

from typing import Any

from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from banker.settings import Settings


def form_tokens(settings: Settings) -> DefineMiddleware:
    """What asks for the token, everywhere but where no browser sends a form."""
    config = CSRFConfig(
        secret=settings.secret,
        cookie_name="__Host-csrf" if settings.secure else "csrf",
        cookie_secure=settings.secure,
        cookie_httponly=True,
        exclude=["^/api(/|$)", "^/static/", "^/health$", "^/metrics$"],
    )
    return DefineMiddleware(FormTokens, config=config)


class FormTokens(CSRFMiddleware):
    """The framework's, which keeps for ever whatever cookie it is shown. Another secret may have
    signed it (before a restore, or at another port of this host), and then no form would be taken
    again: such a cookie counts as none, so that the next page sets a good one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for the token, in a request whose cookie is ours or is not there."""
        cookies = Request[Any, Any, Any](scope).cookies
        name = self.config.cookie_name
        if name in cookies and self._decode_csrf_token(cookies[name]) is None:
            # A copy: the framework keeps what it parsed for all who send the same line.
            ScopeState.from_scope(scope).cookies = {
                other: value for other, value in cookies.items() if other != name
            }
        await super().__call__(scope, receive, send)

    def _decode_csrf_token(self, token: object) -> str | None:
        """What is sent may be a file or no ASCII, over which the framework falls."""
        if not isinstance(token, str) or not token.isascii():
            return None
        return super()._decode_csrf_token(token)
