"""What a demo shows beside the site: the preview of its newsroom, and the mails that were delivered."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route, Router
from starlette.types import ASGIApp

from publisher.web.mailbox import mailbox_routes
from publisher.web.preview import preview_routes
from publisher.web.tool import tool


def looking(root: Path, *, mail: Path) -> ASGIApp:
    """Return one application: `/preview/` of the newsroom in `root`, `/mails/` of the Maildir `mail`.

    It shows drafts and readers' addresses without asking who looks: it is for 127.0.0.1 alone.
    """
    return tool(
        [
            Route("/", _to_preview),
            Route("/preview", _to_preview),
            Route("/mails", lambda _request: RedirectResponse("/mails/", 301)),
            Mount("/preview", Router(preview_routes(root), redirect_slashes=False)),
            Mount("/mails", Router(mailbox_routes(mail), redirect_slashes=False)),
        ]
    )


def _to_preview(_request: Request) -> RedirectResponse:
    return RedirectResponse("/preview/", 301)
