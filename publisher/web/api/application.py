"""The application of the API: its routes and its OpenAPI document, made of the table of operations."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from publisher import __version__
from publisher.model.scope import SCOPES
from publisher.web.api.all import OPERATIONS
from publisher.web.api.operation import Operation
from publisher.web.api.passage import guarded
from publisher.web.api.problems import CODES, MEDIA_TYPE, Problem, handlers

_DESCRIPTION: Final = (
    "Subscribers, lists, issues and mailings, for programs with a token (`publisher token create`). "
    f"Whatever is refused is answered as `{MEDIA_TYPE}` (RFC 9457)."
)

_ALWAYS: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_WITH_BODY: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_BODIES: Final = ("POST", "PATCH")


class Application(FastAPI):
    """FastAPI with our document: each operation with its scope, its idempotency key and its refusals."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            _complete(document)
            self.openapi_schema = document
        return self.openapi_schema


def application(url: str) -> Application:
    """Return the application that is reached at that address; whoever serves it gives it a `passage`."""
    made = Application(
        title="Publisher",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": url}],
        root_path_in_servers=False,
        openapi_tags=[{"name": name} for name in OPERATIONS],
        telemetry={"tracing": False, "metrics": False},
    )
    for kind, handler in handlers().items():
        made.add_exception_handler(kind, handler)
    for tag, operations in OPERATIONS.items():
        for each in operations:
            _add(made, tag, each)
    return made


def _add(made: FastAPI, tag: str, operation: Operation) -> None:
    made.router.add_api_route(
        operation.path,
        operation.act,
        methods=[operation.method],
        operation_id=operation.name,
        tags=[tag],
        summary=operation.summary,
        description=operation.description,
        status_code=operation.status,
        response_description=operation.means,
        response_model_exclude_unset=operation.is_sparse,
        responses={
            **{int(status): {"description": means} for status, means in operation.also.items()},
            **{int(status): _refusal(status) for status in _refusals(operation)},
        },
        route_class_override=guarded(operation),
    )


def _refusals(operation: Operation) -> list[HTTPStatus]:
    """Return every status with which an operation may refuse."""
    own = {*_ALWAYS, *operation.refusals}
    if operation.method in _BODIES:
        own |= {*_WITH_BODY}
    if operation.method == "POST":
        own |= {HTTPStatus.CONFLICT}
    return sorted(own)


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    meanings = [meaning for own, meaning in CODES.values() if own is status]
    reference = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {
        "description": "; ".join(meanings),
        "content": {MEDIA_TYPE: {"schema": reference}},
        **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
    }


def _complete(document: dict[str, Any]) -> None:
    """Put into FastAPI's document what it cannot know."""
    components = document.setdefault("components", {})
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] = components.get("schemas", {}) | schema.pop("$defs") | {Problem.__name__: schema}
    components["securitySchemes"] = {"token": _TOKEN}
    for operations in OPERATIONS.values():
        for each in operations:
            described = document["paths"][each.path][each.method.lower()]
            described["security"] = [{"token": [each.scope.value]}]
            if each.takes_key:
                described.setdefault("parameters", []).append(_KEY)
            for status in each.also:
                described["responses"][str(int(status))]["content"] = described["responses"][
                    str(int(each.status))
                ]["content"]


def _text(description: str, *, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


_TOKEN: Final[dict[str, Any]] = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "pub_…",
    "description": "A token of `publisher token create`. Scopes:\n"
    + "\n".join(f"* `{scope}`: {meaning}" for scope, meaning in SCOPES.items()),
}

_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request within 24 hours: it is done once, and answered again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}

_HEADERS: Final[dict[HTTPStatus, dict[str, Any]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": _text("`Bearer`")},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": _text("Seconds to wait", kind="integer")},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": _text("Seconds to wait", kind="integer")},
}
