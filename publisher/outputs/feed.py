"""What the three feed formats share: which entries there are, in which order, and within which limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlsplit

from publisher.model.characters import clean_line
from publisher.model.edition import Direction, Edition, Masthead, PrintedPicture, PrintedStory
from publisher.model.fillins import Ink
from publisher.model.rendered import Document, Site
from publisher.model.shelves import ISSUES, STORIES, Kind, Shelf, Volume, address, list_shelf
from publisher.outputs.article import issue_html, source_name, story_html
from publisher.outputs.corrections import correction_lines
from publisher.outputs.words import words

WINDOW: Final = timedelta(days=14)
FORMATS: Final = ("atom", "rss", "json")
"""The outputs that are feeds; each is the ending of its addresses."""

AT_LEAST: Final = 25
AT_MOST: Final = 510_000
"""A feed holds all entries of the window that ends with its newest, or more if they are few, of so many bytes
together (its head adds about one kilobyte): some readers delete what has left the feed.
"""

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?:[\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+", re.ASCII)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated."""

GENERATOR: Final = "Publisher"
"""Without a version, so that a release changes no feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed; `published`, `pubdate` and `updated` are tokens, every text is clean.

    `key` is the slug of its story, "" for a whole issue. `uri` is the id where only an address can be one:
    imported material keeps what it had, and that need not be an address.
    """

    key: str
    id: str
    uri: str
    url: str
    title: str
    lang: str
    dir: Direction
    summary: str
    html: str
    published: str
    pubdate: str
    updated: str
    author: str = ""
    link: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    picture: PrintedPicture | None = None
    story: PrintedStory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A feed around its entries, which are filled-in bytes, newest first.

    `home` is the page that shows people the same, `site` the front page.

    `current` is set in volumes of an archive: the address of the live feed (RFC 5005). `older` is the address
    of the volume before.
    """

    id: str
    path: str
    url: str
    home: str
    site: str
    title: str
    description: str
    lang: str
    author: str
    stylesheet: str
    updated: datetime
    entries: tuple[bytes, ...]
    current: str = ""
    older: str = ""
    hubs: tuple[str, ...] = ()
    is_purist: bool = False

    @property
    def link(self) -> str:
        """The value of the `Link` header (RFC 8288): the feed, its hubs, and the way to its archive."""
        links = [(self.url, "self"), *((hub, "hub") for hub in self.hubs)]
        links += [(self.older, "prev-archive")] if self.older else []
        links += [(self.current, "current")] if self.current else []
        return ", ".join(f'<{url}>; rel="{relation}"' for url, relation in links)


@lru_cache(maxsize=1)
def entries(edition: Edition, *, ink: Ink) -> tuple[Entry, ...]:
    """Return the entry of the whole issue, then one for each story; the formats ask in turn for the same."""
    stories = (_of_story(edition, position, ink) for position in range(1, len(edition.stories) + 1))
    return (_of_issue(edition, ink), *stories)


def channels(site: Site, *, output: str) -> tuple[Channel, ...]:
    """Return the feeds that have to be made in a format, and the volumes of their archives."""
    return tuple(_channel(site, document, output) for document in site.documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """An entry that could be in a feed: when it changed, and how many bytes its largest form has."""

    updated: datetime
    size: int


def window(candidates: Sequence[Sized]) -> int:
    """Return how many of these entries, newest first, a feed shows."""
    size = 0
    for shown, entry in enumerate(candidates):
        size += entry.size
        if shown >= AT_LEAST and entry.updated < candidates[0].updated - WINDOW:
            return shown
        if shown and size > AT_MOST:
            return shown
    return len(candidates)


def feed_path(shelf: Shelf, output: str, volume: Volume | None = None) -> str:
    """Return the public path of a feed, or of a volume of its archive: `/feed.atom`, `/feed/2026-10.atom`."""
    return f"{shelf.folder}/feed{f'/{volume.name}' if volume else ''}.{output}"


def main_shelves(site: Site) -> tuple[Shelf, ...]:
    """Return the shelves whose feeds people choose from: stories, issues, and lists if there are several."""
    lists = tuple(list_shelf(name, title) for name, title in site.lists.items())
    return (STORIES, ISSUES, *(lists if len(lists) > 1 else ()))


def feed_title(masthead: Masthead, shelf: Shelf) -> str:
    """Return what a feed is called: the publication's title, and what is special about it."""
    title, special = clean_line(masthead.title), words(masthead.lang)
    named = {
        Kind.STORIES: "",
        Kind.ISSUES: special.issues,
        Kind.TAG: clean_line(shelf.title),
        Kind.LIST: clean_line(shelf.title),
    }[shelf.kind]
    return f"{title} – {named}" if named else title


def _of_issue(edition: Edition, ink: Ink) -> Entry:
    return Entry(
        key="",
        id=edition.id,
        uri=_uri(edition.id, edition.masthead),
        url=edition.url,
        title=_title(edition.title, edition.subject),
        lang=edition.lang,
        dir=edition.dir,
        summary=clean_line(edition.preheader),
        html=_directed(issue_html(edition), edition, edition.masthead),
        published=ink.token("published-0"),
        pubdate=ink.token("pubdate-0"),
        updated=ink.token("updated-0"),
        tags=tuple(clean_line(tag) for tag in edition.tags),
        picture=next((story.picture for story in edition.stories if story.picture), None),
    )


def _of_story(edition: Edition, position: int, ink: Ink) -> Entry:
    story = edition.stories[position - 1]
    article = story_html(story, corrections=correction_lines(edition, story))
    return Entry(
        key=story.slug,
        id=story.id,
        uri=_uri(story.id, edition.masthead),
        url=story.url,
        title=_title(story.title, story.summary or story.lead.text),
        lang=story.lang,
        dir=story.dir,
        summary=clean_line(story.summary),
        html=_directed(article, story, edition.masthead),
        published=ink.token(f"published-{position}"),
        pubdate=ink.token(f"pubdate-{position}"),
        updated=ink.token(f"updated-{position}"),
        author=clean_line(story.author),
        link=story.link,
        source=clean_line(source_name(story)),
        tags=tuple(clean_line(tag) for tag in story.tags),
        picture=story.picture,
        story=story,
    )


def _channel(site: Site, document: Document, output: str) -> Channel:
    masthead, shelf, volume = site.masthead, document.shelf, document.volume
    shown = [item for item in document.items if output in item.bodies]
    home, live = masthead.home_url, feed_path(shelf, output)
    path = feed_path(shelf, output, volume)
    older = document.older and home + address(feed_path(shelf, output, document.older))
    title = clean_line(masthead.title)
    return Channel(
        id=f"tag:{masthead.tag}:feed/{address(shelf.key.replace(':', '/', 1))}",
        path=path,
        url=home + address(path),
        home=home + address(_page(shelf)),
        site=f"{home}/",
        title=feed_title(masthead, shelf),
        description=clean_line(masthead.description) or title,
        lang=masthead.lang,
        author=title,
        stylesheet=f"{urlsplit(home).path}/feed.css",
        updated=max((item.updated for item in shown), default=EPOCH),
        entries=tuple(item.bodies[output] for item in shown),
        current=home + address(live) if volume else "",
        older=older or "",
        hubs=() if volume else site.hubs,
        is_purist=site.purist,
    )


def _page(shelf: Shelf) -> str:
    """Return the page that shows people what a feed shows programs."""
    return f"{shelf.folder}/" if shelf.kind is Kind.TAG else "/"


def _uri(known_as: str, masthead: Masthead) -> str:
    """Return an id as Atom wants it (RFC 4287 section 4.2.6): itself if it is an address, else a tag URI."""
    if _ADDRESS.fullmatch(known_as):
        return known_as
    return f"tag:{masthead.tag}:external/{quote(known_as, safe='')}"


def _title(title: str, instead: str) -> str:
    """Return a title that is never empty: at worst the first words of something else."""
    return clean_line(title) or " ".join(clean_line(instead).split()[:12]) or "…"


def _directed(html: str, text: Edition | PrintedStory, masthead: Masthead) -> str:
    """Tell language and direction in the HTML itself where readers could not know them from the feed."""
    if text.lang == masthead.lang and text.dir is Direction.LTR:
        return html
    return f'<div lang="{text.lang}" dir="{text.dir}">\n{html}\n</div>'
