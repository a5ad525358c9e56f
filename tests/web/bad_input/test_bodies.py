"""Bodies that are no JSON object of the right kind, and addresses that lead nowhere."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog

from tests.web.answers import refused
from tests.web.standing import Standing

MOST_BODY_BYTES = 512 * 1024


BODIES = {
    "not UTF-8": b'{"name":"\xff\xfe"}',
    "another encoding": '{"name":"Nov"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name":"Nov"}',
    "a deep array": b'{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a deep object": b'{"name":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "a deep unknown field": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a lone surrogate": b'{"name":"\\ud800"}',
    "half a pair of surrogates": b'{"name":"\\udc00\\ud800"}',
    "a surrogate in UTF-8": b'{"name":"\xed\xa0\x80"}',
    "NaN": b'{"name":"Nov","global_limit":NaN}',
    "infinity": b'{"name":"Nov","global_limit":Infinity}',
    "an endless integer": b'{"name":"Nov","void_window_s":' + b"9" * 100_000 + b"}",
    "a name twice": b'{"name":"Nov","name":"Dec"}',
    "a name twice below": b'{"name":"Nov","prizes":{"near":"1","near":"2"}}',
    "a name twice in another spelling": b'{"name":"Nov","n\\u0061me":"Dec"}',
    "nothing": b"",
    "blanks": b"   ",
    "an array": b"[]",
    "an array in the order of the fields": b'["Nov"]',
    "null": b"null",
    "a string": b'"Nov"',
    "a number": b"7",
    "half an object": b'{"name":"Nov"',
    "two objects": b'{"name":"Nov"}{"name":"Dec"}',
    "a comma too many": b'{"name":"Nov",}',
    "single quotes": b"{'name':'Nov'}",
    "a comment": b'{"name":"Nov"/* */}',
    "a raw control character": b'{"name":"N\x01v"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_is_no_json_object_is_malformed(stood: Standing, body: bytes) -> None:
    refused(await _send(stood, "min", "/api/phases", body), 400)


@pytest.mark.parametrize("body", [BODIES["a deep array"], BODIES["a name twice"], b"[]", b""])
async def test_whoever_is_not_signed_in_fares_no_better(stood: Standing, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = await stood.client.post("/api/tokens", content=body, headers=headers)
    refused(response, 400)


async def test_a_body_with_many_names_is_read_in_no_time(stood: Standing) -> None:
    body = "{" + ",".join(f'"{number}":0' for number in range(45_000)) + ',"0":0}'
    problem = refused(await _send(stood, "min", "/api/phases", body.encode()), 400)
    assert problem["field"] == "0"


async def test_a_large_body_is_too_large(stood: Standing) -> None:
    body = b'{"name":"' + b"a" * 10_000_000 + b'"}'
    refused(await _send(stood, "min", "/api/phases", body), 413, "too-large")


async def test_a_large_body_that_does_not_say_its_length_is_too_large(stood: Standing) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"name":"'
        for _ in range(MOST_BODY_BYTES // 8192 + 2):
            yield b"a" * 8192
        yield b'"}'

    refused(await _send(stood, "min", "/api/phases", pieces()), 413, "too-large")


async def test_a_body_that_is_announced_as_large_is_not_waited_for(stood: Standing) -> None:
    response = await _send(stood, "min", "/api/phases", b"{}" + b" " * MOST_BODY_BYTES)
    refused(response, 413, "too-large")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/xml", ""],
)
async def test_another_content_type_is_unsupported(stood: Standing, kind: str) -> None:
    response = await _send(stood, "min", "/api/phases", b'{"name":"Nov"}', kind=kind)
    refused(response, 415, "unsupported-media-type")


async def test_a_missing_content_type_is_unsupported(stood: Standing) -> None:
    response = await _send(stood, "min", "/api/phases", b'{"name":"Nov"}', kind=None)
    refused(response, 415, "unsupported-media-type")


async def test_a_form_of_several_parts_is_unsupported(stood: Standing) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nNov\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"
    response = await _send(stood, "min", "/api/phases", body, kind=kind)
    refused(response, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/api/phases"),
        ("GET", "/api/tokens"),
        ("PUT", "/api/phases/1"),
        ("POST", "/api/phases/1/risk"),
        ("PATCH", "/api/phases/1/limits/137"),
        ("TRACE", "/api/users"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(
    stood: Standing, method: str, path: str
) -> None:
    response = await stood.ask("thida", method, path)
    refused(response, 405, "method-not-allowed")
    assert response.headers["allow"]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/phases/1/nothing", "/api/phases/1/2/3"])
async def test_an_unknown_address_is_not_found(stood: Standing, path: str) -> None:
    refused(await stood.ask("thida", "GET", path), 404, "not-found")


async def _send(
    stood: Standing, name: str, path: str, body: Any, kind: str | None = "application/json"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {await stood.api.token(name)}"}
    if kind is not None:
        headers["Content-Type"] = kind
    return await stood.client.post(path, content=body, headers=headers)


async def test_a_caller_who_leaves_in_the_middle_is_no_accident(stood: Standing) -> None:
    token = await stood.api.token("min")
    host, port = stood.address.removeprefix("http://").split(":")
    with structlog.testing.capture_logs() as logged:
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /api/phases HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        head += 'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name":'
        writer.write(head.encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        await asyncio.sleep(0.1)
    assert logged == []
