"""What every request passes before anything is done: token, budget, scope, body and key."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from email.message import Message as Headers
from math import ceil
from typing import Any, Final, TypeAlias

import structlog
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from publisher.actions.api_token import actor_of, holder
from publisher.actions.repeated import Refused, begin, finish, give_up
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.pace import admit
from publisher.store.api_tokens import ApiToken
from publisher.store.requests import Answered
from publisher.web.api.operation import Operation
from publisher.web.api.problems import ProblemError

KEY: Final = "idempotency-key"
REPLAYED: Final = "idempotency-replayed"

Act: TypeAlias = Callable[[Request], Awaitable[Response]]

_KEPT_HEADERS: Final = ("content-type", "location")
_SECOND: Final = 1_000_000

_log = structlog.get_logger()


class Budget:
    """How many requests one token has: `burst` at once, and then one in each interval.

    It is kept in memory, by each process for itself.
    """

    def __init__(self, *, interval_us: int, burst: int) -> None:
        self._interval = interval_us
        self._burst = burst
        self._next: dict[int, int] = {}

    def wait(self, token: int) -> int:
        """Count one request and return 0, or return in how many seconds there is one again."""
        now = int(time.monotonic() * _SECOND) + _SECOND  # 0 is for those who have not asked yet
        admitted = admit(self._next.get(token, 0), now, self._interval, 1, self._burst)
        self._next[token] = admitted.next_at_us
        return 0 if admitted.count else max(1, ceil((admitted.retry_at_us - now) / _SECOND))


class Passage:
    """The way of a request to what is done; whoever is refused learns it by a problem."""

    def __init__(self, publisher: Publisher, budget: Budget) -> None:
        self._publisher = publisher
        self._budget = budget

    async def through(
        self, operation: Operation, request: Request, act: Act, *, known: Sequence[str]
    ) -> Response:
        """Do what is asked for, if the token may; `known` are the parameters that its query can have.

        Raises:
            ProblemError: something is in the way.
            StoreError: the database does not answer; nothing has happened.
        """
        token = await self._admitted(operation, request)
        request.state.publisher = replace(self._publisher, actor=actor_of(token.name))
        _refuse_unknown(request, known)
        body = await request.body()
        if body and not _is_json(request.headers.get("content-type", "")):
            raise ProblemError("media", "send the body as application/json")
        key = request.headers.get(KEY)
        if key is None or not operation.takes_key:
            return await act(request)
        return await self._once(token, _key(key), request, act)

    async def _admitted(self, operation: Operation, request: Request) -> ApiToken:
        """Return the token of a request, whatever else may be wrong with it."""
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        given = text.strip() if kind.lower() == "bearer" else ""
        token = await run_in_threadpool(holder, self._publisher, given)
        if token is None:
            raise ProblemError("token", headers={"www-authenticate": "Bearer"})
        if wait := self._budget.wait(token.id):
            raise ProblemError("often", headers={"retry-after": str(wait)})
        if operation.scope not in token.scopes:
            needed = operation.scope.value
            raise ProblemError(
                "scope",
                f"the token '{token.name}' lacks the scope {needed}",
                headers={"www-authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'},
            )
        return token

    async def _once(self, token: ApiToken, key: str, request: Request, act: Act) -> Response:
        """Do what a key was not used for yet, and answer as before what was done (RFC draft Idempotency-Key).

        Only an answer that something was done is kept: what was refused can be sent again with its key.
        """
        own = (self._publisher, token.id, key)
        before = await run_in_threadpool(begin, *own, fingerprint=await _fingerprint(request))
        if before is Refused.OTHER:
            raise ProblemError("reused")
        if before is Refused.RUNNING:
            raise ProblemError("running", headers={"retry-after": "1"})
        if before is not None:
            return Response(before.body, before.status, {**before.headers, REPLAYED: "true"})
        try:
            answer = await act(request)
        except Exception:
            await run_in_threadpool(give_up, *own)
            raise
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        kept = Answered(status=answer.status_code, headers=headers, body=bytes(answer.body))
        await run_in_threadpool(_keep, *own, kept)
        return answer


def _keep(publisher: Publisher, token: int, key: str, answer: Answered) -> None:
    """Keep an answer, at the second attempt if not at the first; without it the key is taken for a while."""
    with suppress(StoreError):
        finish(publisher, token, key, answer)
        return
    try:
        finish(publisher, token, key, answer)
    except StoreError as error:
        _log.warning("an answer was not kept", trouble=str(error))


def guarded(operation: Operation) -> type[APIRoute]:
    """Return a route on which an operation is done only by the passage that its application has."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            act = super().get_route_handler()
            known = [field.alias for field in self.dependant.query_params]

            async def handle(request: Request) -> Response:
                passage: Passage = request.app.state.passage
                return await passage.through(operation, request, act, known=known)

            return handle

    return Guarded


def _refuse_unknown(request: Request, known: Sequence[str]) -> None:
    """Refuse a parameter that nobody reads: with a name misspelt, a filter would let everybody through."""
    for name in request.query_params:
        if name not in known:
            there = f"those there are: {', '.join(known)}" if known else "there is none here"
            raise ProblemError("invalid", f"the query has an unknown parameter ({there})")


def _is_json(content_type: str) -> bool:
    headers = Headers()
    headers["content-type"] = content_type
    kind = headers.get_content_type()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _key(text: str) -> str:
    """Return a key as it is kept: with or without the quotes of a structured field, it is the same."""
    key = text.strip()
    if len(key) > 2 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not re.fullmatch(r"[!-~]{1,200}", key):
        raise ProblemError("key", "an idempotency key has 1 to 200 visible ASCII characters, such as a UUID")
    return key


async def _fingerprint(request: Request) -> str:
    parts = (
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        await request.body(),
    )
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
