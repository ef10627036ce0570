"""A text whose code and notes are out of sight, so that rules for prose can be applied to all the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from markdown_it import MarkdownIt

from publisher.content.blocks import DEPTH
from publisher.content.code import CodeSpans
from publisher.errors import ContentError

_NOTE = re.compile(r"<!--.*?-->", re.DOTALL)
_RUN = re.compile(r"\\[\\`]|`+")


class Masked:
    """A text in which code, HTML comments and what is hidden later are stand-ins of one word.

    `text` may be replaced by whoever keeps the stand-ins. Lines end with LF.
    """

    def __init__(self, text: str) -> None:
        self._sign = next(sign for sign in map(chr, range(0xE000, 0xF8FF)) if sign not in text)
        self._hidden: list[str] = []
        self._stand_in = re.compile(f"{self._sign}(\\d+){self._sign}")
        self.text = self._spans(self._blocks(text))
        self.text = until_last("-->", self.text, _NOTE, lambda note: self.hide(note[0]))

    def hide(self, piece: str) -> str:
        """Return a stand-in for a piece of Markdown that is as it should be."""
        self._hidden.append(piece)
        return f"{self._sign}{len(self._hidden) - 1}{self._sign}"

    def shown(self, text: str | None = None) -> str:
        """Return a text, else the whole of it, with everything that was hidden."""
        shown = self.text if text is None else text
        while self._stand_in.search(shown):
            shown = self._stand_in.sub(lambda found: self._hidden[int(found[1])], shown)
        return shown

    def _blocks(self, text: str) -> str:
        """Hide the inside of fences and indented code, with the lines that make it code."""
        lines = text.split("\n")
        kept: list[str] = []
        position = 0
        for start, end in sorted(_code_lines(text, lines)):
            kept += [*lines[position:start], self.hide("\n".join(lines[start:end]))]
            position = end
        return "\n".join([*kept, *lines[position:]])

    def _spans(self, text: str) -> str:
        spans = CodeSpans(text)
        pieces: list[str] = []
        position = 0
        for run in _RUN.finditer(text):
            end = (
                spans.end(run.start(), len(run[0])) if run[0][0] == "`" and run.start() >= position else None
            )
            if end is not None:
                pieces += [text[position : run.start()], self.hide(text[run.start() : end])]
                position = end
        return "".join([*pieces, text[position:]])


def until_last(
    closer: str, text: str, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]
) -> str:
    """Replace what begins somewhere and ends with `closer`, in time that grows with the text alone.

    Behind the last closer nothing can end, so nobody looks for what might begin there.
    """
    end = text.rfind(closer)
    if end < 0:
        return text
    end += len(closer)
    closing = text.find("}", end, end + 40)
    end = end if closing < 0 else closing + 1 + (text[closing + 1 : closing + 2] == "}")
    return pattern.sub(write, text[:end]) + text[end:]


def block_parser(*, html: bool) -> MarkdownIt:
    """Return a parser that finds blocks and leaves what is in them alone."""
    parser = MarkdownIt("commonmark", {"html": html, "maxNesting": 4 * DEPTH}).enable(["table"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def too_deep() -> ContentError:
    """Return the error for a text that exhausts the parser."""
    return ContentError("quotations or lists stand too deep in each other", fix="write it flatter")


def _code_lines(text: str, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    try:
        tokens = block_parser(html=True).parse(text)
    except RecursionError:
        raise too_deep() from None
    for token in tokens:
        if token.type in ("fence", "code_block") and token.map:
            start, end = token.map
            while token.type == "code_block" and end - 1 > start and not lines[end - 1].strip():
                end -= 1
            yield start, end
