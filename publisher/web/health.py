"""`/healthz`: the process is up. `/readyz`: it can do its work, or why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.store import public

OLDEST_TICK: Final = timedelta(minutes=2)
"""A clock that has been silent for longer has stopped."""


def healthz(_request: Request) -> PlainTextResponse:
    """Answer as long as the process can answer at all."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


class Readiness:
    """Whether this process can serve and publish. With `ticking` False no clock is expected to run."""

    def __init__(self, publisher: Publisher, *, ticking: bool) -> None:
        self._database = publisher.database
        self._ticking = ticking

    def readyz(self, _request: Request) -> JSONResponse:
        """Answer 200, or 503 with the reasons."""
        reasons = self._reasons()
        return JSONResponse(
            {"ready": not reasons, "reasons": reasons},
            status_code=503 if reasons else 200,
            headers={"cache-control": "no-store"},
        )

    def _reasons(self) -> list[str]:
        """Return what is in the way; a tick writes, so its age tells that the database can be written."""
        try:
            with self._database.read() as db:
                ticked_at, now = public.ticked_at(db), self._database.now(db)
        except StoreError:
            return ["the database does not answer"]
        if not self._ticking:
            return []
        if ticked_at is None:
            return ["the clock has not ticked yet"]
        silence = now - ticked_at
        return (
            [f"the clock has not ticked for {silence.total_seconds():.0f} s"] if silence > OLDEST_TICK else []
        )
