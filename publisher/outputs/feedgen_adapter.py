"""feedgen 1.0.0 behind a door of our own: it builds RSS 2.0 and Atom (RFC 4287), and here it is cured.

Each cure has a test that fails without it. No date is left to feedgen: it takes the present moment for what
it is not told, and switches the locale of the whole process to write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Final

from feedgen.entry import FeedEntry  # type: ignore[import-untyped]  # feedgen has no types
from feedgen.ext.base import BaseExtension  # type: ignore[import-untyped]  # same
from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]  # same
from feedgen.util import xml_elem  # type: ignore[import-untyped]  # same

from publisher.model.fillins import rfc3339, rfc5322
from publisher.outputs.feed import EPOCH, GENERATOR, Channel, Entry

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]  # lxml has no types

MEDIA_TYPE: Final = "application/xml; charset=utf-8"
"""Browsers show this with its stylesheet, and `application/rss+xml` as source or a download."""

PURE_RSS: Final = "application/rss+xml"
PURE_ATOM: Final = "application/atom+xml"
"""The media types that were registered, or nearly so, for those who want them (RFC 4287 section 7)."""

_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_MEDIA: Final = "{http://search.yahoo.com/mrss/}"
_HISTORY: Final = "{http://purl.org/syndication/history/1.0}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_FRAME: Final = Channel(
    id="-", path="-", url="-", home="-", site="-", title="-", description="-", lang="en", author="-",
    stylesheet="-", updated=EPOCH, entries=(),
)  # fmt: skip
"""What stands around entries until they are cut out."""


def rss_entries(entries: Iterable[Entry]) -> list[bytes]:
    """Return the `item` of each entry, as it stands in what `rss_feed` makes."""
    return _cut(_with_plain_titles(_Feed(_FRAME, "rss", entries).rss_str()), b"item")


def rss_feed(channel: Channel) -> bytes:
    """Return an RSS document around the channel's entries."""
    return _joined(_with_plain_titles(_Feed(channel, "rss").rss_str()), channel, end=b"</channel></rss>")


def atom_entries(entries: Iterable[Entry]) -> list[bytes]:
    """Return the `entry` element of each entry, as it stands in what `atom_feed` makes."""
    return _cut(_Feed(_FRAME, "atom", entries).atom_str(), b"entry")


def atom_feed(channel: Channel) -> bytes:
    """Return an Atom document around the channel's entries."""
    return _joined(_Feed(channel, "atom").atom_str(), channel, end=b"</feed>")


def _cut(document: bytes, element: bytes) -> list[bytes]:
    """Take entries out of their document, where all namespaces are declared; alone, they would get `ns0:`."""
    end = b"</%b>" % element
    _, begin, rest = document.partition(b"<%b" % element)
    *entries, _ = (begin + rest).split(end)
    return [entry + end for entry in entries]


def _joined(document: bytes, channel: Channel, *, end: bytes) -> bytes:
    declaration, _, root = document.partition(b"\n")
    stylesheet = f'<?xml-stylesheet type="text/css" href="{channel.stylesheet}"?>'.encode()
    head = root.strip().removesuffix(end)
    return b"\n".join([declaration, stylesheet, head, *channel.entries, end]) + b"\n"


def _with_plain_titles(document: bytes) -> bytes:
    """Write `&` and `<` in RSS titles as hexadecimal references: readers take them for text, not HTML."""
    return re.sub(
        rb"<title>[^<]*</title>",
        lambda title: title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;"),
        document,
    )


class _Feed(FeedGenerator):  # type: ignore[misc]  # feedgen has no types
    """A feed around `entries`, which stay in their order."""

    def __init__(self, channel: Channel, kind: str, entries: Iterable[Entry] = ()) -> None:
        super().__init__()
        self.id(channel.id)
        self.title(channel.title)
        self.description(channel.description)
        self.subtitle(channel.description)
        self.language(channel.lang)
        self.author(name=channel.author)
        self.generator(GENERATOR)
        self.link(href=channel.url, rel="self", type=f"application/{kind}+xml")
        self.link(
            href=channel.home, rel="alternate", type="text/html"
        )  # last: RSS takes the last for its own
        self.updated(channel.updated)
        self._FeedGenerator__rss_lastBuildDate = None  # _Cures writes it, without a change of locale
        self.register_extension("publisher", _Cures)
        self.publisher.channel = channel
        for entry in entries:
            self.add_entry(_Entry(entry), order="append")


class _Cures(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Declares the namespaces that our entries use, writes the date of the feed, and its further links."""

    channel = _FRAME

    def extend_ns(self) -> dict[str, str]:
        return {"dc": _DC.strip("{}"), "media": _MEDIA.strip("{}"), "fh": _HISTORY.strip("{}")}

    def extend_rss(self, rss: Element) -> None:
        xml_elem("lastBuildDate", rss[0]).text = rfc5322(self.channel.updated)
        self._add_links(rss[0], f"{_ATOM}link")

    def extend_atom(self, feed: Element) -> None:
        feed.set(_LANG, self.channel.lang)
        feed.find("updated").text = rfc3339(self.channel.updated)
        self._add_links(feed, "link")

    def _add_links(self, parent: Element, name: str) -> None:
        """Add the hubs (WebSub section 4) and the way into the archive (RFC 5005 section 4)."""
        channel = self.channel
        links = [("hub", hub) for hub in channel.hubs]
        links += [("prev-archive", channel.older)] if channel.older else []
        links += [("current", channel.current)] if channel.current else []
        for relation, url in links:
            xml_elem(name, parent, rel=relation, href=url)
        if channel.current:
            xml_elem(f"{_HISTORY}archive", parent)


class _Entry(FeedEntry):  # type: ignore[misc]  # feedgen has no types
    """One entry in both formats."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._ours = entry
        self.id(entry.id)
        self.title(entry.title)
        self.summary(entry.summary or entry.title)
        self.content(entry.html, type="html")
        self.link(href=entry.url, rel="alternate", type="text/html", hreflang=entry.lang)
        self.category([{"term": tag} for tag in entry.tags])
        if entry.author:
            self.author(name=entry.author)
        if entry.link:
            self.link(href=entry.link, rel="via", title=entry.source)

    def rss_entry(self, extensions: bool = True) -> Element:  # noqa: FBT001, FBT002 (feedgen's signature)
        """Return the `item`: dates as tokens, author, language, picture and source in their namespaces.

        Its description is HTML, as readers take it: the words of a summary are escaped once more.
        """
        item, ours = super().rss_entry(extensions), self._ours
        item.find("description").text = escape(ours.summary or ours.title, quote=False)
        item.set(_LANG, ours.lang)
        xml_elem("pubDate", item).text = ours.pubdate
        xml_elem(f"{_ATOM}updated", item).text = ours.updated
        xml_elem(f"{_DC}language", item).text = ours.lang
        if ours.author:
            xml_elem(f"{_DC}creator", item).text = ours.author
        if ours.link:
            xml_elem("source", item, url=ours.link).text = ours.source
        self._add_picture(item)
        return item

    def atom_entry(self, extensions: bool = True) -> Element:  # noqa: FBT001, FBT002 (feedgen's signature)
        """Return the `entry`: dates as tokens, links with the attributes that feedgen forgets."""
        element, ours = super().atom_entry(extensions), self._ours
        element.set(_LANG, ours.lang)
        element.find("id").text = ours.uri
        element.find("updated").text = ours.updated
        xml_elem("published", element).text = ours.published
        for link, wanted in zip(element.iterfind("link"), self.link(), strict=True):
            link.attrib.update(wanted)
        self._add_picture(element)
        return element

    def _add_picture(self, element: Element) -> None:
        """Add the picture as one `media:content`; feedgen's extension would put it in a group alone."""
        picture = self._ours.picture
        if picture is None:
            return
        content = xml_elem(
            f"{_MEDIA}content",
            element,
            url=picture.url,
            type=picture.media_type,
            medium="image",
            fileSize=str(picture.size),
            width=str(picture.width),
            height=str(picture.height),
        )
        xml_elem(f"{_MEDIA}description", content, type="plain").text = picture.alt
