"""Requests that place a slip, each told as what is different of a good one, and their answers."""

from typing import NamedTuple

import msgspec

from banker.web.api.body import LARGEST_BODY_BYTES
from tests.web.wire import Header

PLAIN = "application/json"
# The same to whoever reads JSON, and not plain enough for the express way.
CHARSET = "application/json; charset=utf-8"


class Row(NamedTuple):
    """A request and its answer; without a code the answer is no refusal, or the parser's. `headers`
    replace those of the same name, and None takes one away; `more` are sent beside them. `who` has
    a token, put where `{token}` stands, as a fresh key is where `{key}` does; `phase` is what has
    become of a new phase, or a path. `is_express`: the express way answers, where the content type
    lets it."""

    says: str
    status: int
    code: str = ""
    text: str = "137 500"
    body: bytes | None = None
    headers: dict[str, str | None] = {}  # noqa: RUF012 - never changed
    more: tuple[Header, ...] = ()
    who: str = "aung"
    phase: str = "open"
    is_express: bool = True

    @property
    def sent(self) -> bytes:
        """The body."""
        return _text(self.text) if self.body is None else self.body


def _text(text: str) -> bytes:
    return msgspec.json.encode({"text": text})


def _note(note: str | None) -> bytes:
    return msgspec.json.encode({"text": "137 500", "note": note})


def _padded(size: int) -> bytes:
    """A good slip in a body of so many bytes."""
    return _text("137 500").ljust(size)


ROWS = [
    Row("a slip", 201),
    Row("a note", 201, body=_note("for uncle")),
    Row("no note", 201, body=_note(None)),
    Row("the longest note", 201, body=_note("ö" * 500)),
    Row("a text of many lines", 201, text="137 500\r\n138r 10\n\n999=1.50"),
    Row("the largest body", 201, body=_padded(LARGEST_BODY_BYTES)),
    Row("the longest key", 201, headers={"Idempotency-Key": "{key:->255}"}),
    Row("a scheme in small letters", 201, headers={"Authorization": "bearer  {token} "}),
    Row("no token", 401, "not-signed-in", headers={"Authorization": None}, is_express=False),
    Row("an empty token", 401, "not-signed-in",
        headers={"Authorization": "Bearer "}, is_express=False),
    Row("a token of nobody", 401, "not-signed-in",
        headers={"Authorization": "Bearer x"}, is_express=False),
    Row("a token beyond measure", 401, "not-signed-in",
        headers={"Authorization": "Bearer " + "x" * 201}, is_express=False),
    Row("another scheme", 401, "not-signed-in",
        headers={"Authorization": "Basic {token}"}, is_express=False),
    Row("a token in Latin-1", 401, "not-signed-in",
        headers={"Authorization": "Bearer ö"}, is_express=False),
    Row("a page's token", 401, "not-signed-in", who="a page", is_express=False),
    Row("a token that is over", 401, "not-signed-in", who="over", is_express=False),
    Row("a token signed out", 401, "not-signed-in", who="gone", is_express=False),
    Row("a person put out", 401, "not-signed-in", who="put out", is_express=False),
    Row("a manager", 403, "forbidden", who="min", is_express=False),
    Row("an admin", 403, "forbidden", who="thida", is_express=False),
    Row("a cashier", 403, "forbidden", who="su", is_express=False),
    Row("a partner", 403, "forbidden", who="ko", is_express=False),
    Row("no key", 400, "key-missing", headers={"Idempotency-Key": None}, is_express=False),
    Row("an empty key", 400, "key-missing", headers={"Idempotency-Key": ""}),
    Row("a key too long", 400, "key-missing", headers={"Idempotency-Key": "k" * 256}),
    Row("a key of two words", 400, "key-missing", headers={"Idempotency-Key": "a b"}),
    Row("a key in Latin-1", 400, "key-missing", headers={"Idempotency-Key": "schlüssel"}),
    Row("a key with a tab", 400, "key-missing", headers={"Idempotency-Key": "a\tb"}),
    Row("no body", 400, "malformed", body=b"", is_express=False),
    Row("not JSON", 400, "malformed", body=b"text=137+500"),
    Row("JSON and more", 400, "malformed", body=_text("137 500") + b"x"),
    Row("two objects", 400, "malformed", body=_text("137 500") * 2),
    Row("not a number", 400, "malformed", body=b'{"text":NaN}'),
    Row("a byte that is no UTF-8", 400, "malformed", body=b'{"text":"137 500","note":"\xf6"}'),
    Row("a surrogate in bytes", 400, "malformed", body=b'{"text":"\xed\xa0\x80"}'),
    Row("UTF-16", 400, "malformed", body='{"text":"137 500"}'.encode("utf-16")),
    Row("a byte order mark", 400, "malformed", body=b"\xef\xbb\xbf" + _text("137 500")),
    Row("half a surrogate pair", 400, "malformed", body=b'{"text":"137 500\\ud800"}'),
    Row("half a pair in a note", 400, "malformed", body=b'{"text":"137 500","note":"\\udc00"}'),
    Row("a deep nesting", 400, "malformed", body=b"[" * 200_000),
    Row("a deep nesting beside", 400, "malformed",
        body=b'{"text":"1","more":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001),
    Row("a name twice", 400, "malformed", body=b'{"text":"137 500","text":"138 500"}'),
    Row("a name twice by escapes", 400, "malformed", body=b'{"text":"137 500","t\\u0065xt":"1 1"}'),
    Row("an unknown field", 400, "malformed", body=b'{"text":"137 500","amount":"5"}'),
    Row("no text", 400, "malformed", body=b'{"note":"x"}'),
    Row("a text of null", 400, "malformed", body=b'{"text":null}'),
    Row("a text that is a number", 400, "malformed", body=b'{"text":137}'),
    Row("a list", 400, "malformed", body=b'["137 500"]'),
    Row("a string", 400, "malformed", body=b'"137 500"'),
    Row("null", 400, "malformed", body=b"null"),
    Row("a note too long", 400, "malformed", body=_note("ö" * 501)),
    Row("a note of a number", 400, "malformed", body=b'{"text":"137 500","note":5}'),
    Row("a note with NUL", 400, "malformed", body=_note("a\0b")),
    Row("a text with NUL", 422, "unreadable-slip", text="137 500\0"),
    Row("an empty text", 422, "unreadable-slip", text=""),
    Row("words", 422, "unreadable-slip", text="hello\n137 500\n138"),
    Row("a thousand problems", 422, "unreadable-slip", text="hello\n" * 1000),
    Row("a text beyond measure", 422, "unreadable-slip", text="137 500\n" * 50_000),
    Row("a body beyond measure", 413, "too-large",
        body=_padded(LARGEST_BODY_BYTES + 1), is_express=False),
    Row("over a limit", 409, "over-limit", text="137 60000\n138 5\n139 70000.01"),
    Row("no funds", 402, "insufficient-funds", who="hla"),
    Row("over a limit and no funds", 409, "over-limit", text="137 60000", who="hla"),
    Row("a draft", 409, "phase-closed", phase="draft"),
    Row("a closed phase", 409, "phase-closed", phase="closed"),
    Row("a closed phase and words", 422, "unreadable-slip", text="hello", phase="closed"),
    Row("a stopped intake", 409, "intake-stopped", phase="stopped"),
    Row("a phase that there is not", 404, "not-found", phase="/api/phases/999999999"),
    Row("a phase beyond counting", 404, "not-found", phase="/api/phases/1" + "0" * 30),
    Row("a phase that is no number", 404, "not-found", phase="/api/phases/Nov-16"),
    Row("a phase with a nought before", 404, "not-found", phase="/api/phases/01"),
    Row("a phase below nought", 404, "not-found", phase="/api/phases/-1"),
    Row("a phase in other figures", 404, "not-found", phase="/api/phases/%D9%A1"),
    Row("no phase, nor a key", 404, "not-found", phase="/api/phases/x",
        headers={"Idempotency-Key": ""}),
    Row("no phase, nor a body", 400, "malformed", phase="/api/phases/x", body=b"x"),
    Row("a key given twice", 201, more=(("Idempotency-Key", "another"),), is_express=False),
    Row("a kind given twice", 201, more=(("Content-Type", PLAIN),), is_express=False),
    Row("a token given twice", 201, more=(("Authorization", "Bearer x"),), is_express=False),
    Row("a length given twice", 400, more=(("Content-Length", "5"),), is_express=False),
    Row("a length and chunks", 400, more=(("Transfer-Encoding", "chunked"),), is_express=False),
    Row("a length of words", 400, headers={"Content-Length": "many"}, is_express=False),
    Row("a length below nought", 400, headers={"Content-Length": "-5"}, is_express=False),
    Row("a length with a sign", 400, headers={"Content-Length": "+5"}, is_express=False),
]  # fmt: skip
