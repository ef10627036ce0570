"""A story as its editor wrote it: Markdown text in named parts, nothing of it safe yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from publisher.errors import Place


class Role(StrEnum):
    """What a section of a story is for; the value is the English heading as a slug."""

    KEY_TAKEAWAYS = "key-takeaways"
    DEEP_ANALYSIS = "deep-analysis"
    DID_YOU_KNOW = "did-you-know"
    WHY_IT_MATTERS = "why-it-matters"
    BY_THE_NUMBERS = "by-the-numbers"
    WHATS_NEXT = "whats-next"
    CLOSING = "closing"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of Markdown blocks and the line of the file on which it begins."""

    markdown: str = ""
    line: int = 1

    def __bool__(self) -> bool:
        return bool(self.markdown.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeaway:
    """One bullet of Key Takeaways: a lead phrase (may be empty) and its text, both inline Markdown.

    `colon` is the mark that the author wrote between them (":" or "：", empty without a lead).
    `text` may hold further blocks (a nested list) after its first paragraph.
    """

    lead: str
    colon: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One item of Did You Know?, as Markdown."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a story under its own heading, in the place where the author put it.

    `body` is everything under the heading that is neither a takeaway nor a fact.
    """

    role: Role
    heading: str
    line: int
    body: Passage = Passage()
    takeaways: tuple[Takeaway, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The picture that stands at the head of a story: a file beside the text."""

    file: str
    alt: str | None = None
    credit: str | None = None
    decorative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One curated item, as written.

    `slug` is unique within its issue. `folder` is the folder of the file, relative to `issues/`, from which
    its picture names are resolved. `footnotes` holds the definitions of the whole story, of notes (`[^1]: …`)
    and of link targets (`[1]: https://…`): parse a passage together with it, or its references stay raw.
    `lines` maps each front-matter field that was given to its line. `moved` maps lines of its parts that are
    not those of the file, because an editor's note was taken out above them, to those.
    """

    place: Place
    folder: str
    slug: str
    title: str
    id: str | None = None
    link: str | None = None
    source: str | None = None
    author: str | None = None
    source_date: date | None = None
    category: str | None = None
    external_id: str | None = None
    old_paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: Image | None = None
    weight: int | None = None
    lang: str | None = None
    summary: str | None = None
    sponsor: str | None = None
    allow: tuple[str, ...] = ()
    notes: str | None = None
    lead: Passage = Passage()
    sections: tuple[Section, ...] = ()
    closing: Passage = Passage()
    footnotes: Passage = Passage()
    lines: Mapping[str, int] = field(default_factory=dict)
    moved: Mapping[int, int] = field(default_factory=dict)

    def parts(self, role: Role) -> tuple[Section, ...]:
        """Return the sections that play `role`, in the author's order."""
        return tuple(section for section in self.sections if section.role is role)

    @property
    def takeaways(self) -> tuple[Takeaway, ...]:
        """All takeaways of the story."""
        return tuple(item for section in self.sections for item in section.takeaways)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts of the story."""
        return tuple(item for section in self.sections for item in section.facts)

    def line_of(self, key: str) -> int | None:
        """Return the line on which front-matter field `key` stands, else that of the file's first line."""
        return self.lines.get(key, self.place.line)
