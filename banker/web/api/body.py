"""A body before its handler sees it: JSON that says so, in UTF-8, of the form that is asked for."""

import json
from functools import cache
from typing import Any, TypeVar

import msgspec
from litestar import Request

from banker.errors import Malformed, UnsupportedMediaType
from banker.web.refusals import plainly

Form = TypeVar("Form")

LARGEST_BODY_BYTES = 512 * 1024
BODILESS = ("GET", "HEAD", "DELETE", "OPTIONS")


async def demand_json(request: Request[Any, Any, Any]) -> None:
    """A body is JSON and says so. Raises `UnsupportedMediaType`, `Malformed`."""
    if request.method in BODILESS:
        return
    if _is_sent(request):
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise UnsupportedMediaType()
    body = await request.body()
    expected = request.route_handler.parsed_data_field
    if body:
        _check_names(body)
    if expected is not None and (body or not expected.is_optional):
        _read_fields(body, expected.annotation)


def _is_sent(request: Request[Any, Any, Any]) -> bool:
    length = request.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in request.headers


def read_form(body: bytes, form: type[Form]) -> Form:
    """A body as the form that is asked for. Raises `Malformed`."""
    _check_names(body)
    return _read_fields(body, form)


def _check_names(body: bytes) -> None:
    """What the decoder of the forms would let through or fall over: a name that is given twice,
    another encoding, a nesting that is deeper than any form."""
    try:
        _strict.decode(body.decode())
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    except json.JSONDecodeError as wrong:
        raise Malformed(f"The body is not JSON: {wrong}.") from None
    except RecursionError:
        raise Malformed("The body is nested too deeply.") from None


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, value in pairs:
        if name in fields:
            raise Malformed(f"The field {name[:50]!r} is given twice.", field=name[:50])
        fields[name] = value
    return fields


_strict = json.JSONDecoder(object_pairs_hook=_once_each, parse_int=str, parse_float=str)


def _read_fields(body: bytes, form: type[Form]) -> Form:
    """The framework would read `"true"` and 1 as truth, and a number as a time."""
    if not body:
        raise Malformed("Send a JSON object.")
    try:
        read: Form = _decoder(form).decode(body)  # type: ignore[arg-type]
    except msgspec.ValidationError as wrong:
        words, _, place = str(wrong).partition(" - at `$.")
        field, detail = place.rstrip("`"), plainly(words)
        raise Malformed(f"{field}: {detail}" if field else detail, field=field) from None
    except msgspec.DecodeError as wrong:
        raise Malformed(f"The body is not JSON: {wrong}.") from None
    return read


@cache
def _decoder(form: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(form)
