"""A stream of events as an answer, for as long as its reader is signed in."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic
from typing import Any

from litestar import Request
from litestar.response import Stream

from banker.web.access import is_still_in

# How long a stream may go on after its reader was put out; the next frame ends it.
LOOK_AGAIN_S = 5.0


def event_stream(frames: AsyncGenerator[bytes, None], request: Request[Any, Any, Any]) -> Stream:
    """Frames as an answer that nothing on the way may keep. It ends soon after its reader signed
    out or was disabled."""
    return Stream(
        _while_in(frames, request),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _while_in(
    frames: AsyncGenerator[bytes, None], request: Request[Any, Any, Any]
) -> AsyncGenerator[bytes, None]:
    look_at = monotonic() + LOOK_AGAIN_S
    async with aclosing(frames):
        async for frame in frames:
            if monotonic() >= look_at:
                if not await is_still_in(request):
                    return
                look_at = monotonic() + LOOK_AGAIN_S
            yield frame
