"""`/reports`: what came back, told by a program that knows our key."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from publisher.actions.report import Came
from publisher.actions.report_webhook import take_posted
from publisher.app import Publisher
from publisher.delivery.reports.webhook import PayloadError, Signed

LARGEST_REPORT: Final = 256 * 1024
"""Bytes of the largest report that can be posted."""

_STATUS: Final = {Came.RECORDED: 200, Came.AGAIN: 200, Came.FOREIGN: 202}
_UNSTORED: Final = {"cache-control": "no-store"}


class Reports:
    """The door for posted reports; `key` is the one with which they are signed."""

    def __init__(self, publisher: Publisher, key: bytes) -> None:
        self._publisher = publisher
        self._key = key

    async def receive(self, request: Request) -> JSONResponse:
        """Take one report. 401 does not say why; 400 does, to whoever has signed.

        Raises:
            HTTPException: 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        signed = Signed(**{name: request.headers.get(f"webhook-{name}", "") for name in _HEADERS})
        body = await request.body()
        try:
            taken = await run_in_threadpool(take_posted, self._publisher, self._key, signed, body)
        except PayloadError as error:
            return JSONResponse({"error": str(error)}, 400, _UNSTORED)
        if taken is None:
            return JSONResponse({"error": "not signed"}, 401, _UNSTORED)
        return JSONResponse({"result": taken.came.value}, _STATUS[taken.came], _UNSTORED)


_HEADERS: Final = ("id", "timestamp", "signature")
