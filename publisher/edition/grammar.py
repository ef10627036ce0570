"""The Markdown of stories: CommonMark, tables, strikethrough, footnotes and bare http(s) addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from linkify_it import LinkifyIt  # type: ignore[import-untyped]  # it has no types
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from publisher.model.length import CJK, IDEOGRAPHIC
from publisher.model.unmarked import is_unmarked

DEPTH: Final = 50
"""How deep tokens may be nested, a list counting twice; what is deeper the parser drops in silence."""

_BRACKET: Final = re.compile(r"[\[\]]|\n[ \t]*\n")


class Grammar(MarkdownIt):
    """Takes every address as it is written: `links` judges and encodes it."""

    renderer: RendererHTML

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 (the library's name)
        """Let every address pass."""
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (the library's name)
        """Keep an address as it is written."""
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 (the library's name)
        """Show a bare address as it is written."""
        return link


def parser() -> Grammar:
    """Return a parser: raw HTML is text, addresses stay as written, footnotes stay where they are defined.

    A `footnote_ref` token is rendered from its `content` (the number) and the attributes of its link; a
    `footnote_anchor` token is the way back.
    """
    markdown = Grammar("commonmark", {"html": False, "linkify": True, "maxNesting": DEPTH})
    markdown.enable(["table", "strikethrough", "linkify"])
    markdown.core.ruler.disable("linkify")  # it finds what has no scheme, and costs a third of all parsing
    markdown.use(footnote_plugin, inline=False, move_to_end=False)
    markdown.inline.ruler.at("emphasis", _beside_cjk(emphasis.tokenize))
    markdown.inline.ruler.at("strikethrough", _beside_cjk(strikethrough.tokenize))
    markdown.add_render_rule("footnote_ref", _reference)
    markdown.add_render_rule("footnote_anchor", _way_back)
    markdown.linkify = _linkifier()
    return markdown


def unmarked(line: str) -> bool:
    """Return whether a line, alone between empty ones, is a paragraph without marks and bare addresses."""
    return is_unmarked(line) and "://" not in line


def too_many_brackets(markdown: str) -> bool:
    """Return whether a paragraph has so many open brackets that parsing it would take very long."""
    if markdown.count("[") <= DEPTH:
        return False
    depth = 0
    for mark in _BRACKET.findall(markdown):
        depth = {"[": depth + 1, "]": max(depth - 1, 0)}.get(mark, 0)
        if depth > DEPTH:
            return True
    return False


def too_deep(tokens: Sequence[Token]) -> bool:
    """Return whether blocks were nested so deep that the parser may have dropped some."""
    return any(token.level >= DEPTH - 1 for token in tokens)


def _linkifier() -> LinkifyIt:
    """Find bare http(s) addresses only; one that touches Chinese or Japanese text ends at its punctuation."""
    stock = LinkifyIt()

    def length(_linkifier: LinkifyIt, text: str, position: int) -> int:
        end = position + int(stock.test_schema_at(text, "https:", position))
        marks = (mark.start() for mark in IDEOGRAPHIC.finditer(text, position, end) if not mark[0].isalnum())
        return next(marks, end) - position

    only = {"http:": {"validate": length}, "https:": "http:", "ftp:": None, "//": None, "mailto:": None}
    return LinkifyIt(only, {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


def _beside_cjk(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Let `*` and `~` open after and close before a CJK character, whatever stands on the other side.

    CommonMark asks for a space there when punctuation follows: `**要点：**本文` would keep its stars.
    """

    def tokenize(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (the parser's signature)
        start, first = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        before, after = state.src[start - 1 : start], state.src[state.pos : min(state.pos + 1, state.posMax)]
        opens = bool(CJK.match(before)) and bool(after.strip())
        closes = bool(CJK.match(after)) and bool(before.strip())
        if state.src[start] != "_":
            for delimiter in state.delimiters[first:]:
                delimiter.open = delimiter.open or opens
                delimiter.close = delimiter.close or closes
        return True

    return tokenize


def _reference(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[index]
    return f"<sup><a{renderer.renderAttrs(token)}>{token.content}</a></sup>"


def _way_back(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f" <a{renderer.renderAttrs(tokens[index])}>\u21a9\ufe0e</a>"
