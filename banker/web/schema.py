"""The description of the API: as OpenAPI for programs, as a page for people."""

from typing import Any

from litestar import Request, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute

from banker import __version__
from banker.errors import NotFound
from banker.web.access import ANYONE
from banker.web.page import page
from banker.web.schema_reading import groups_of, shapes_of

PATH = "/schema"
SERVED = (PATH, f"{PATH}/", f"{PATH}/openapi.json")

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went against a request (RFC 9457), with the facts beside it.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:banker: and the code"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "detail": {"type": "string", "description": "for people"},
    },
}
REFUSED = {
    "description": "Refused, in words and with a stable code.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def openapi_config() -> OpenAPIConfig:
    """The configuration of the schema's two addresses: `/schema` and `/schema/openapi.json`."""
    return OpenAPIConfig(
        title="banker",
        version=__version__,
        description="Money is a decimal string, times are RFC 3339 in UTC, ids are strings.",
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http", scheme="bearer", description="A token of POST /api/tokens."
                )
            }
        ),
        use_handler_docstrings=True,
        openapi_router=Router(
            PATH,
            route_handlers=[],
            opt=dict(ANYONE),
            include_in_schema=False,
            before_request=demand_known_path,
        ),
        render_plugins=[PagePlugin(path="/"), DocumentPlugin()],
    )


async def demand_known_path(request: Request[Any, Any, Any]) -> None:
    """The framework answers other addresses below the schema's with a page of its own; the house
    says it in its own words. Raises `NotFound`."""
    if request.scope["path"] not in SERVED:
        raise NotFound(what="page of the schema")


class DocumentPlugin(JsonRenderPlugin):
    """The document for programs."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document with every refusal described as what it is, and with who may call what."""
        return self.render_json(request, completed(openapi_schema, roles_by_call(request)))


class PagePlugin(OpenAPIRenderPlugin):
    """The same for people, rendered here: nothing on it comes from elsewhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """All calls by group, then the shapes that they send and answer."""
        document = completed(openapi_schema, roles_by_call(request))
        template = page(
            "schema.html",
            request,
            title=document["info"]["title"],
            version=document["info"]["version"],
            groups=groups_of(document),
            shapes={shape.name: shape for shape in shapes_of(document)},
        )
        engine = request.app.template_engine
        assert engine is not None
        assert template.template_name is not None
        rendered: str = engine.get_template(template.template_name).render(**template.context)
        return rendered.encode()


def roles_by_call(request: Request[Any, Any, Any]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Who may, by path and method in lower case; nobody named where anyone may."""
    return {
        (route.path_format, str(method).lower()): handler.opt["roles"] or ()
        for route in request.app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if handler.resolve_include_in_schema() and "roles" in handler.opt
    }


def completed(
    document: dict[str, Any], roles: dict[tuple[str, str], tuple[str, ...]]
) -> dict[str, Any]:
    """The framework's document with the house's refusals in place of the framework's."""
    paths = {
        path: {
            method: _completed_call(call, roles.get((path, method), ()))
            for method, call in calls.items()
        }
        for path, calls in document["paths"].items()
    }
    components = document["components"]
    schemas = {**components.get("schemas", {}), "Problem": PROBLEM}
    responses = {**components.get("responses", {}), "Refused": REFUSED}
    return {
        **document,
        "paths": paths,
        "components": {**components, "schemas": schemas, "responses": responses},
    }


def _completed_call(call: dict[str, Any], roles: tuple[str, ...]) -> dict[str, Any]:
    answers = {status: answer for status, answer in call["responses"].items() if int(status) < 400}
    answers["default"] = {"$ref": "#/components/responses/Refused"}
    return {**call, "responses": answers, "x-roles": list(roles)}
