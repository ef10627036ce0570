"""Whether a document is a valid Atom feed: the grammar of RFC 4287, and what no grammar can say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from tests.validity.article import article_faults
from tests.validity.wording import (
    language_faults,
    order_faults,
    own_address_faults,
    rfc3339,
    rfc3339_faults,
    title_faults,
    twin_faults,
    uri_faults,
    web_faults,
)
from tests.validity.xml import (
    MEDIA,
    XML,
    character_faults_of_tree,
    extension_faults,
    namespace_faults,
    parsed,
    picture_faults,
)

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
_LINK_MEDIA = ("http", "https", "mailto")


def atom_faults(path: str, body: bytes) -> list[str]:
    """Return what is wrong with the Atom feed that is served at `path`, in words."""
    feed = parsed(body)
    if isinstance(feed, str):
        return [feed]
    if not _grammar().validate(feed):
        return [f"line {error.line}: {error.message}" for error in _grammar().error_log]
    found = [*_feed_faults(feed, path)]
    for number, entry in enumerate(feed.findall(f"{ATOM}entry"), 1):
        name = entry.findtext(f"{ATOM}id")
        found += [f"entry {number} ({name}): {fault}" for fault in _entry_faults(entry, feed)]
    return found


@cache
def _grammar() -> etree.RelaxNG:
    return etree.RelaxNG(file=str(Path(__file__).with_name("atom.rng")))


def _feed_faults(feed: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    entries = feed.findall(f"{ATOM}entry")
    yield from namespace_faults(feed)
    yield from character_faults_of_tree(feed)
    yield from extension_faults(feed)
    yield from uri_faults(feed.findtext(f"{ATOM}id"))
    yield from title_faults(feed.findtext(f"{ATOM}title"))
    yield from rfc3339_faults(feed.findtext(f"{ATOM}updated"))
    yield from own_address_faults(_link(feed, "self"), path)
    yield from _link_faults(feed)
    if _link(feed, "alternate") is None:
        yield "no page for people is named"
    yield from twin_faults(entry.findtext(f"{ATOM}id") for entry in entries)
    moments = [_moment(entry, "updated") for entry in entries]
    yield from order_faults(moments)
    newest = max((moment for moment in moments if moment), default=None)
    if newest and _moment(feed, "updated") != newest:
        yield f"the feed was updated {feed.findtext(f'{ATOM}updated')}, and its newest entry {newest}"
    if feed.find(f"{ATOM}author") is None and any(entry.find(f"{ATOM}author") is None for entry in entries):
        yield "neither the feed nor each entry has an author"
    for element in feed.iter():
        lang = element.get(f"{XML}lang") if isinstance(element.tag, str) else None
        if lang is not None:
            yield from language_faults(lang)


def _entry_faults(entry: Any, feed: Any) -> Iterator[str]:  # noqa: ANN401 - elements of lxml
    yield from uri_faults(entry.findtext(f"{ATOM}id"))
    if entry.findtext(f"{ATOM}id") == feed.findtext(f"{ATOM}id"):
        yield "its id is that of the feed"
    yield from title_faults(entry.findtext(f"{ATOM}title"))
    for name in ("published", "updated"):
        if (text := entry.findtext(f"{ATOM}{name}")) is not None:
            yield from rfc3339_faults(text)
    published, updated = _moment(entry, "published"), _moment(entry, "updated")
    if published and updated and updated < published:
        yield "it was updated before it was published"
    yield from _link_faults(entry)
    content = entry.find(f"{ATOM}content")
    if content is None and _link(entry, "alternate") is None:
        yield "it has neither content nor a page"
    for element in (content, entry.find(f"{ATOM}summary")):
        if element is not None and element.get("type") == "html":
            yield from article_faults(element.text or "")
    for picture in entry.iter(f"{MEDIA}content"):
        yield from picture_faults(picture)


def _link_faults(element: Any) -> Iterator[str]:  # noqa: ANN401 - an element of lxml
    links = element.findall(f"{ATOM}link")
    for link in links:
        yield from uri_faults(link.get("href"), schemes=_LINK_MEDIA)
        if "hreflang" in link.attrib:
            yield from language_faults(link.get("hreflang"))
    pages = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    )
    if any(count > 1 for count in pages.values()):
        yield "two alternate links are of one type and language"
    if len([link for link in links if link.get("rel") == "self"]) > 1:
        yield "two links say that they are this document"
    for uri in element.iterfind(f"{ATOM}author/{ATOM}uri"):
        yield from web_faults(uri.text or "")


def _link(element: Any, rel: str) -> str | None:  # noqa: ANN401 - an element of lxml
    links = element.findall(f"{ATOM}link")
    return next((link.get("href") for link in links if link.get("rel", "alternate") == rel), None)


def _moment(element: Any, name: str) -> datetime | None:  # noqa: ANN401 - an element of lxml
    return rfc3339(element.findtext(f"{ATOM}{name}") or "")
