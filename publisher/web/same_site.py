"""Whether a form was sent from a page of ours: what another site lets a browser send changes nothing."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from publisher.settings import Settings

_OWN: Final = ("same-origin", "none")
"""What browsers say of a form on a page of ours, and of one that no page has sent."""


_PORTS: Final = {"http": 80, "https": 443}


def refuse_other_sites(request: Request, settings: Settings) -> None:
    """Let a request pass that a browser sends from a page of ours, or that no browser sends.

    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin` alone. A program that
    says neither has no other site's page in it.

    Raises:
        HTTPException: 403, another site has sent it.
    """
    said = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if said is not None:
        is_ours = said in _OWN
    else:
        is_ours = origin is None or _origin(origin) == _origin(settings.publication.home_url)
    if not is_ours:
        raise HTTPException(403, "this form was sent from another site; open our page and try again there")


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Return scheme, host and port however they are spelled (RFC 6454 section 4); None without a host."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port or _PORTS.get(parts.scheme)) if parts.hostname else None
