"""Feeds as readers' programs have them: the same entries out of three formats, by three parsers.

assert told(publisher, "title") == ["R&D at AT&T"]
"""

from __future__ import annotations

import json
from calendar import timegm
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import html5lib
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from publisher.app import Publisher
from publisher.store import public

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a program finds in an entry."""

    id: str
    title: str
    link: str
    lang: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]
    author: str
    html: str

    @property
    def text(self) -> str:
        """The words that a browser shows."""
        return " ".join("".join(html5lib.parseFragment(self.html).itertext()).split())


def told(publisher: Publisher, value: str, *, feed: str = "/feed") -> list[Any]:
    """Return that value of every entry of a feed, which all programs have to find alike in all formats."""
    found = {name: [getattr(entry, value) for entry in each] for name, each in read(publisher, feed).items()}
    (first, *others) = found.values()
    assert all(other == first for other in others), found
    return first


def articles(publisher: Publisher, *, feed: str = "/feed") -> list[str]:
    """Return the HTML of every entry, which is the same in all formats."""
    found = read(publisher, feed)
    exact = [[entry.html for entry in found[name]] for name in found if not name.startswith("feedparser")]
    assert exact[0] == exact[1] == exact[2]
    return exact[0]


def read(publisher: Publisher, feed: str = "/feed") -> dict[str, list[Entry]]:
    """Return the entries of a feed as each program finds them."""
    return {name: list(parse(body(publisher, feed + ending))) for name, (ending, parse) in PROGRAMS.items()}


def body(publisher: Publisher, path: str) -> bytes:
    """Return what is served at a path."""
    with publisher.database.read() as db:
        found = public.find(db, path)
    assert found is not None, path
    return found.body


def _by_feedparser(text: bytes) -> Iterator[Entry]:
    feed = feedparser.parse(text)
    assert not feed.bozo
    for entry in feed.entries:
        yield Entry(
            id=entry.id,
            title=entry.title,
            link=entry.link,
            lang=entry.content[0].language,
            published=datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
            updated=datetime.fromtimestamp(timegm(entry.updated_parsed), UTC),
            tags=tuple(tag.term for tag in entry.get("tags", ())),
            author=entry.get("author", ""),
            html=entry.content[0].value,
        )


def _rss_by_lxml(text: bytes) -> Iterator[Entry]:
    for item in etree.fromstring(text).iterfind("channel/item"):
        yield Entry(
            id=item.findtext("guid"),
            title=item.findtext("title"),
            link=item.findtext("link"),
            lang=item.findtext("dc:language", namespaces=NAMES),
            published=parsedate_to_datetime(item.findtext("pubDate")),
            updated=datetime.fromisoformat(item.findtext("atom:updated", namespaces=NAMES)),
            tags=tuple(tag.text for tag in item.iterfind("category")),
            author=item.findtext("dc:creator", default="", namespaces=NAMES),
            html=item.findtext("content:encoded", namespaces=NAMES),
        )


def _atom_by_lxml(text: bytes) -> Iterator[Entry]:
    for entry in etree.fromstring(text).iterfind("atom:entry", NAMES):
        yield Entry(
            id=entry.findtext("atom:id", namespaces=NAMES),
            title=entry.findtext("atom:title", namespaces=NAMES),
            link=entry.find("atom:link[@rel='alternate']", NAMES).get("href"),
            lang=entry.get(_LANG),
            published=datetime.fromisoformat(entry.findtext("atom:published", namespaces=NAMES)),
            updated=datetime.fromisoformat(entry.findtext("atom:updated", namespaces=NAMES)),
            tags=tuple(tag.get("term") for tag in entry.iterfind("atom:category", NAMES)),
            author=entry.findtext("atom:author/atom:name", default="", namespaces=NAMES),
            html=entry.findtext("atom:content", namespaces=NAMES),
        )


def _json(text: bytes) -> Iterator[Entry]:
    for item in json.loads(text)["items"]:
        yield Entry(
            id=item["id"],
            title=item["title"],
            link=item["url"],
            lang=item["language"],
            published=datetime.fromisoformat(item["date_published"]),
            updated=datetime.fromisoformat(item["date_modified"]),
            tags=tuple(item.get("tags", ())),
            author="".join(author["name"] for author in item.get("authors", ())),
            html=item["content_html"],
        )


PROGRAMS: Mapping[str, tuple[str, Callable[[bytes], Iterator[Entry]]]] = {
    "feedparser of RSS": (".rss", _by_feedparser),
    "feedparser of Atom": (".atom", _by_feedparser),
    "lxml of RSS": (".rss", _rss_by_lxml),
    "lxml of Atom": (".atom", _atom_by_lxml),
    "json": (".json", _json),
}
