"""What every answer carries to protect readers, and what is said when something fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.settings import Settings
from publisher.web.representation import Header, encoded

_log = structlog.get_logger()

_ALWAYS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
}
_YEAR: Final = 365 * 24 * 3600


def policy(**sources: str) -> str:
    """Return a Content-Security-Policy that allows nothing but `sources`, such as `img_src="'self'"`."""
    allowed = {"default_src": "'none'", "base_uri": "'none'", "form_action": "'self'", **sources}
    allowed.setdefault("frame_ancestors", "'none'")
    return "; ".join(f"{name.replace('_', '-')} {source}" for name, source in allowed.items())


def public_headers(settings: Settings, **sources: str) -> tuple[Header, ...]:
    """Return the headers of everything public: no script, no frame, pictures from here or over https.

    Pictures are also allowed from the home URL, which in a trial may be http on another port. `sources` are
    further ones that the Content-Security-Policy allows (see `policy`).
    """
    home = settings.publication.home_url
    origin = "/".join(home.split("/")[:3])
    names = _ALWAYS | {
        "content-security-policy": policy(style_src="'self'", img_src=f"'self' {origin} https:", **sources),
    }
    if home.startswith("https:"):
        names["strict-transport-security"] = f"max-age={_YEAR}"
    return encoded(names)


def tool_headers(content_security_policy: str) -> tuple[Header, ...]:
    """Return the headers of pages for an editor's own eyes, which nobody stores."""
    return encoded(
        _ALWAYS
        | {
            "content-security-policy": content_security_policy,
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
        }
    )


class Guard:
    """Adds `headers` to every answer that does not have its own, and turns a bug into a plain page and a log.

    It stands around the whole application: no traceback leaves the house.
    """

    def __init__(self, app: ASGIApp, headers: Iterable[Header]) -> None:
        self._app = app
        self._headers = tuple(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = {name for name, _ in message["headers"]}
                added = [header for header in self._headers if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001 - the last place before the reader
            # The path is not told: it may hold a reader's token.
            _log.exception("a page has failed", route=getattr(scope.get("route"), "path", ""))
            if not started:
                sorry = PlainTextResponse("Something went wrong here. Please try again later.\n", 500)
                await sorry(scope, receive, guarded)
