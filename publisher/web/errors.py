"""Errors for people: the one place where they become pages. No traceback is ever shown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ExceptionHandler

from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError, StoreError, ThemeError
from publisher.web.frame import reply
from publisher.web.pages import Pages
from publisher.web.sentences import sentences

_COME_BACK: Final = {"retry-after": "30", "cache-control": "no-store"}

_log = structlog.get_logger()


class Errors:
    """The pages of what can go wrong on a request."""

    def __init__(self, publisher: Publisher, pages: Pages) -> None:
        self._publisher = publisher
        self._pages = pages
        self._told = sentences(publisher.settings.publication.language)

    def handlers(self) -> dict[type[Exception], ExceptionHandler]:
        """Return who answers for which exception; the nearest class counts."""
        return {
            HTTPException: self._refused,
            StoreError: self._busy,
            PublisherError: self._said,
            Exception: self._broken,
        }

    def _refused(self, _request: Request, error: Exception) -> Response:
        """Answer what has no route: 404 with its stored page, what only programs meet in a line."""
        refusal = cast("HTTPException", error)
        if refusal.status_code == HTTPStatus.NOT_FOUND and (page := self._pages.missing()):
            return HTMLResponse(page, refusal.status_code, {"cache-control": "public, max-age=60"})
        headers = {name.lower(): value for name, value in (refusal.headers or {}).items()}
        if "allow" in headers:
            headers["allow"] = ", ".join(sorted(headers["allow"].split(", ")))
        return PlainTextResponse(f"{refusal.detail}\n", refusal.status_code, headers)

    def _busy(self, _request: Request, error: Exception) -> Response:
        """Ask for patience while the database does not answer; where it is concerns nobody."""
        _log.warning("the database does not answer", trouble=str(error))
        response = self._page(HTTPStatus.SERVICE_UNAVAILABLE, self._told.busy, self._told.busy_text)
        response.headers.update(_COME_BACK)
        return response

    def _said(self, _request: Request, error: Exception) -> Response:
        """Say what a person can mend, in its own sentence."""
        _log.warning("a page could not be made", trouble=str(error))
        missing = isinstance(error, NotFoundError)
        status = HTTPStatus.NOT_FOUND if missing else HTTPStatus.INTERNAL_SERVER_ERROR
        return self._page(status, self._told.broken, str(error))

    def _broken(self, _request: Request, _error: Exception) -> Response:
        """Answer for a bug; the guard around everything logs it."""
        return self._page(HTTPStatus.INTERNAL_SERVER_ERROR, self._told.broken, self._told.broken_text)

    def _page(self, status: HTTPStatus, title: str, text: str) -> Response:
        """Return a message in the publication's frame, or without it if a template is what is broken."""
        try:
            return reply(self._publisher, "message.html", status=status, title=title, text=text, write_to="")
        except ThemeError:
            return PlainTextResponse(f"{title}\n\n{text}\n", status)
