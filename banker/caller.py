"""One connection to a caller, who is not waited for without end."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# An answer that is left unread for so long is not wanted: a slow line takes what waits here, some
# 50 KiB, in less. It bounds how long a stream may outlive its end or its reader's session.
UNREAD_S = 30.0


class Caller(HttpToolsProtocol):
    """The server's side of HTTP. While a caller reads nothing, whoever writes to them waits, and
    sees neither that a stream is over nor that its reader was put out: the line is cut."""

    _cut: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """More waits to be read than is kept ready."""
        super().pause_writing()
        self._keep_line()
        self._cut = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Most of it has been read."""
        self._keep_line()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever hung up."""
        self._keep_line()
        super().connection_lost(exc)

    def _keep_line(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
