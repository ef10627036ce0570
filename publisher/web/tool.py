"""Tools for an editor's own eyes, on an editor's own machine: what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher.theme import Theme
from publisher.web.own_file import OwnFile
from publisher.web.security import Guard, policy, tool_headers

_HOSTS: Final = ("127.0.0.1", "localhost")
"""What a browser on this machine calls it. A page elsewhere that had its own name point here is refused."""

_POLICY: Final = policy(
    script_src="'self'",
    style_src="'self'",
    img_src="'self' data:",
    connect_src="'self'",
    frame_src="'self'",
)
_SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"


def tool(routes: Sequence[BaseRoute]) -> ASGIApp:
    """Return an application for this machine alone; its pages may run our scripts and frame our documents."""
    app = Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS, www_redirect=False)],
    )
    app.router.redirect_slashes = False
    return Guard(_OwnPages(app), tool_headers(_POLICY))


class _OwnPages:
    """Answers a page of somebody else's only where a person has followed a link from it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        asked = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if asked.get("sec-fetch-site") == "cross-site" and asked.get("sec-fetch-mode") != "navigate":
            refused = PlainTextResponse("This tool answers its own pages alone.\n", 403)
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


def own_file(theme: Theme, name: str) -> OwnFile:
    """Return a file of a tool, which is never out of date."""
    return OwnFile(theme, name, cache="no-store")


def page(theme: Theme, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page; what is no Unicode, as in the name of a file, becomes question marks."""
    return HTMLResponse(theme.html(template, **values).encode("utf-8", "replace"), status)


def document(body: bytes | str) -> Response:
    """Return a strange HTML document for a frame: it runs nothing, sends nothing and is nobody's origin."""
    return HTMLResponse(body, headers=_document_headers(_SANDBOX))


def measured_document(body: bytes | str, status: int = 200) -> Response:
    """Return the same with our origin, so that the page around it can keep it where it was scrolled to.

    Without scripts an origin is good for nothing: the document still runs nothing and sends nothing.
    """
    return HTMLResponse(body, status, headers=_document_headers(f"allow-same-origin {_SANDBOX}"))


def _document_headers(sandbox: str) -> dict[str, str]:
    return {
        "content-security-policy": policy(
            sandbox=sandbox,
            style_src="'self' 'unsafe-inline'",
            img_src="'self' https: http: data:",
            form_action="'none'",
            frame_ancestors="'self'",
        ),
        "cache-control": "no-store",
    }
