"""Markdown -> its outermost blocks with their lines, by the same parser that prints it later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from publisher.content.trouble import UnreadableError
from publisher.errors import Place
from publisher.inline_lines import counts_lines, lines_of

if TYPE_CHECKING:
    from markdown_it.token import Token

DEPTH: Final = 20
"""How many quotations, list items and notes may stand in each other."""

_NESTING: Final = 4 * DEPTH
"""Levels the parser goes down to; it drops what is deeper in silence, so it must see more than we allow."""

_MARKS = re.compile(r"[\\`*_~\[\]<>&!\n]")
_BRACKET = re.compile(r"[\[\]]")
_CONTAINERS: Final = ("blockquote", "list_item", "footnote_reference")


class Shape(StrEnum):
    """What kind of block it is, as far as a story's structure depends on it."""

    HEADING = "heading"
    LIST = "list"
    QUOTE = "quote"
    RULE = "rule"
    DEFINITION = "definition"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block; `start` and `end` are line indices from 0, `end` is the first line after it.

    `level` is that of a heading, `text` the Markdown of a heading or of a quotation's first paragraph,
    `items` the lines of a list's items, `markup` the characters that made a heading or a rule.
    """

    shape: Shape
    start: int
    end: int
    level: int = 0
    text: str = ""
    markup: str = ""
    items: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """The text of one paragraph, heading or cell, and its line (index from 0)."""

    text: str
    line: int
    begins_item: bool = False
    """True for the first paragraph of a list item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The address of an image as written but percent-encoded, and its line (index from 0)."""

    address: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A text as blocks, and all its prose in order. Code is in no prose."""

    blocks: tuple[Block, ...]
    prose: tuple[Prose, ...]


def parse_blocks(text: str, *, path: str, first_line: int) -> Parsed:
    """Return the structure of a text without notes; its first line is `first_line` of the file.

    Raises:
        UnreadableError: more than `DEPTH` containers or brackets stand in each other (E012).
    """
    tokens = _block_parser().parse(text)
    prose = tuple(_prose(tokens))
    deep = next(chain(_deep_blocks(tokens), _deep_brackets(prose)), None)
    if deep is not None:
        raise UnreadableError(
            "E012",
            f"more than {DEPTH} quotations, lists or brackets stand in each other",
            place=Place(path=path, line=first_line + deep, column=1),
            fix="write it flatter",
        )
    return Parsed(blocks=tuple(_blocks(tokens)), prose=prose)


def pictures(text: str) -> tuple[Target, ...]:
    """Return the targets of all images in a text, in order."""
    if "![" not in text:
        return ()
    return tuple(_targets(_parser().parse(text)))


def plain_text(inline: str) -> str:
    """Return the words of one line of inline Markdown, without its marks."""
    if not _MARKS.search(inline):
        return inline.strip()
    tokens = _parser().parseInline(inline)
    children = [child for token in tokens for child in token.children or ()]
    return "".join(" " if "break" in child.type else child.content for child in children).strip()


def _targets(tokens: Sequence[Token]) -> Iterator[Target]:
    for token in tokens:
        line = token.map[0] if token.map else 0
        for child in token.children or ():
            if child.type == "image":
                yield Target(address=str(child.attrs["src"]), line=line)
            line += lines_of(child)


def _parser() -> MarkdownIt:
    options = {"html": False, "maxNesting": _NESTING, "inline_definitions": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    return parser.use(footnote_plugin, inline=False, move_to_end=False).use(counts_lines)


def _block_parser() -> MarkdownIt:
    parser = _parser()
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def _deep_blocks(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the lines (indices from 0) on which too many containers are open."""
    depth = 0
    for token in tokens:
        if token.type.removesuffix("_open").removesuffix("_close") in _CONTAINERS:
            depth += token.nesting
        if depth > DEPTH:
            yield token.map[0] if token.map else 0


def _deep_brackets(prose: Sequence[Prose]) -> Iterator[int]:
    """Yield the lines (indices from 0) of paragraphs in which too many brackets are open."""
    for piece in prose:
        depth = 0
        for bracket in _BRACKET.findall(piece.text):
            depth = depth + 1 if bracket == "[" else max(depth - 1, 0)
            if depth > DEPTH:
                yield piece.line
                break


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting >= 0 and token.map is not None:
            yield _block(tokens, index, *token.map)


def _block(tokens: Sequence[Token], index: int, start: int, end: int) -> Block:
    token = tokens[index]
    match token.type:
        case "heading_open":
            text, level = tokens[index + 1].content, int(token.tag[1:])
            return Block(
                shape=Shape.HEADING, start=start, end=end, level=level, text=text, markup=token.markup
            )
        case "bullet_list_open" | "ordered_list_open":
            return Block(shape=Shape.LIST, start=start, end=end, items=tuple(_items(tokens, index)))
        case "blockquote_open":
            first = tokens[index + 2].content if tokens[index + 1].type == "paragraph_open" else ""
            return Block(shape=Shape.QUOTE, start=start, end=end, text=first)
        case "hr":
            return Block(shape=Shape.RULE, start=start, end=end, markup=token.markup)
        case "definition" | "footnote_reference_open":
            return Block(shape=Shape.DEFINITION, start=start, end=end)
        case _:
            return Block(shape=Shape.OTHER, start=start, end=end)


def _items(tokens: Sequence[Token], index: int) -> Iterator[tuple[int, int]]:
    for token in islice(tokens, index + 1, None):
        if token.level == 0:
            return
        if token.type == "list_item_open" and token.level == 1 and token.map is not None:
            yield token.map[0], token.map[1]


def _prose(tokens: Sequence[Token]) -> Iterator[Prose]:
    for index, token in enumerate(tokens):
        if token.type == "inline" and token.map is not None:
            item = index > 1 and tokens[index - 2].type == "list_item_open"
            yield Prose(text=token.content, line=token.map[0], begins_item=item)
