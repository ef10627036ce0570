"""The proof: an issue with everything that checks may look at, and its words line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.errors import Place
from publisher.model.edition import Edition
from publisher.model.issue import Issue
from publisher.model.links import LinkAnswer
from publisher.model.rendered import Part
from publisher.model.story import Passage, Story

if TYPE_CHECKING:
    from markdown_it.token import Token

_NESTING: Final = 80
_ISSUE_WORDS: Final = ("title", "subject", "preheader", "sponsor")
_STORY_WORDS: Final = ("title", "source", "author", "category", "summary", "sponsor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A run of words that a reader will see, in one line of a file, and the language it is in."""

    text: str
    place: Place
    lang: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture that a story shows: its address beside the text in `folder`, and what is said about it."""

    address: str
    folder: str
    alt: str | None
    place: Place
    decorative: bool = False


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What one run of the check is about. `mail` is the HTML of the mail, `links` has answers by address."""

    issue: Issue
    rules: Rules
    facts: Facts | None = None
    edition: Edition | None = None
    mail: Part | None = None
    links: Mapping[str, LinkAnswer] | None = None

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """All words outside of code, in front matter and text."""
        return tuple(self._words())

    @cached_property
    def addresses(self) -> tuple[tuple[str, Place], ...]:
        """All addresses that a text links to, and those of the stories' sources."""
        return tuple(self._addresses())

    @cached_property
    def pictures(self) -> tuple[Shown, ...]:
        """All pictures, each time one is shown."""
        return tuple(self._pictures())

    def at_issue(self, name: str) -> Place:
        """Return where a field of the issue stands."""
        return Place(path=self.issue.place.path, line=self.issue.line_of(name))

    @cached_property
    def _tokens(self) -> tuple[tuple[Story | None, Token, Place], ...]:
        """Every piece of inline Markdown with the story it belongs to and its line."""
        frame = (self.issue.opening, self.issue.closing)
        return (
            *((None, token, place) for token, place in _inline(frame, self.issue.place.path)),
            *(
                (story, token, place)
                for story in self.issue.stories
                for token, place in _inline((story.footnotes, *passages(story)), story.place.path)
            ),
        )

    def _words(self) -> Iterator[Words]:
        for name in _ISSUE_WORDS:
            if text := getattr(self.issue, name):
                yield Words(text=text, place=self.at_issue(name), lang=self.issue.lang)
        for story in self.issue.stories:
            lang = story.lang or self.issue.lang
            for name in _STORY_WORDS:
                if text := getattr(story, name):
                    yield Words(text=text, place=at(story, name), lang=lang)
        for inside, token, place in self._tokens:
            lang = (inside.lang if inside else None) or self.issue.lang
            for line, text in enumerate(_lines(token)):
                yield Words(text=text, place=Place(path=place.path, line=(place.line or 1) + line), lang=lang)

    def _addresses(self) -> Iterator[tuple[str, Place]]:
        for story in self.issue.stories:
            if story.link:
                yield story.link, at(story, "link")
        for _, token, place in self._tokens:
            for child in token.children or ():
                if child.type == "link_open":
                    yield str(child.attrs["href"]), place

    def _pictures(self) -> Iterator[Shown]:
        for story in self.issue.stories:
            if story.image is not None:
                yield Shown(
                    address=story.image.file,
                    folder=story.folder,
                    alt=story.image.alt,
                    place=at(story, "image"),
                    decorative=story.image.decorative,
                )
        own_folder = "" if self.issue.single else self.issue.place.path.split("/")[-2]
        for inside, token, place in self._tokens:
            folder = inside.folder if inside else own_folder
            for child in token.children or ():
                if child.type == "image":
                    address = str(child.attrs["src"])
                    yield Shown(address=address, folder=folder, alt=child.content, place=place)


def at(story: Story, name: str) -> Place:
    """Return where a field of a story stands."""
    return Place(path=story.place.path, line=story.line_of(name))


def passages(story: Story) -> Iterator[Passage]:
    """Yield the Markdown of a story as a reader meets it, headings and lead phrases too; no footnotes."""
    yield story.lead
    for section in story.sections:
        yield Passage(markdown=section.heading, line=section.line)
        yield section.body
        for takeaway in section.takeaways:
            lead = f"{takeaway.lead}{takeaway.colon} " if takeaway.lead else ""
            yield Passage(markdown=lead + takeaway.text, line=takeaway.line)
        for fact in section.facts:
            yield Passage(markdown=fact.text, line=fact.line)
    yield story.closing


def word_count(story: Story) -> int:
    """Return roughly how many words a story has."""
    return sum(len(re.findall(r"\w+", passage.markdown)) for passage in passages(story))


def _inline(passages: Iterable[Passage], path: str) -> Iterator[tuple[Token, Place]]:
    """Yield the inline tokens of passages that share their definitions, each with its line."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}).enable(["table"])
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    environment: dict[str, object] = {}
    for passage in passages:
        for token in parser.parse(passage.markdown, environment):
            if token.children and token.map:
                yield token, Place(path=path, line=passage.line + token.map[0])


def _lines(token: Token) -> list[str]:
    """Return the words of one piece of inline Markdown by lines, without code and addresses."""
    pieces = [
        "\n" if child.type in ("softbreak", "hardbreak") else child.content
        for child in token.children or ()
        if child.type in ("text", "softbreak", "hardbreak", "image")
    ]
    return "".join(pieces).split("\n")
