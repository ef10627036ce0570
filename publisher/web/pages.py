"""Stored pages and pictures, straight from the store: no story is rendered on a request."""

from __future__ import annotations

from functools import lru_cache, partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from publisher.app import Publisher
from publisher.model.shelves import address
from publisher.store import editions, issues, public
from publisher.web.representation import Answer, fresh_until, represent, represent_picture
from publisher.web.security import public_headers

GUESSES: Final = {
    "/atom": "/feed.atom",
    "/atom.xml": "/feed.atom",
    "/feed": "/feed.atom",
    "/feed.xml": "/feed.atom",
    "/index.xml": "/feed.rss",
    "/issues": "/archive/",
    "/rss": "/feed.rss",
    "/rss.xml": "/feed.rss",
    "/stories": "/archive/",
}
"""Where people and programs look for a feed, and where it is; and what is left of an address cut short."""

MISSING: Final = "/404.html"

FEEDS: Final = "/feeds/"
"""The one page that has a script, of its own file: it adds buttons to copy addresses."""

_COMPRESSED: Final = 128
"""So many pages are remembered with their compressed bytes."""

_GONE: Final = {"cache-control": "public, max-age=3600", "x-robots-tag": "noindex"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"


class Pages:
    """The pages of issues, stories and archive, and the pictures in them."""

    def __init__(self, publisher: Publisher) -> None:
        self._database = publisher.database
        self._root = urlsplit(publisher.settings.publication.home_url).path
        self._scripted = public_headers(publisher.settings, script_src="'self'")
        self._represent = lru_cache(maxsize=_COMPRESSED)(partial(represent, root=self._root))

    def page(self, request: Request) -> Answer | Response:
        """Serve what is stored at the path; an old guess or a missing slash at its end is sent on.

        What has moved is sent on, too; of what was withdrawn the page says so, with status 410.

        Raises:
            HTTPException: 404, there is nothing at this path.
        """
        path = f"/{request.path_params['path']}"
        if path == self._root:
            return self._moved("/")
        if (guess := path.rstrip("/")) in GUESSES:
            return self._moved(GUESSES[guess])
        if path == MISSING or "\0" in path:
            raise HTTPException(404)
        with self._database.read() as db:
            stored = public.find(db, path)
            lacks_slash = stored is None and public.find(db, f"{path}/") is not None
            cache = fresh_until(issues.next_due(db), now=self._database.now(db))
        if lacks_slash:
            return self._moved(f"{path}/")
        if stored is None:
            raise HTTPException(404)
        if stored.status == HTTPStatus.MOVED_PERMANENTLY:
            return self._moved(stored.location)
        if stored.status == HTTPStatus.GONE:
            return Response(stored.body, stored.status, _GONE, stored.media_type)
        also = self._scripted if path == FEEDS else ()
        return self._represent(stored, also=also).answer(request.scope, cache=cache)

    def picture(self, request: Request) -> Answer:
        """Serve a picture; its name is made from its content, so it never changes.

        Raises:
            HTTPException: 404, nothing public shows such a picture.
        """
        name = request.path_params["name"]
        with self._database.read() as db:
            found = None if "\0" in name else editions.picture(db, name)
        if found is None:
            raise HTTPException(404)
        return represent_picture(name, *found).answer(request.scope, cache=_FOR_EVER)

    def missing(self) -> bytes | None:
        """Return the page that says that there is no such page, if one is stored."""
        with self._database.read() as db:
            stored = public.find(db, MISSING)
        return stored.body if stored else None

    def _moved(self, path: str) -> Response:
        return RedirectResponse(address(self._root + path), 301, {"cache-control": "public, max-age=3600"})
