"""What an answer says that refuses: `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Literal

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ExceptionHandler

from publisher.actions.check import CheckFailedError
from publisher.errors import (
    ContentError,
    NotFoundError,
    PublisherError,
    SettingsError,
    StoreError,
    ThemeError,
    TooSlowError,
    TransitionError,
)
from publisher.model.finding import Finding, Severity
from publisher.web.api.operation import Shape

MEDIA_TYPE: Final = "application/problem+json"

_log = structlog.get_logger()


class Wrong(Shape):
    """One thing that is wrong with a request."""

    where: Literal["body", "query", "path", "header"]
    at: str
    """Which part of it, as a JSON pointer (RFC 6901): `/lists/0`."""
    what: str


class Found(Shape):
    """One thing that the check says of an issue."""

    code: str = Field(examples=["E502"])
    severity: Literal["error", "warning", "remark"]
    what: str
    fix: str
    path: str
    """The file, from the newsroom's folder `issues`."""
    line: int | None
    column: int | None
    allowed: bool
    """Whether the issue's files acknowledge this warning."""
    blocks: bool
    """Whether it keeps the issue from being approved."""


class Problem(Shape):
    """Why a request was refused, in words for people and in a code for programs (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["cannot queue issue 'heat': it is ready (approve it first)"])
    """One sentence: what is wrong, and what to do about it."""
    code: str = Field(examples=["state"])
    """A word that keeps its meaning; the page of the API lists them."""
    errors: list[Wrong] = Field(default_factory=list)
    """Each thing that is wrong with the request; for the code `invalid`."""
    findings: list[Found] = Field(default_factory=list)
    """What blocks the issue; for the code `check`."""


CODES: Final[dict[str, tuple[HTTPStatus, str]]] = {
    "json": (HTTPStatus.BAD_REQUEST, "the body is no JSON"),
    "key": (HTTPStatus.BAD_REQUEST, "the idempotency key cannot be one"),
    "token": (HTTPStatus.UNAUTHORIZED, "there is no token, or it is wrong, expired or revoked"),
    "scope": (HTTPStatus.FORBIDDEN, "the token lacks the scope that is needed"),
    "missing": (HTTPStatus.NOT_FOUND, "there is no such address, subscriber, list, issue or mailing"),
    "method": (HTTPStatus.METHOD_NOT_ALLOWED, "the address does not know this method"),
    "state": (HTTPStatus.CONFLICT, "what was asked for is not possible in the state that it is in"),
    "check": (HTTPStatus.CONFLICT, "the issue does not pass the check"),
    "files": (HTTPStatus.CONFLICT, "the files of the issue cannot be understood"),
    "running": (HTTPStatus.CONFLICT, "a request with the same idempotency key is still being done"),
    "large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"),
    "media": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "the body is not said to be JSON"),
    "invalid": (HTTPStatus.UNPROCESSABLE_ENTITY, "a part of the request is not as it must be"),
    "refused": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "a value cannot be meant: an address, a moment that is past",
    ),
    "reused": (HTTPStatus.UNPROCESSABLE_ENTITY, "the idempotency key was used for another request"),
    "often": (HTTPStatus.TOO_MANY_REQUESTS, "too many requests with this token"),
    "newsroom": (HTTPStatus.INTERNAL_SERVER_ERROR, "a template or a setting of the newsroom is broken"),
    "bug": (HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here"),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "the database does not answer; come back later"),
}
"""The code of every problem, its status, and what it means."""

_BY_STATUS: Final = {status: code for code, (status, _) in reversed(CODES.items())}


class ProblemError(HTTPException):
    """A request is refused with the problem of that code."""

    def __init__(self, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        status, meaning = CODES[code]
        super().__init__(status, detail or meaning, headers)
        self.code = code


def problem(
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Wrong] = (),
    findings: Sequence[Found] = (),
) -> Response:
    """Return the answer that says what is wrong."""
    status = CODES[code][0]
    said = Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        code=code,
        errors=list(errors),
        findings=list(findings),
    )
    empty = {name for name in ("errors", "findings") if not getattr(said, name)}
    return JSONResponse(said.model_dump(exclude=empty), status, headers, MEDIA_TYPE)


def found(finding: Finding) -> Found:
    """Return a finding of the check as programs read it."""
    return Found(
        code=finding.code,
        severity=_SEVERITIES[finding.severity],
        what=finding.what,
        fix=finding.fix,
        path=finding.place.path,
        line=finding.place.line,
        column=finding.place.column,
        allowed=finding.allowed,
        blocks=finding.blocks,
    )


def handlers() -> dict[int | type[Exception], ExceptionHandler]:
    """Return who answers for which exception; the nearest class counts."""
    return {
        RequestValidationError: _invalid,
        HTTPException: _refused,
        CheckFailedError: _failed,
        StoreError: _busy,
        TooSlowError: _busy,
        Exception: _broken,
        **{kind: _saying(code) for kind, code in _SAID.items()},
    }


def _invalid(_request: Request, error: Exception) -> Response:
    """Say each thing that is wrong; what was sent is not repeated, because it may be personal."""
    said = error.errors() if isinstance(error, RequestValidationError) else ()
    if any(each["type"] == "json_invalid" for each in said):
        return problem("json", CODES["json"][1])
    errors = [
        Wrong(
            where=each["loc"][0] if each["loc"][0] in _WHERE else "body",
            at="".join(f"/{part}" for part in each["loc"][1:]),
            what=_sentence(each),
        )
        for each in said
    ]
    every = "; ".join(f"{wrong.where} {wrong.at}: {wrong.what}" for wrong in errors[:_TOLD])
    return problem("invalid", every, errors=errors)


def _sentence(said: Mapping[str, Any]) -> str:
    """Return what is wrong with a value, in our words where there are some."""
    words = _WORDS.get(said["type"])
    return words.format(**said.get("ctx", {})) if words else said["msg"].removeprefix("Value error, ")


def _refused(request: Request, error: Exception) -> Response:
    """Answer for a refusal of our own, or of the framework."""
    if isinstance(error, ProblemError):
        return problem(error.code, error.detail, headers=error.headers)
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    code = _BY_STATUS.get(HTTPStatus(status), "json")
    headers = {"allow": _allowed(request)} if code == "method" else None
    return problem(code, CODES[code][1], headers=headers)


def _allowed(request: Request) -> str:
    """Return every method that an address knows: the framework names those of one route alone."""
    methods: set[str] = set()
    for route in request.app.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return ", ".join(sorted(methods))


def _failed(_request: Request, error: Exception) -> Response:
    findings = error.findings if isinstance(error, CheckFailedError) else ()
    return problem("check", str(error).partition("\n")[0], findings=[found(each) for each in findings])


def _busy(_request: Request, error: Exception) -> Response:
    """Ask for patience; where the database is concerns nobody."""
    _log.warning("the database does not answer", trouble=str(error))
    return problem("busy", CODES["busy"][1], headers={"retry-after": "30"})


def _broken(_request: Request, _error: Exception) -> Response:
    """Answer for a bug; the guard around everything logs it."""
    return problem("bug", CODES["bug"][1])


def _saying(code: str) -> Callable[[Request, Exception], Response]:
    def answer(_request: Request, error: Exception) -> Response:
        if CODES[code][0] >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.warning("a request could not be answered", trouble=str(error))
        return problem(code, str(error))

    return answer


_SAID: Final[dict[type[PublisherError], str]] = {
    NotFoundError: "missing",
    TransitionError: "state",
    ContentError: "files",
    ThemeError: "newsroom",
    SettingsError: "newsroom",
    PublisherError: "refused",
}

_SEVERITIES: Final[dict[Severity, Any]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "remark",
}

_WORDS: Final[dict[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is nothing that is known here",
    "string_type": "must be a text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "has not the form that it must have: {pattern}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "too_long": "must have at most {max_length} entries",
    "bool_type": "must be true or false",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
}
"""What is wrong, by the framework's names for it."""

_TOLD: Final = 10
"""So many things are told in one sentence; all are in the list beside."""

_WHERE: Final = ("body", "query", "path", "header")
