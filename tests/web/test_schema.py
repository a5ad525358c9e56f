"""The description of the API, and the API held against it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.routes import HTTPRoute
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from banker.books import four_eyes
from banker.database import transaction
from banker.embedded import House
from banker.web.app import create_app
from tests.cast import deposit
from tests.databases import Clones
from tests.serving import settings_for
from tests.web.standing import Standing, standing

EXAMPLES = 20
# A stream has no end, a sign-out ends the rest of the test, a failed sign-in slows the next.
NOT_TRIED = {
    ("get", "/api/phases/{phase_id}/stream"),
    ("delete", "/api/tokens/current"),
    ("post", "/api/tokens"),
    ("get", "/metrics"),
}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def _calls() -> Iterator[tuple[str, str]]:
    nowhere = House(database_url="-", owner_url="-", redis_url="redis://127.0.0.1:1/0")
    for route in create_app(settings_for(nowhere)).routes:
        assert isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items():
            if handler.resolve_include_in_schema() and method != "OPTIONS":
                yield method.lower(), route.path_format


CALLS = sorted(_calls(), key=lambda call: (call[1], call[0]))


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


@pytest.fixture(scope="module")
async def document(stood: Standing) -> Any:
    response = await stood.client.get("/schema/openapi.json")
    assert response.status_code == 200
    return response.json()


@pytest.fixture(scope="module")
async def plausible(stood: Standing) -> dict[str, list[str]]:
    """Ids that name something: a draft, an open and a closed phase, a ticket, a person."""
    paths = [await stood.draft(), await stood.open(), await stood.open()]
    tickets = [(await stood.place(path, "137 500")).json()["id"] for path in paths[1:3]]
    await stood.ask("min", "POST", f"{paths[2]}/closure")
    paid_in = await deposit(stood.pool, stood.cast, stood.cast.hla, "10.00")
    async with transaction(stood.pool) as connection:
        what = {"user_id": stood.cast.hla.id, "amount": "1.00"}
        waiting = await four_eyes.wait(
            connection, "withdrawal", stood.cast.su.id, what, "at the counter"
        )
    return {
        "phase_id": [path.rsplit("/", 1)[1] for path in paths],
        "ticket_id": tickets,
        "user_id": [str(stood.cast.hla.id)],
        "partner_id": [str(stood.cast.ko.id)],
        "number": ["137", "000"],
        "month": ["2026-11", "2026-13"],
        "transfer_id": [msgspec.json.decode(paid_in.body)["transfer_id"]],
        "approval_id": [waiting.approval_id],
    }


async def test_every_call_of_the_application_is_described(document: Any) -> None:
    described = {(method, path) for path, calls in document["paths"].items() for method in calls}
    assert described == set(CALLS)


async def test_the_document_is_openapi(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    loaded = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in loaded.get_all_operations()]
    assert len(operations) == len(CALLS)


async def test_every_shape_is_a_json_schema(document: Any) -> None:
    for name, shape in document["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(shape), name


async def test_every_reference_leads_somewhere(document: Any) -> None:
    for reference in _references(document):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]


async def test_every_call_has_an_id_of_its_own_and_a_summary(document: Any) -> None:
    calls = [call for methods in document["paths"].values() for call in methods.values()]
    assert len({call["operationId"] for call in calls}) == len(calls)
    assert all(call["summary"] for call in calls)


async def test_every_call_tells_how_it_refuses(document: Any) -> None:
    refused = {"$ref": "#/components/responses/Refused"}
    for methods in document["paths"].values():
        for call in methods.values():
            assert call["responses"]["default"] == refused


async def test_money_is_described_as_text(document: Any) -> None:
    shapes = document["components"]["schemas"]
    [draft] = [shape for name, shape in shapes.items() if name.endswith("PhaseForm")]
    assert draft["properties"]["global_limit"]["type"] == "string"


async def test_the_page_of_the_schema_needs_nothing_from_elsewhere(stood: Standing) -> None:
    page = await stood.client.get("/schema")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert (
        re.findall(r"""(?:src|href|action)\s*=\s*["']?(?:[a-z]+:)?//[^"'\s>]+""", page.text) == []
    )
    assert "/api/phases/{phase_id}/tickets" in page.text


async def test_the_page_of_the_schema_names_every_call(stood: Standing) -> None:
    page = (await stood.client.get("/schema")).text
    assert [path for _, path in CALLS if path not in page] == []


@pytest.mark.parametrize("path", ["/schema/swagger", "/schema/redoc", "/schema/elements"])
async def test_no_page_of_the_frameworks_own_is_served(stood: Standing, path: str) -> None:
    assert (await stood.client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [call for call in CALLS if call not in NOT_TRIED],
    ids=[f"{method} {path}" for method, path in CALLS if (method, path) not in NOT_TRIED],
)
async def test_a_call_answers_whatever_is_sent_as_it_is_described(
    stood: Standing, document: Any, plausible: dict[str, list[str]], method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_dict(document)[path][method.upper()]
    headers = {"Authorization": f"Bearer {await stood.api.token('thida')}"}
    collector = {"Authorization": f"Bearer {await stood.api.token('aung')}"}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), draw=st.data())
    def hold(case: Any, draw: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if draw.draw(st.integers(0, 3)):
                case.path_parameters[name] = draw.draw(st.sampled_from(plausible[name]))
        asked = collector if (method, path) == ("post", TICKETS) else headers
        response = case.call(base_url=stood.address, headers=asked)
        case.validate_response(response, checks=CHECKS)

    # The cases are sent by a thread, for the worker answers in this one.
    await asyncio.to_thread(hold)


TICKETS = "/api/phases/{phase_id}/tickets"


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
