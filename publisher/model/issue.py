"""An issue as its editor wrote it, and what reading it found."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import unquote

from publisher.errors import Place
from publisher.model.finding import Finding
from publisher.model.story import Passage, Story

_NO_FILE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")


class Intent(StrEnum):
    """What a file may ask for. It can ask to be sent; it can never claim to have been sent."""

    DRAFT = "draft"
    READY = "ready"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """The bytes of a picture file beside the text; `path` is relative to `issues/`, with forward slashes."""

    path: str
    body: bytes = field(repr=False)


def picture_path(folder: str, address: str) -> str | None:
    """Return the path under which `Issue.pictures` holds the picture that a text in `folder` names.

    Percent-encoding is undone and accents are composed (NFC). None for an address that is not a file's.
    """
    address = address.strip()
    if not address or _NO_FILE.match(address):
        return None
    return unicodedata.normalize("NFC", posixpath.normpath(posixpath.join(folder, unquote(address))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An ordered set of stories: what an editor queues.

    `when` is the date that the file asks for: a `date` means the list's usual hour on that day, a naive
    `datetime` is wall clock in `timezone` (else the publication's zone), an aware one is that instant.
    `lists` is None when the file does not say (then: the default list); empty means pages and feeds only.
    `segment` is a filter or the name of one, as it was written.
    `pictures` maps paths relative to `issues/` to the files that stories refer to.
    `fields` are the front-matter names that were given, with their lines.
    """

    place: Place
    slug: str
    title: str
    id: str | None = None
    subject: str | None = None
    preheader: str | None = None
    number: int | None = None
    when: date | datetime | None = None
    timezone: str | None = None
    status: Intent = Intent.DRAFT
    tags: tuple[str, ...] = ()
    lists: tuple[str, ...] | None = None
    segment: str | None = None
    lang: str | None = None
    theme: str | None = None
    sponsor: str | None = None
    sponsor_after: int | None = None
    allow: tuple[str, ...] = ()
    notes: str | None = None
    opening: Passage = Passage()
    closing: Passage = Passage()
    stories: tuple[Story, ...] = ()
    pictures: Mapping[str, PictureFile] = field(default_factory=dict)
    single: bool = False
    """True for the short form: one file that is both the issue and its only story."""
    lines: Mapping[str, int] = field(default_factory=dict)
    moved: Mapping[int, int] = field(default_factory=dict)
    """Lines of opening and closing that are not those of the file, as of a story."""

    def line_of(self, key: str) -> int | None:
        """Return the line on which front-matter field `key` stands, else that of the file's first line."""
        return self.lines.get(key, self.place.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading an issue: the issue, unless its files cannot be understood, and the findings.

    `elsewhere` are the files outside the issue's own folder that it refers to (shared stories, sponsors,
    pictures), relative to `issues/`, missing ones too: a change of one of them changes the issue.
    """

    slug: str
    issue: Issue | None
    findings: tuple[Finding, ...] = ()
    elsewhere: tuple[str, ...] = ()
