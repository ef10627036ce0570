"""Whatever a program sends, each answer is one that the OpenAPI document promises, and none is a 5xx."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode
from starlette.applications import Starlette

from publisher.actions.api_token import create
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.model.scope import Scope
from publisher.web.api.all import OPERATIONS
from publisher.web.api.door import PREFIX
from publisher.web.api.operation import Operation
from publisher.web.routes import api
from tests.web.api.conftest import public_id_of

EXAMPLES: Final = int(os.environ.get("EXAMPLES", "4"))
"""So many for each operation, of what fits the document and of what does not: `EXAMPLES=200 pytest ...`."""

_BEYOND_PATTERNS: Final = ("refused", "reused")
"""Why a request is refused that fits the document: it is no address, the moment is past, the key is used."""


def test_every_answer_is_as_promised(publisher: Publisher) -> None:
    app = Starlette(routes=[api(publisher, burst=10**9)])
    token = create(publisher, "fuzz", scopes=tuple(Scope)).token
    schema = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app)

    for operation in (each for operations in OPERATIONS.values() for each in operations):
        own = schema[operation.path][operation.method]
        for mode, place in _ways(publisher, operation):
            _sends(own.as_strategy(generation_mode=mode, path_parameters=place), token)


def _sends(cases: SearchStrategy[Case[Any]], token: str) -> None:
    """Send some of these requests, the same ones every time."""

    acceptance: Any = CHECKS.get_by_names(["positive_data_acceptance"])

    @seed(1)
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def answers(case: Case[Any]) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        answer = case.call(headers=headers)
        code = answer.json().get("code") if answer.content else None
        excluded = acceptance if code in _BEYOND_PATTERNS else []
        case.validate_response(answer, headers=headers, excluded_checks=excluded)

    answers()


def _ways(
    publisher: Publisher, operation: Operation
) -> Iterator[tuple[GenerationMode, dict[str, object] | None]]:
    """Yield what to send: what fits or not, to made-up addresses and to one that leads somewhere."""
    yield from ((mode, None) for mode in GenerationMode)
    address = f"{operation.name}@example.net"
    add(publisher, address)
    there = {"slug": "cold", "id": public_id_of(publisher, address)}
    if operation.path.startswith("/mailings"):
        there["id"] = "1"
    place = {name: value for name, value in there.items() if f"{{{name}}}" in operation.path}
    if place:
        yield GenerationMode.POSITIVE, dict(place)
    if place and operation.method in ("POST", "PATCH"):
        yield GenerationMode.NEGATIVE, dict(place)
