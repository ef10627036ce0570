"""How many lines of its source each token of inline Markdown takes, which the parser does not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, backtick, escape, image, link, newline
from markdown_it.token import Token

_Rule = Callable[[StateInline, bool], bool]

_LINES: Final = "lines"
_RULES: Final[dict[str, _Rule]] = {
    "backticks": backtick,
    "escape": escape,
    "image": image,
    "link": link,
    "newline": newline,
}
"""All rules of CommonMark that pass over the end of a line."""


def counts_lines(parser: MarkdownIt) -> None:
    """Make a parser count lines: a plug-in for `MarkdownIt.use`."""
    for name, rule in _RULES.items():
        parser.inline.ruler.at(name, _counting(rule))


def lines_of(token: Token) -> int:
    """Return how many ends of lines a token passes over; those after a link's words are its last token's."""
    return int(token.meta.get(_LINES, 0))


def _counting(rule: _Rule) -> _Rule:
    def counted(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the library's signature
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        passed = 0 if silent else state.src.count("\n", start, state.pos)
        if passed and len(state.tokens) > before:
            inside = sum(lines_of(token) for token in state.tokens[before:])
            last = state.tokens[-1]
            last.meta[_LINES] = lines_of(last) + passed - inside
        return True

    return counted
