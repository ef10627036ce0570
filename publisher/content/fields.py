"""The front matter: one row for each field an editor can write; the reference page is made from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import Flag, StrEnum, auto
from functools import lru_cache
from typing import Final


class Kind(StrEnum):
    """What the value of a field must look like; the value is how the reference page names it."""

    TEXT = "one line of text"
    PROSE = "Markdown text"
    NAME = "a name without blanks"
    SLUG = "lower-case letters, digits and hyphens"
    LINK = "an http or https address"
    MOMENT = "a day, or a day and an hour"
    DAY = "a day"
    NAMES = "a list"
    PATHS = "a list of paths"
    SWITCH = "true or false"
    COUNT = "a whole number from 0"
    NUMBER = "a whole number"
    STATUS = "draft, ready or archived"
    LANGUAGE = "a language tag (BCP 47)"
    ZONE = "a time zone (IANA name)"
    FREE = "anything"


class Where(Flag):
    """In which files a field may stand: `issue.md`, the file of a story, a single-file issue."""

    ISSUE = auto()
    STORY = auto()
    SINGLE = ISSUE | STORY


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A front-matter field. `aliases` are names that other tools use: they are read and never written."""

    name: str
    kind: Kind
    where: Where
    help: str
    example: str
    aliases: tuple[str, ...] = ()


def _both(name: str, kind: Kind, help_: str, example: str, *aliases: str) -> Field:
    return Field(name=name, kind=kind, where=Where.SINGLE, help=help_, example=example, aliases=aliases)


def _issue(name: str, kind: Kind, help_: str, example: str, *aliases: str) -> Field:
    return Field(name=name, kind=kind, where=Where.ISSUE, help=help_, example=example, aliases=aliases)


def _story(name: str, kind: Kind, help_: str, example: str, *aliases: str) -> Field:
    return Field(name=name, kind=kind, where=Where.STORY, help=help_, example=example, aliases=aliases)


FIELDS: Final = (
    _both("id", Kind.NAME, "Written once and never edited; feeds know the text by it.", "0d0f4a0e-2b0b-4d7e"),
    _both("title", Kind.TEXT, "The headline.", '"Grid batteries overtake gas peakers"'),
    _issue("subject", Kind.TEXT, "The subject of the mail; the title if left out.", '"Batteries win"'),
    _issue(
        "preheader",
        Kind.TEXT,
        "What inboxes show after the subject; the first sentence of the lead if left out.",
        '"A month without gas after sunset."',
        "description",
        "preview_text",
        "subtitle",
    ),
    _issue("number", Kind.COUNT, "The number of the issue; the next one at publication if left out.", "42"),
    _issue(
        "date",
        Kind.MOMENT,
        "When it should go out. A day alone means the list's usual hour; a time is wall clock in `timezone`.",
        "2026-10-06T06:30",
        "publishDate",
        "pubDate",
        "publish_date",
        "send_at",
    ),
    _issue(
        "timezone",
        Kind.ZONE,
        "Whose wall clock `date` means; the publication's if left out.",
        "Europe/Madrid",
    ),
    _issue(
        "status",
        Kind.STATUS,
        "A draft waits, a ready issue may go out, an archived one is public under its date and never mailed.",
        "ready",
    ),
    _both("tags", Kind.NAMES, "Topics.", "[energy, storage]"),
    _issue(
        "lists",
        Kind.NAMES,
        "Whom it is for; the default list if left out, [] for pages and feeds only.",
        "[weekly]",
    ),
    _issue(
        "segment",
        Kind.TEXT,
        "Which readers of these lists get it: a filter, or the name of one in `[segments]`; all if left out.",
        "tag:energy AND NOT bounced",
    ),
    _issue(
        "stories",
        Kind.NAMES,
        "Which stories, in which order; all of the folder by weight and name if left out.",
        "[grid-batteries, _stories/evergreen]",
    ),
    _both("lang", Kind.LANGUAGE, "The language of the text; the publication's if left out.", "en"),
    _issue("theme", Kind.NAME, "The templates it is printed with.", "default", "template", "layout"),
    _both(
        "sponsor",
        Kind.PROSE,
        "The name of a file in `_sponsors/`, or the sponsor's words themselves.",
        "acme",
    ),
    _issue("sponsor_after", Kind.COUNT, "After how many stories the sponsor's words stand.", "1"),
    _both(
        "slug",
        Kind.SLUG,
        "The name in addresses; from the name of the file if left out.",
        "grid-batteries",
        "permalink",
    ),
    _both("allow", Kind.NAMES, "Warnings of the check that are meant to be so.", "[W306]"),
    _both("notes", Kind.PROSE, "Editors' notes; no reader ever sees them.", '"Ask Ana about the figures."'),
    _story(
        "link", Kind.LINK, "The page that the story is about.", "https://example.org/grid-batteries", "url"
    ),
    _story("source", Kind.TEXT, "Who published that page.", "Example Energy Review", "site"),
    _story("author", Kind.TEXT, "Who wrote it.", "A. Writer"),
    _story("source_date", Kind.DAY, "When it was published there.", "2026-10-03", "published"),
    _story("category", Kind.TEXT, "A short label above the title.", "Energy"),
    _story("external_id", Kind.TEXT, "The id that the text had elsewhere.", "tag:example.org,2019:1", "guid"),
    _story(
        "old_paths",
        Kind.PATHS,
        "Where the text stood on an older site; readers are led from there to its page.",
        "[/blog/grid-batteries/]",
    ),
    _story("image", Kind.TEXT, "A picture beside the text.", "cover.jpg"),
    _story(
        "image_alt", Kind.TEXT, "What the picture shows, for those who do not see it.", '"Rows of batteries"'
    ),
    _story("image_credit", Kind.TEXT, "Whose picture it is.", "A. Photographer"),
    _story(
        "image_decorative", Kind.SWITCH, "True if the picture says nothing: its alt text stays empty.", "true"
    ),
    _story(
        "weight",
        Kind.NUMBER,
        "Its place among the stories where `stories` is left out; small numbers first.",
        "10",
    ),
    _story(
        "summary", Kind.TEXT, "One or two sentences for cards and feeds.", '"Batteries carry the evening."'
    ),
    _issue("draft", Kind.SWITCH, "Other tools' `status: draft`.", "true"),
    _both("params", Kind.FREE, "Other tools' values; never read.", "{}"),
)
"""All fields, in the order in which the reference page shows them."""

UNCUT: Final = frozenset(
    {"title", "subject", "preheader", "source", "author", "category", "image_alt", "image_credit", "summary"}
)
"""Text fields in which an unquoted ` #` would silently cut off words."""

_FREE_PREFIX = "x_"


def find(name: str, where: Where) -> Field | None:
    """Return the field that `name` (its own or an alias) means in that kind of file, if any."""
    for field in FIELDS:
        if where & field.where and (name == field.name or name in field.aliases):
            return field
    return None


def is_free(name: str) -> bool:
    """Return whether a key belongs to the editor alone: `x_…`."""
    return name.startswith(_FREE_PREFIX)


@lru_cache(maxsize=1024)
def nearest(name: str, where: Where) -> str | None:
    """Return the field of that kind of file whose spelling is nearest to an unknown `name`."""
    names = [name for field in FIELDS if where & field.where for name in (field.name, *field.aliases)]
    close = get_close_matches(name.lower().replace("-", "_"), names, n=1, cutoff=0.6)
    found = find(close[0], where) if close else None
    return found.name if found else None
