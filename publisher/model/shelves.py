"""Shelves: where the entries of public stories and issues stand, each shelf with a feed of its own."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from publisher.model.characters import clean_line

DOCUMENT: Final = 50
"""So many entries has an archive document at most (RFC 5005 section 4)."""

_LONGEST: Final = 80
_SEPARATORS: Final = "/\\"

_RESERVED: Final = frozenset({"index.html", "index.html.gz", "index.html.br"})
"""Names of the files that a web server finds beside the folders of tags."""


class Kind(StrEnum):
    """What a shelf holds: every story, every issue, the stories of a tag, or those of a list."""

    STORIES = "stories"
    ISSUES = "issues"
    TAG = "tag"
    LIST = "list"


_FOLDERS: Final = {Kind.STORIES: "", Kind.ISSUES: "/issues", Kind.TAG: "/tags", Kind.LIST: "/lists"}

ARCHIVED: Final = (Kind.STORIES, Kind.ISSUES)
"""The kinds whose feeds have archive documents: together they hold everything once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One shelf. `name` tells it from others of its kind, `title` is what people read."""

    kind: Kind
    name: str = ""
    title: str = ""

    @property
    def key(self) -> str:
        """Its name among all shelves: "stories", "tag:energy"."""
        return f"{self.kind}:{self.name}" if self.name else self.kind.value

    @property
    def folder(self) -> str:
        """The public path below which its feeds stand: "" or "/tags/energy"; not percent-encoded."""
        return f"{_FOLDERS[self.kind]}/{self.name}" if self.name else _FOLDERS[self.kind]

    @property
    def is_archived(self) -> bool:
        """Whether its feed has archive documents."""
        return self.kind in ARCHIVED


STORIES: Final = Shelf(kind=Kind.STORIES)
ISSUES: Final = Shelf(kind=Kind.ISSUES)


def shelf_of(key: str, title: str = "") -> Shelf:
    """Return the shelf of that key."""
    kind, _, name = key.partition(":")
    return Shelf(kind=Kind(kind), name=name, title=title)


def tag_shelf(tag: str) -> Shelf:
    """Return the shelf of a tag as somebody wrote it; tags that differ in case and spaces only share one."""
    return Shelf(kind=Kind.TAG, name=tag_name(tag), title=clean_line(tag))


def list_shelf(name: str, title: str = "") -> Shelf:
    """Return the shelf of a list."""
    return Shelf(kind=Kind.LIST, name=name, title=title)


def tag_name(tag: str) -> str:
    """Return how a tag stands in addresses, before percent-encoding, and in the names of files.

    Case and spaces make no difference, slashes become hyphens; no name begins with a dot, is too long for a
    file or is that of a file beside it. Everything else stays, so that "C++" and "C#" are two.
    """
    folded = unicodedata.normalize("NFC", clean_line(tag).casefold())
    name = "-".join("".join(" " if char in _SEPARATORS else char for char in folded).split())
    name = name.lstrip(".") or "-"
    if len(name.encode()) > _LONGEST or name in _RESERVED:
        name = f"{_cut(name)}-{sha256(name.encode()).hexdigest()[:8]}"
    return name


def address(path: str) -> str:
    """Return a public path as it stands in an address: percent-encoded (RFC 3986)."""
    return quote(path, safe="/-._~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """An entry on a shelf: `key` of its parts in `edition` ("" for the issue itself), and its moments.

    `leaves_at` is when it is taken off the shelf: withdrawn entries stay for some time only.
    """

    shelf: str
    entry: str
    edition: int
    key: str
    title: str
    published: datetime
    updated: datetime
    leaves_at: datetime | None = None

    @property
    def month(self) -> str:
        """The month (UTC) in which the entry is archived for good: that of its publication."""
        return f"{self.published.astimezone(UTC):%Y-%m}"


@dataclass(frozen=True, slots=True, order=True)
class Volume:
    """An archive document of a shelf: the entries of a month, the first `DOCUMENT` of them, or the next."""

    month: str
    number: int = 1

    @property
    def name(self) -> str:
        """Its name in addresses: "2026-10", "2026-10-2"."""
        return self.month if self.number == 1 else f"{self.month}-{self.number}"


def volumes(month: str, entries: int) -> tuple[Volume, ...]:
    """Return the documents of a month with so many entries, oldest first."""
    return tuple(Volume(month, number + 1) for number in range(-(-entries // DOCUMENT)))


def _cut(name: str) -> str:
    return name.encode()[: _LONGEST - 9].decode(errors="ignore").rstrip("-")
