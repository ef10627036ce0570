"""`/search` and `/search?q=…`: the whole archive by its words, and how browsers learn of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from publisher.app import Publisher
from publisher.errors import TooSlowError
from publisher.model.characters import clean_line
from publisher.model.edition import Direction
from publisher.model.fillins import rfc3339
from publisher.model.passages import Segment, marked, passage
from publisher.model.phrases import phrases
from publisher.model.rendered import Counted
from publisher.model.search import LONGEST, MOST_FOUND, ON_A_PAGE, Found, Query, read_query
from publisher.model.shelves import Shelf, address, tag_shelf
from publisher.outputs.labels import labels
from publisher.store import public, search, shelves
from publisher.web.frame import reply
from publisher.web.search_words import search_words

_CACHE: Final = "public, max-age=60"

_TAGS: Final = 24
"""So many tags are offered where nothing is found, the fullest ones."""

_SHORT: Final = 16
"""Characters of a name in a browser's list (OpenSearch 1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to go: its name and its address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is shown of a page that was found; `iso` and `day` are its date for programs and for people."""

    url: str
    lang: str
    dir: Direction
    title: tuple[Segment, ...]
    passage: tuple[Segment, ...]
    iso: str
    day: str
    tags: tuple[Link, ...]


class Search:
    """The page to search; it reads and keeps nothing of what is searched for."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._masthead = publisher.settings.masthead()
        self._words = search_words(self._masthead.lang)
        self._offered: tuple[int, Sequence[Counted]] = (-1, ())  # of that generation, counted once

    def page(self, request: Request) -> Response:
        """Answer a search with one page of what was found, the best first; without one, ask for it.

        One that takes too long is given up (503).

        Raises:
            StoreError: the database does not answer.
        """
        query = read_query(request.query_params.get("q", ""))
        try:
            return self._found(query, _page(request.query_params.get("page", "")))
        except TooSlowError:
            return self._reply(query, status=HTTPStatus.SERVICE_UNAVAILABLE, results=(), tags=())

    def _found(self, query: Query, asked: int) -> Response:
        with self._publisher.database.read() as db:
            numbers = search.find(db, query)
            pages = max(1, -(-min(len(numbers), MOST_FOUND) // ON_A_PAGE))
            page = min(asked, pages)
            shown = search.read(db, numbers[: page * ON_A_PAGE][(page - 1) * ON_A_PAGE :])
            if not shown and self._offered[0] != (generation := public.generation(db)):
                self._offered = generation, _fullest(shelves.tags(db))
        answer = self._reply(
            query,
            results=[self._result(found, query) for found in shown],
            count=self._count(len(numbers)),
            first=(page - 1) * ON_A_PAGE + 1,
            place=self._words.page.format(page, pages) if pages > 1 else "",
            before=self._at(query, page - 1) if page > 1 else "",
            after=self._at(query, page + 1) if page < pages else "",
            tags=[self._tag(each.shelf) for each in self._offered[1]],
        )
        answer.headers["cache-control"] = _CACHE
        return answer

    def _reply(self, query: Query, *, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401 - whatever the template shows
        label = labels(self._masthead.lang).find
        return reply(
            self._publisher,
            "search.html",
            status=status,
            title=f"{label}: {query.text}" if query.text else label,
            find=self._words,
            query=query.text,
            longest=LONGEST,
            is_too_long=status != HTTPStatus.OK,
            **values,
        )

    def description(self, _request: Request) -> Response:
        """Describe the search for browsers (OpenSearch 1.1)."""
        title, home = clean_line(self._masthead.title), self._masthead.home_url
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
            f"<ShortName>{escape(title[:_SHORT].strip())}</ShortName>\n"
            f"<Description>{escape(title)}</Description>\n<InputEncoding>UTF-8</InputEncoding>\n"
            f'<Url type="text/html" template={quoteattr(f"{home}/search?q={{searchTerms}}")}/>\n'
            "</OpenSearchDescription>\n"
        )
        headers = {"cache-control": "public, max-age=86400"}
        return Response(body, headers=headers, media_type="application/opensearchdescription+xml")

    def _count(self, found: int) -> str:
        if found > MOST_FOUND:
            return self._words.many.format(MOST_FOUND)
        return self._words.found.format(found)

    def _result(self, found: Found, query: Query) -> Result:
        day = found.published.astimezone(ZoneInfo(self._masthead.timezone)).date()
        return Result(
            url=found.url,
            lang=found.lang,
            dir=found.dir,
            title=marked(found.title, query),
            passage=passage(found.text, query),
            iso=rfc3339(found.published),
            day=phrases(found.lang).date(day),
            tags=tuple(self._tag(tag_shelf(tag)) for tag in found.tags),
        )

    def _tag(self, shelf: Shelf) -> Link:
        return Link(name=shelf.title, url=f"{self._masthead.home_url}{address(shelf.folder)}/")

    def _at(self, query: Query, page: int) -> str:
        return "?" + urlencode({"q": query.text} | ({"page": str(page)} if page > 1 else {}))


def _page(asked: str) -> int:
    """Return the page that is asked for, the first one if that is no number."""
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < len("1000") else 1


def _fullest(tags: Sequence[Counted]) -> list[Counted]:
    """Return the tags that have the most stories, by name."""
    fullest = sorted(tags, key=lambda each: -each.count)[:_TAGS]
    return sorted(fullest, key=lambda each: each.shelf.key)
