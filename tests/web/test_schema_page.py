"""The description of the API."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.databases import Clones
from tests.web.standing import Standing, standing


@pytest.fixture(scope="module")
async def stood(clones: Clones) -> AsyncIterator[Standing]:
    async with standing(clones) as stood:
        yield stood


async def test_the_document_describes_the_api_and_nothing_else(stood: Standing) -> None:
    document = (await stood.client.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert all(path.startswith(("/api/", "/health", "/metrics")) for path in document["paths"])
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


async def test_every_call_says_who_may_and_how_it_refuses(stood: Standing) -> None:
    document = (await stood.client.get("/schema/openapi.json")).json()
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            assert call["summary"], f"{method} {path}"
            assert call["responses"]["default"] == {"$ref": "#/components/responses/Refused"}
    assert document["paths"]["/api/cash/deposits"]["post"]["x-roles"] == ["admin", "cashier"]


async def test_the_page_names_every_call_and_comes_whole_from_here(stood: Standing) -> None:
    document = (await stood.client.get("/schema/openapi.json")).json()
    page = await stood.client.get("/schema")
    for path, calls in document["paths"].items():
        for method in calls:
            assert f'id="{method.upper()}-{path}"' in page.text
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page.text)


async def test_an_unknown_page_of_the_schema_is_the_houses_own_404(stood: Standing) -> None:
    page = await stood.client.get("/schema/redoc")
    assert page.status_code == 404
    assert "banker.css" in page.text
    assert "cdn" not in page.text
