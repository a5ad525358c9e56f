"""The OpenAPI document as lines for a reader: calls by group, shapes by name."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

REF = "#/components/schemas/"
KEYWORDS = ("minimum", "maximum", "minLength", "maxLength", "pattern", "examples")
WORDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "{} or more characters",
    "maxLength": "at most {} characters",
}


class Kind(msgspec.Struct, frozen=True):
    """What a value is, in words; `shape` names the shape that the words end in, if any."""

    words: str
    shape: str = ""


class Field(msgspec.Struct, frozen=True):
    """A parameter or a field of a shape; `default` is its JSON text, empty where there is none."""

    name: str
    kind: Kind
    required: bool
    default: str
    about: str
    place: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What comes back."""

    status: str
    kind: Kind


class Call(msgspec.Struct, frozen=True):
    """One call; `roles` is empty where anyone may."""

    method: str
    path: str
    summary: str
    description: str
    roles: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: Kind | None
    answers: tuple[Answer, ...]


class Shape(msgspec.Struct, frozen=True):
    """An object that is sent or answered."""

    name: str
    about: str
    fields: tuple[Field, ...]


def groups_of(document: Mapping[str, Any]) -> list[tuple[str, list[Call]]]:
    """The calls by tag, in the order in which the tags first appear."""
    groups: dict[str, list[Call]] = {}
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            tag = (call.get("tags") or ["house"])[0]
            groups.setdefault(tag, []).append(_call(path, method, call))
    return list(groups.items())


def shapes_of(document: Mapping[str, Any]) -> list[Shape]:
    """The shapes by name."""
    shapes = [
        Shape(
            name=name_of(key),
            about=schema.get("description", ""),
            fields=tuple(_fields(schema)),
        )
        for key, schema in document["components"]["schemas"].items()
    ]
    return sorted(shapes, key=lambda shape: shape.name.lower())


def kind_of(schema: Mapping[str, Any]) -> Kind:
    """What a schema allows, in words."""
    if "$ref" in schema:
        return Kind("", name_of(schema["$ref"].removeprefix(REF)))
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return _either(kind_of({**_keywords(schema), **one}) for one in schema[several])
    if isinstance(schema.get("type"), list):
        return _either(kind_of({**schema, "type": one}) for one in schema["type"])
    if schema.get("type") == "array":
        item = kind_of(schema.get("items", {}))
        return Kind(f"list of {item.words}".strip(), item.shape)
    if "enum" in schema:
        return Kind(" or ".join(json.dumps(one) for one in schema["enum"]))
    words = _plain(schema)
    return Kind(words if words == "null" else ", ".join([words, *_bounds(schema)]))


def name_of(key: str) -> str:
    """The short name of a shape: a generic one keeps what it is of."""
    outer, _, inner = key.partition("_")
    outer = outer.rsplit(".", 1)[-1]
    return f"{outer} of {inner.rstrip('_').rsplit('.', 1)[-1]}" if inner else outer


def _call(path: str, method: str, call: Mapping[str, Any]) -> Call:
    body = call.get("requestBody")
    return Call(
        method=method.upper(),
        path=path,
        summary=call.get("summary", ""),
        description=call.get("description", ""),
        roles=tuple(call.get("x-roles", ())),
        parameters=tuple(_parameter(one) for one in call.get("parameters", ())),
        body=None if body is None else _content(body),
        answers=tuple(
            Answer(status, _content(answer))
            for status, answer in call["responses"].items()
            if status != "default"
        ),
    )


def _parameter(parameter: Mapping[str, Any]) -> Field:
    return Field(
        name=parameter["name"],
        kind=kind_of(parameter["schema"]),
        required=bool(parameter.get("required")),
        default=_default(parameter["schema"]),
        about=parameter.get("description", ""),
        place=parameter["in"],
    )


def _fields(schema: Mapping[str, Any]) -> Iterable[Field]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Field(
            name=name,
            kind=kind_of(one),
            required=name in required,
            default=_default(one),
            about=one.get("description", ""),
        )


def _content(answer: Mapping[str, Any]) -> Kind:
    for media, content in answer.get("content", {}).items():
        kind = kind_of(content.get("schema", {}))
        return kind if "json" in media else Kind(media)
    return Kind("nothing")


def _either(kinds: Iterable[Kind]) -> Kind:
    found = sorted(kinds, key=lambda kind: (bool(kind.shape), kind.words == "null"))
    words = " or ".join(kind.words for kind in found if kind.words)
    shape = next((kind.shape for kind in found if kind.shape), "")
    return Kind(f"{words} or" if shape and words else words, shape)


def _plain(schema: Mapping[str, Any]) -> str:
    kind = str(schema.get("type", "anything"))
    if schema.get("format") == "date-time":
        return "time"
    return {"integer": "whole number", "boolean": "true or false", "string": "text"}.get(kind, kind)


def _keywords(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in KEYWORDS if name in schema}


def _bounds(schema: Mapping[str, Any]) -> list[str]:
    """What holds a value in; an example says more to a reader than the pattern that it fits."""
    if schema.get("examples"):
        return [f"such as {json.dumps(schema['examples'][0])}"]
    said = [words.format(_bound(schema[name])) for name, words in WORDS.items() if name in schema]
    pattern = str(schema.get("pattern", "")).removeprefix("^").removesuffix("$")
    return [*said, pattern] if pattern else said


def _bound(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _default(schema: Mapping[str, Any]) -> str:
    if schema.get("default") is None:
        return ""
    return json.dumps(msgspec.to_builtins(schema["default"]))
