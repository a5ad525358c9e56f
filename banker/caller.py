"""One connection to a caller, who is not waited for without end."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# An answer that is left unread for so long is not wanted: a slow line takes what waits here, some
# 50 KiB, in less. It bounds how long a stream may outlive its end or its reader's session.
UNREAD_S = 60.0
# A request comes whole in so long or not at all; a slow line brings the longest slip in less.
UNFINISHED_S = 30.0
# Give or take what one reading of the line brings.
LARGEST_HEAD_BYTES = 64 * 1024

_WORDS = b"The head of the request is larger than is taken here."
_TOO_LARGE = b"\r\n".join(
    (
        b"HTTP/1.1 431 Request Header Fields Too Large",
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % len(_WORDS),
        b"connection: close",
        b"",
        _WORDS,
    )
)


class Caller(HttpToolsProtocol):
    """The server's side of HTTP, with an end to what it bears: half a request is kept in memory
    while its other half is on the way; and while a caller reads nothing, whoever writes to them
    waits, and sees neither that a stream is over nor that its reader was put out."""

    _cut: asyncio.TimerHandle | None = None
    _given_up: asyncio.TimerHandle | None = None
    _in_head = False
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody calls."""
        super().connection_made(transport)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        """Some of what the caller says."""
        self._expect_request()
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD_BYTES:
                self._refuse_head()

    def on_message_begin(self) -> None:
        """A request begins; it may be one of several that came together."""
        super().on_message_begin()
        self._expect_request()
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """All but its body is there."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there; what follows has its own time."""
        self._stop_expecting()
        super().on_message_complete()

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
        self._stop_expecting()
        super().connection_lost(exc)

    def _expect_request(self) -> None:
        if self._given_up is None:
            self._given_up = self.loop.call_later(UNFINISHED_S, self._give_up)

    def _give_up(self) -> None:
        self._given_up = None
        if self.flow.read_paused:
            # It is the house that does not listen: an earlier request keeps it busy.
            self._expect_request()
        else:
            self.transport.close()

    def _stop_expecting(self) -> None:
        if self._given_up is not None:
            self._given_up.cancel()
            self._given_up = None

    def _keep_line(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None

    def _refuse_head(self) -> None:
        """In words, unless an earlier answer is still on its way, which they would be a part of."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_TOO_LARGE)
        self.transport.close()
