"""Answers to htmx that say more than a fragment: a toast, an event, another page."""

import json
from typing import TypeVar

from litestar import Response

Answer = TypeVar("Answer", bound=Response)  # type: ignore[type-arg]


def with_toast(answer: Answer, words: str, *events: str) -> Answer:
    """An answer that is followed by a word on what was done, and by events for the page."""
    # After the swap: a dialog that closes with the answer would take the toast with it.
    told: dict[str, object] = {"flash": {"kind": "good", "text": words}}
    told.update(dict.fromkeys(events, True))
    answer.headers = {**(answer.headers or {}), "HX-Trigger-After-Swap": json.dumps(told)}
    return answer


def closed_with(words: str) -> Response[str]:
    """What was asked is written down and not done (202): no fragment, the dialog closes, and the
    word on it stands until it is read."""
    # In this order: a word said while the dialog is open is said in it, and goes with it.
    told = {"close-dialog": True, "flash": {"kind": "warn", "text": words}}
    headers = {"HX-Trigger": json.dumps(told), "Cache-Control": "no-store"}
    return Response("", status_code=202, media_type="text/html", headers=headers)


def go_to(path: str) -> Response[None]:
    """Send the browser to another page of the house after a form that htmx sent."""
    return Response(None, headers={"HX-Redirect": path, "Cache-Control": "no-store"})
