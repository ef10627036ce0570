"""An issue gone to press: safe, absolute, frozen, never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from markupsafe import Markup

from publisher.model.story import Role

DEFAULT_THEME: Final = "default"


class Direction(StrEnum):
    """The base direction of a text, as HTML's `dir` spells it."""

    LTR = "ltr"
    RTL = "rtl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """Who speaks. All addresses of pages are absolute and without a trailing slash.

    `tag` is the authority of tag URIs (RFC 4151), such as `example.org,2026`; it never follows the host.
    `mail_bytes` is how large the HTML of a mail may get before its last stories become excerpts.
    """

    title: str
    home_url: str
    tag: str
    lang: str
    timezone: str
    sender_name: str
    sender_address: str
    reply_to: str
    postal_address: str
    description: str = ""
    accent: str = "#0b5cad"
    mail_bytes: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A fragment made safe once: HTML, the same as plain text, and the absolute links in it, in order.

    In `text` a link stands as `label [n]` with n counted from 1 into `links` and a no-break space before the
    bracket, a reference to the n-th footnote as `[^n]`; blocks are separated by an empty line, list items
    begin with `* `.
    """

    html: Markup = Markup()
    text: str = ""
    links: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.html)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTakeaway:
    """A lead phrase (may be empty), the author's colon, and the text."""

    lead: Printed
    colon: str
    text: Printed


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSection:
    """A section of a printed story. `anchor` is unique within the issue."""

    role: Role
    heading: str
    anchor: str
    body: Printed = Printed()
    takeaways: tuple[PrintedTakeaway, ...] = ()
    facts: tuple[Printed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPicture:
    """A picture under the name that its content gave it; `width` and `height` in pixels, `size` in bytes."""

    name: str
    url: str
    media_type: str
    width: int
    height: int
    size: int
    alt: str
    credit: str = ""
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStory:
    """A story that every output can render as it stands.

    `id` is a tag URI or the id it had elsewhere; `url` its permalink; `lang` a BCP 47 tag. From `old_paths`
    readers are led to it.
    """

    id: str
    slug: str
    url: str
    title: str
    lang: str
    dir: Direction
    summary: str
    minutes: int
    words: int
    link: str = ""
    source: str = ""
    author: str = ""
    source_date: date | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    picture: PrintedPicture | None = None
    lead: Printed = Printed()
    sections: tuple[PrintedSection, ...] = ()
    closing: Printed = Printed()
    sponsor: Printed = Printed()
    footnotes: tuple[Printed, ...] = ()
    old_paths: tuple[str, ...] = ()

    @property
    def takeaways(self) -> tuple[PrintedTakeaway, ...]:
        """All takeaways of the story."""
        return tuple(item for section in self.sections for item in section.takeaways)

    @property
    def facts(self) -> tuple[Printed, ...]:
        """All facts of the story."""
        return tuple(item for section in self.sections for item in section.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A change that was made after publication: when (aware), what for, and the ids of the stories it is in.

    The note is plain text and may be empty. No ids mean that it is in the issue's own words.
    """

    at: datetime
    note: str = ""
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An issue as it is printed. Date and automatic number are issue fill-ins (see `model.fillins`).

    `id` is the tag URI of the issue's own feed entry, `content_hash` what an approval covers (hex SHA-256).
    `number` is the number that the file fixed; None means the next one at publication. `segment` is the
    filter that chooses among the readers of `lists`, written out.
    """

    id: str
    slug: str
    url: str
    title: str
    subject: str
    preheader: str
    lang: str
    dir: Direction
    lists: tuple[str, ...]
    masthead: Masthead
    content_hash: str
    stories: tuple[PrintedStory, ...]
    opening: Printed = Printed()
    closing: Printed = Printed()
    tags: tuple[str, ...] = ()
    segment: str | None = None
    number: int | None = None
    theme: str = DEFAULT_THEME
    sponsor: Printed = Printed()
    sponsor_after: int | None = None
    minutes: int = 1
    pictures: tuple[PrintedPicture, ...] = ()
    corrections: tuple[Correction, ...] = ()
    """Oldest first; they belong to no content hash, and no mail tells of them."""
