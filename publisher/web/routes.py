"""Every address of the public site, in the order in which they are tried."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import anyio.to_thread
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Lifespan

from publisher.actions.join import public_lists
from publisher.actions.report_webhook import webhook_key
from publisher.app import Publisher
from publisher.web.api.door import PREFIX, Door
from publisher.web.clicks import Clicks, ClicksPage
from publisher.web.confirm import Confirm
from publisher.web.errors import Errors
from publisher.web.feeds import Feeds
from publisher.web.health import Readiness, healthz
from publisher.web.own_feed import OwnFeedPage, OwnFeeds
from publisher.web.own_file import OwnFile
from publisher.web.own_links import OwnLinks
from publisher.web.pages import Pages
from publisher.web.preferences import Preferences
from publisher.web.reports import LARGEST_REPORT, Reports
from publisher.web.search import Search
from publisher.web.security import Guard, public_headers
from publisher.web.subscribe import Subscribe
from publisher.web.unsubscribe import Unsubscribe

THREADS: Final = 8
"""So many requests ask the store at once; more threads would only keep those that write from their turn."""

LARGEST_BODY: Final = 10_000
"""Bytes of the largest body that a request may have."""


def site(publisher: Publisher, *, ticking: bool = True) -> ASGIApp:
    """Return the public site; with `ticking` it is ready only while the clock of this database runs.

    Nothing in it depends on the Host that a request names. Below a home URL with a path, such as
    `https://example.org/news`, it answers with and without that path.

    Raises:
        SettingsError: the key of posted reports cannot be read.
    """
    pages, clicks = Pages(publisher), Clicks(publisher)
    routes = every_route(publisher, pages, clicks, ticking=ticking)
    root = urlsplit(publisher.settings.publication.home_url).path
    if root:
        routes.insert(0, Mount(root, Router(routes, redirect_slashes=False)))
    app = Starlette(
        routes=routes,
        exception_handlers=Errors(publisher, pages).handlers(),
        lifespan=_lifespan(clicks),
        max_body_size=LARGEST_BODY,
    )
    app.router.redirect_slashes = False  # its redirects name the Host of the request
    return Feeds(publisher, Guard(app, public_headers(publisher.settings)))


def every_route(
    publisher: Publisher, pages: Pages, clicks: Clicks, *, ticking: bool = True
) -> list[BaseRoute]:
    """Return every address, in the order in which they are tried."""
    return [
        Route("/healthz", healthz),
        Route("/readyz", Readiness(publisher, ticking=ticking).readyz),
        api(publisher),
        *_own(publisher, clicks),
        *Unsubscribe(publisher).routes(),
        *Preferences(publisher).routes(),
        *OwnLinks(publisher).routes(),
        Route("/form.css", OwnFile(publisher.theme, "form.css").serve),
        Route("/choices.css", OwnFile(publisher.theme, "choices.css").serve),
        Route("/confirm/{token}", Confirm(publisher).page, methods=["GET", "POST"]),
        *_joining(publisher),
        *_reports(publisher),
        *(_search(publisher) if publisher.settings.web.search else ()),
        Route("/media/{name}", pages.picture),
        Route("/{path:path}", pages.page),
    ]


def api(publisher: Publisher, **limits: int) -> Mount:
    """Return what answers every address of the API, also those that no address can be."""
    mount = Mount(PREFIX, Door(publisher, **limits), max_body_size=sys.maxsize)  # it has a limit of its own
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _own(publisher: Publisher, clicks: Clicks) -> tuple[BaseRoute, ...]:
    """Return what only a reader's own links lead to, and the links that count clicks."""
    both = ["GET", "POST"]
    return (
        Route("/preferences/{token}/feed", OwnFeedPage(publisher).page, methods=both),
        Route("/preferences/{token}/clicks", ClicksPage(publisher).page, methods=both),
        Route("/own/{token}/feed.{output}", OwnFeeds(publisher).serve),
        Route("/to/{token}", clicks.go),
    )


def _reports(publisher: Publisher) -> tuple[BaseRoute, ...]:
    """Return the door for posted reports, if there is a key to it."""
    key = webhook_key(publisher.settings)
    if key is None:
        return ()
    door = Reports(publisher, key).receive
    return (Route("/reports", door, methods=["POST"], max_body_size=LARGEST_REPORT),)


def _joining(publisher: Publisher) -> tuple[BaseRoute, ...]:
    """Return the form to join, if there is a list to be joined."""
    if not public_lists(publisher.settings):
        return ()
    return (Route("/subscribe", Subscribe(publisher).page, methods=["GET", "POST"]),)


def _search(publisher: Publisher) -> tuple[BaseRoute, ...]:
    found = Search(publisher)
    return (
        Route("/search", found.page),
        Route("/search.css", OwnFile(publisher.theme, "search.css").serve),
        Route("/opensearch.xml", found.description),
    )


def _lifespan(clicks: Clicks) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield
        await clicks.close()

    return lifespan
