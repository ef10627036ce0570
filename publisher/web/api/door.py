"""The door of the API: it is set up when the first program knocks, and lets no large body in."""

from __future__ import annotations

import threading
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.app import Publisher
from publisher.web.representation import encoded
from publisher.web.security import Guard

PREFIX: Final = "/api/v1"

LARGEST_BODY: Final = 64 * 1024
"""Bytes of the largest body that a program may send."""

BURST: Final = 50
"""So many requests of one token are answered at once; after that one in each `INTERVAL_US`."""

INTERVAL_US: Final = 100_000
"""Microseconds."""

_NEVER_STORED: Final = encoded({"cache-control": "no-store"})


class Door:
    """Serves the API of a publisher, so many requests of one token at once, and then one in each interval.

    The framework takes longer to import and to set up than all the rest, and most sites have no program that
    asks: so that waits until one does.
    """

    def __init__(self, publisher: Publisher, *, burst: int = BURST, interval_us: int = INTERVAL_US) -> None:
        self._publisher = publisher
        self._burst = burst
        self._interval_us = interval_us
        self._opening = threading.Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        app = self._app
        if app is None:
            app = await run_in_threadpool(self._opened)
        await app(scope, _limited(scope, receive), send)

    def _opened(self) -> ASGIApp:
        from publisher.web.api.application import application  # noqa: PLC0415 - see above
        from publisher.web.api.passage import Budget, Passage  # noqa: PLC0415 - same

        with self._opening:
            if self._app is None:
                made = application(f"{self._publisher.settings.publication.home_url}{PREFIX}")
                budget = Budget(interval_us=self._interval_us, burst=self._burst)
                made.state.passage = Passage(self._publisher, budget)
                self._app = Guard(made, _NEVER_STORED)
            return self._app


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Return what reads a body, and raises as soon as it is known to be too large."""
    declared = Headers(scope=scope).get("content-length", "")
    told = int(declared) if declared.isascii() and declared.isdigit() else 0
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        if told > LARGEST_BODY:
            raise HTTPException(413)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return limited
