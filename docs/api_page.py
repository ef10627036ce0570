"""The reference page of the API, made of its OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from publisher.model.scope import SCOPES
from publisher.web.api.application import application
from publisher.web.api.problems import CODES

Document = dict[str, Any]

OPENING: Final = (
    "Everything is below `/api/v1`, in JSON, for programs with a token ([how to use it]"
    "(../how-to/use-the-api.md)). The same as a program reads it: `/api/v1/openapi.json` (OpenAPI 3.1). "
    "Keys are added over time and never change their meaning."
)
_REFERENCE: Final = "#/components/schemas/"


def parts() -> Iterator[str]:
    """Yield the parts of the page below its opening, as Markdown."""
    document = application("https://news.example.org/api/v1").openapi()
    yield "## Scopes"
    yield _table(
        ("scope", "what a token with it may do"), ((f"`{each}`", text) for each, text in SCOPES.items())
    )
    for tag in document["tags"]:
        yield f"## {tag['name']}"
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    yield from _operation(method.upper(), path, operation)
    yield "## Shapes"
    for name, schema in document["components"]["schemas"].items():
        yield from _shape(name, schema)
    yield "## Problems"
    yield (
        "Whatever is refused is answered as `application/problem+json` (RFC 9457): `detail` is one sentence "
        "for people, `code` one of these words for programs."
    )
    yield _table(
        ("code", "status", "what it means"),
        ((f"`{code}`", str(int(status)), meaning) for code, (status, meaning) in CODES.items()),
    )


def _operation(method: str, path: str, operation: Document) -> Iterator[str]:
    yield f"### {method} {path}"
    yield " ".join(operation["description"].split())
    (scopes,) = (needed["token"] for needed in operation["security"])
    lines = [f"Scope: `{scopes[0]}`."]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        needed = "" if operation["requestBody"].get("required") else ", which may be missing"
        lines.append(f"Body: {_kind(schema)}{needed}.")
    yield " ".join(lines)
    query = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    if query:
        rows = (
            (
                f"`{each['name']}`",
                _kind(each["schema"]) + _bounds(each["schema"]),
                each.get("description", ""),
            )
            for each in query
        )
        yield _table(("in the query", "value", "what it says"), rows)
    rows = (_answer(status, answer) for status, answer in operation["responses"].items() if int(status) < 300)
    yield _table(("answer", "", "what it means"), rows)
    others = ", ".join(status for status in sorted(operation["responses"]) if int(status) >= 300)
    yield f"Refusals: {others}."


def _answer(status: str, answer: Document) -> tuple[str, str, str]:
    content = answer.get("content", {}).get("application/json", {})
    return status, _kind(content["schema"]) if content else "nothing", answer["description"]


def _bounds(schema: Document) -> str:
    """Return between what a number must be, and what it is if nobody says it."""
    said = f", {schema['minimum']} to {schema['maximum']}" if {"minimum", "maximum"} <= {*schema} else ""
    return said + (f"; else {schema['default']}" if isinstance(schema.get("default"), int) else "")


def _shape(name: str, schema: Document) -> Iterator[str]:
    yield f"### {name}"
    yield " ".join(schema.get("description", "").split())
    if "enum" in schema:
        yield "One of " + ", ".join(f"`{each}`" for each in schema["enum"]) + "."
    rows = [
        (
            f"`{key}`",
            _kind(own) + ("" if key in schema.get("required", ()) else ", may be missing"),
            own.get("description", ""),
            f"`{json.dumps(own['examples'][0], ensure_ascii=False)}`" if own.get("examples") else "",
        )
        for key, own in schema.get("properties", {}).items()
    ]
    if rows:
        yield _table(("key", "value", "what it says", "example"), rows)


def _kind(schema: Document) -> str:
    """Return what a value is, in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFERENCE)
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object":
        return f"map to {_kind(schema['additionalProperties'])}"
    return _KINDS.get((schema.get("type", ""), schema.get("format", "")), str(schema.get("type", "")))


_KINDS: Final = {
    ("string", ""): "text",
    ("string", "date-time"): "moment",
    ("integer", ""): "number",
    ("number", ""): "number",
    ("boolean", ""): "true or false",
    ("null", ""): "null",
}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in row) + " |" for row in cells)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
