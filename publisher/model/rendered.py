"""What outputs make: parts of one edition, and artefacts of the whole site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from publisher.model.edition import Direction, Masthead
from publisher.model.shelves import Shelf, Volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Bytes that one output made of one edition, with issue fill-ins still to be put in.

    `key` is "" for the issue as a whole, else the slug of the story. `path` is the public path under the
    home URL ("/stories/heat/") if the part is a page of its own, else None: a mail, or a feed entry that
    only shared artefacts contain.
    """

    output: str
    key: str
    media_type: str
    body: bytes = field(repr=False)
    path: str | None = None
    longest: int = 0
    """Bytes of a mail's body with the longest values in its places; 0 where that does not matter."""
    shortened: tuple[str, ...] = ()
    """Slugs of the stories of which this part has only the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """Bytes served at a public path under the home URL, exactly as they stand.

    `status` is 200, 410 for what was withdrawn, or 301 for what stands at the path `location` now. `link` is
    the value of the `Link` header (RFC 8288), or empty. `gzip` are the same bytes, compressed, if that is
    smaller.
    """

    path: str
    media_type: str
    body: bytes = field(repr=False)
    status: int = 200
    location: str = ""
    link: str = ""
    gzip: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """What shared artefacts say of a story that is public; its moments are in UTC."""

    id: str
    slug: str
    url: str
    title: str
    lang: str
    dir: Direction
    summary: str
    minutes: int
    published: datetime
    updated: datetime
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCard:
    """What shared artefacts say of an issue that is public; `updated` >= `published`, both in UTC."""

    id: str
    slug: str
    url: str
    title: str
    number: int | None
    lang: str
    dir: Direction
    summary: str
    minutes: int
    published: datetime
    updated: datetime
    lists: tuple[str, ...]
    stories: tuple[StoryCard, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as it stands in feeds: its moments, and its filled-in bytes by name of output."""

    id: str
    published: datetime
    updated: datetime
    bodies: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed document to be made: the live feed of a shelf, or a volume of its archive (RFC 5005).

    `older` is the volume that follows it when a reader goes back in time.
    """

    shelf: Shelf
    items: tuple[Item, ...]
    volume: Volume | None = None
    older: Volume | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPage:
    """A page of a tag to be made, with `count` stories in all: the first one, with the newest, has number 0.

    The others, 1 to `pages`, are counted from the oldest stories on, so that a full one stays as it is.
    """

    shelf: Shelf
    count: int
    stories: tuple[StoryCard, ...]
    number: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A shelf, and how many entries stand on it."""

    shelf: Shelf
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that is public, as far as the shared artefacts need it to be rebuilt.

    `recent` is newest first, long enough for the front page. `touched` are the years whose archive pages and
    sitemaps must be made anew, each with all its issues newest first. `years` are all years that have issues,
    newest first. `documents` and `tag_pages` are those that must be made anew, `tags` all tags by name.
    `moved` are paths at which no page stands any more, with those of the pages that have taken their place.
    `hubs` are the addresses of the WebSub hubs that work. `search` says whether there is a page to search,
    `joining` whether there is one to join a list.
    `purist` feeds have the media types that were registered for them.
    """

    masthead: Masthead
    recent: tuple[IssueCard, ...]
    touched: Mapping[int, tuple[IssueCard, ...]]
    years: tuple[int, ...]
    lists: Mapping[str, str] = field(default_factory=dict)
    """Public lists: name -> title."""
    documents: tuple[Document, ...] = ()
    tags: tuple[Counted, ...] = ()
    tag_pages: tuple[TagPage, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    hubs: tuple[str, ...] = ()
    search: bool = False
    joining: bool = False
    purist: bool = False
