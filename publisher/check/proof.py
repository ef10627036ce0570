"""The proof: an issue with everything that checks may look at, and its words line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.errors import Place
from publisher.inline_lines import counts_lines, lines_of
from publisher.model.addresses import bare
from publisher.model.edition import Edition
from publisher.model.issue import Intent, Issue
from publisher.model.length import about_words
from publisher.model.links import LinkAnswer
from publisher.model.rendered import Part
from publisher.model.story import Passage, Story
from publisher.model.unmarked import is_unmarked

_NESTING: Final = 80
_ISSUE_WORDS: Final = ("title", "subject", "preheader", "sponsor")
_STORY_WORDS: Final = ("title", "source", "author", "category", "summary", "sponsor")
_BREAKS: Final = ("softbreak", "hardbreak")
_CODE: Final = re.compile(r"(?<!`)(`{1,3})(?!`)[^`]++\1(?!`)")

TARGET: Final = r"\]\((?:[^()]|\([^()]*+\))*+\)|\]\[[^\[\]]*+\]"
"""The address of a link with the bracket before it; a search looks at no sign more than a few times."""

_TARGET: Final = re.compile(rf"{TARGET}|https?://\S+")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A link as its author wrote it. `words` is what a reader can follow; None for the address of a source.

    `story` is the story it stands in, None for the issue's own words, and `folder` that of its file.
    """

    address: str
    words: str | None
    place: Place
    folder: str
    lang: str | None
    story: Story | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of inline Markdown: the story it belongs to (None: the issue) and, in a heading, its level."""

    token: Token
    place: Place
    story: Story | None = None
    heading: int = 0

    @property
    def lines(self) -> list[str]:
        """Its words by lines, without code and addresses."""
        return _lines(self.token)


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
        return tuple((each.address, each.place) for each in self.linked)

    @cached_property
    def linked(self) -> tuple[Linked, ...]:
        """All links that a reader can follow: those of the stories' sources, of texts and of sponsors."""
        return tuple(self._linked())

    @cached_property
    def pictures(self) -> tuple[Shown, ...]:
        """All pictures, each time one is shown."""
        return tuple(self._pictures())

    @property
    def is_mailed(self) -> bool:
        """Whether anybody gets it as a mail."""
        return self.issue.status is not Intent.ARCHIVED and self.issue.lists != ()

    def at_issue(self, name: str, *, otherwise: str | None = None) -> Place:
        """Return where a field of the issue stands; if it is left out, where `otherwise` does."""
        field = otherwise if otherwise and name not in self.issue.lines else name
        return Place(path=self.issue.place.path, line=self.issue.line_of(field))

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Every run of inline Markdown, in the order of the text, footnotes first."""
        frame = (self.issue.opening, self.issue.closing)
        return (
            *_pieces(frame, self.issue.place.path, None),
            *(
                piece
                for story in self.issue.stories
                for piece in _pieces((story.footnotes, *passages(story)), story.place.path, story)
            ),
        )

    def pieces_of(self, story: Story) -> tuple[Piece, ...]:
        """Return the runs of one story."""
        return self._by_story.get(story.place.path, ())

    @cached_property
    def _by_story(self) -> Mapping[str, tuple[Piece, ...]]:
        by_story: dict[str, list[Piece]] = {}
        for piece in self.pieces:
            if piece.story is not None:
                by_story.setdefault(piece.story.place.path, []).append(piece)
        return {path: tuple(pieces) for path, pieces in by_story.items()}

    def lang_of(self, story: Story | None) -> str | None:
        """Return the language of a story, or of the issue's own words."""
        return (story.lang if story else None) or self.issue.lang

    def _words(self) -> Iterator[Words]:
        for name in _ISSUE_WORDS:
            if text := _without_code(getattr(self.issue, name)):
                yield Words(text=text, place=self.at_issue(name), lang=self.issue.lang)
        for story in self.issue.stories:
            for name in _STORY_WORDS:
                if text := _without_code(getattr(story, name)):
                    yield Words(text=text, place=at(story, name), lang=self.lang_of(story))
        for piece in self.pieces:
            for line, text in enumerate(piece.lines):
                place = below(piece.place, line)
                yield Words(text=text, place=place, lang=self.lang_of(piece.story))

    def _linked(self) -> Iterator[Linked]:
        for story in self.issue.stories:
            if story.link:
                yield self._link(story.link, None, at(story, "link"), story)
        for piece in (*self.pieces, *self._sponsors()):
            for address, words, line in _links(piece.token):
                yield self._link(address, words, below(piece.place, line), piece.story)

    def _link(self, address: str, words: str | None, place: Place, story: Story | None) -> Linked:
        return Linked(
            address=address,
            words=words,
            place=place,
            folder=story.folder if story else self._folder,
            lang=self.lang_of(story),
            story=story,
        )

    def _sponsors(self) -> Iterator[Piece]:
        """Yield what sponsors say; their files are not the story's, so the field is the place."""
        if self.issue.sponsor:
            words = Passage(markdown=self.issue.sponsor)
            for piece in _pieces((words,), self.issue.place.path, None):
                yield replace(piece, place=self.at_issue("sponsor"))
        for story in self.issue.stories:
            if story.sponsor:
                for piece in _pieces((Passage(markdown=story.sponsor),), story.place.path, story):
                    yield replace(piece, place=at(story, "sponsor"))

    @property
    def _folder(self) -> str:
        """The folder of the issue's own file, relative to `issues/`."""
        return "" if self.issue.single else self.issue.place.path.split("/")[-2]

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
        for piece in self.pieces:
            folder = piece.story.folder if piece.story else self._folder
            for child, line in _with_lines(piece.token):
                if child.type == "image":
                    address, place = str(child.attrs["src"]), below(piece.place, line)
                    yield Shown(address=address, folder=folder, alt=child.content, place=place)


def at(story: Story, name: str) -> Place:
    """Return where a field of a story stands."""
    return Place(path=story.place.path, line=story.line_of(name))


def below(place: Place, lines: int) -> Place:
    """Return the place so many lines below."""
    return Place(path=place.path, line=(place.line or 1) + lines)


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
    return sum(words_in(passage.markdown) for passage in passages(story))


def words_in(markdown: str) -> int:
    """Return roughly how many words a reader sees of Markdown text; two Chinese characters are about one."""
    return about_words(_TARGET.sub("] ", markdown).replace("*", "").replace("](", " "))


class _Grammar(MarkdownIt):
    """Takes every address for a link, so that a check can say what is wrong with it."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name
        """Let every address pass."""
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Leave an address as it is meant; encoding it would hide what is odd about it."""
        return url


@cache
def _parser() -> _Grammar:
    parser = _Grammar("commonmark", {"html": False, "maxNesting": _NESTING})
    parser.enable(["table"]).use(footnote_plugin, inline=False, move_to_end=False).use(counts_lines)
    return parser


def _pieces(passages: Iterable[Passage], path: str, story: Story | None) -> Iterator[Piece]:
    """Yield the inline tokens of passages that share their definitions, each with its line."""
    environment: dict[str, object] = {}
    for passage in passages:
        if not passage:
            continue
        if plain := _plain(passage, path, story):
            yield from plain
            continue
        tag = ""
        for token in _parser().parse(passage.markdown, environment):
            if token.children and token.map:
                level = int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else 0
                place = Place(path=path, line=passage.line + token.map[0])
                yield Piece(token=token, place=place, story=story, heading=level)
            tag = token.tag


def _plain(passage: Passage, path: str, story: Story | None) -> list[Piece]:
    """Return the paragraphs of a passage that has nothing else and no mark; nothing if it has."""
    pieces: list[Piece] = []
    line = passage.line
    for block in passage.markdown.rstrip("\n").split("\n\n"):
        text = block.lstrip("\n")
        if not is_unmarked(text):
            return []
        place = Place(path=path, line=line + len(block) - len(text))
        token = Token("inline", "", 0, content=text, children=[Token("text", "", 0, content=text)])
        pieces.append(Piece(token=token, place=place, story=story, heading=0))
        line += len(block) - len(text) + 2
    return pieces


def _links(token: Token) -> Iterator[tuple[str, str, int]]:
    """Yield address and words of each link in a piece of inline Markdown, and how many lines below it is."""
    opened, words = None, ""
    for child, line in _with_lines(token):
        if child.type in _BREAKS:
            words += " "
        elif child.type == "link_open":
            opened, words = (str(child.attrs["href"]), line), ""
        elif child.type == "link_close" and opened:
            yield opened[0], words.strip(), opened[1]
            opened = None
        elif opened:
            words += child.content
        elif child.type == "text" and "://" in child.content:
            for _, address in bare(child.content):
                yield address, address, line


def _without_code(field: str | None) -> str:
    """Return the words of a field of one line without what stands in backticks."""
    return _CODE.sub(" ", field or "")


def _lines(token: Token) -> list[str]:
    """Return the words of one piece of inline Markdown by lines, without code and addresses."""
    lines = [""]
    for child, line in _with_lines(token):
        if child.type not in ("text", "image"):
            continue
        lines += [""] * (line + 1 - len(lines))
        first, *more = child.content.split("\n")
        lines[-1] += first
        lines += more
    return lines


def _with_lines(token: Token) -> Iterator[tuple[Token, int]]:
    """Yield each token of a piece of inline Markdown and how many lines below its beginning it is."""
    line = 0
    for child in token.children or ():
        yield child, line
        line += lines_of(child)
