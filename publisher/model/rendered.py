"""What outputs make: parts of one edition, and artefacts of the whole site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from publisher.model.edition import Direction, Masthead


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
    """Bytes served at a public path under the home URL, exactly as they stand."""

    path: str
    media_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCard:
    """What shared artefacts say of a story that is public."""

    id: str
    slug: str
    url: str
    title: str
    lang: str
    dir: Direction
    summary: str
    minutes: int
    updated: datetime
    tags: tuple[str, ...] = ()
    entries: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The story's filled-in parts by name of output; empty outside the recent window."""


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
    entries: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that is public, as far as the shared artefacts need it to be rebuilt.

    `recent` is newest first, long enough for every feed and the front page, with entries. `touched` are the
    years whose archive pages and sitemaps must be made anew, each with all its issues newest first, without
    entries. `years` are all years that have issues, newest first.
    """

    masthead: Masthead
    recent: tuple[IssueCard, ...]
    touched: Mapping[int, tuple[IssueCard, ...]]
    years: tuple[int, ...]
    lists: Mapping[str, str] = field(default_factory=dict)
    """Public lists: name -> title."""
