"""Tokens of Markdown as plain text that reads well without any markup."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from markdown_it.token import Token

from publisher.model.length import columns

NUMBERED: Final = "\u00a0"
"""Stands before a link's number: keeps it with its label, and apart from a `[1]` that the author wrote."""

TABLE_COLUMNS: Final = 72
"""Wider tables are written as lists of `heading: cell`."""

_MARKS: Final = {"softbreak": " ", "hardbreak": "\n", "s_open": "~~", "s_close": "~~"}
_GAPS: Final = {"softbreak": " ", "hardbreak": " "}
_UNSPOKEN: Final = {"table_open": 1, "table_close": -1, "heading_open": 1, "heading_close": -1}


def plain_text(tokens: Sequence[Token]) -> tuple[str, tuple[str, ...]]:
    """Return the text of `tokens`, and the addresses of its links.

    The n-th address is that of labels followed by a no-break space and `[n]`; a link whose label is its
    address stands without a number. Blocks are separated by an empty line, but for the items of tight lists.
    """
    writer = _Writer()
    return writer.blocks(tokens), tuple(writer.numbers)


def prose(tokens: Sequence[Token]) -> str:
    """Return the running words of `tokens` in one line: no headings, tables or numbers of links."""
    found: list[str] = []
    unspoken = 0
    for token in tokens:
        unspoken += _UNSPOKEN.get(token.type, 0)
        if token.children and not unspoken:
            found.append("".join(map(_spoken, token.children)))
    return " ".join(found)


def _spoken(child: Token) -> str:
    return child.content if child.type in ("text", "code_inline") else _GAPS.get(child.type, "")


@dataclass(slots=True)
class _Frame:
    """An open container: what is in it so far, and whether empty lines separate that."""

    token: Token
    parts: list[str] = field(default_factory=list)
    loose: bool = False


class _Writer:
    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def blocks(self, tokens: Sequence[Token]) -> str:
        frames = [_Frame(Token("", "", 1), loose=True)]
        stream = iter(tokens)
        for token in stream:
            if token.type == "table_open":
                frames[-1].parts.append(_table(list(self._rows(stream))))
                frames[-1].loose = True
            elif token.nesting > 0:
                frames.append(_Frame(token))
            elif token.nesting < 0:
                closed = frames.pop()
                _WAYS.get(closed.token.type, _close_other)(closed, frames[-1])
            else:
                frames[-1].parts.append(self._leaf(token))
        return _joined(frames[0])

    def _leaf(self, token: Token) -> str:
        if token.type == "inline":
            return self._inline(token.children or [])
        if token.type == "hr":
            return "---"
        return textwrap.indent(token.content.rstrip("\n"), "    ")

    def _inline(self, children: Sequence[Token]) -> str:
        out: list[str] = []
        opened: list[tuple[int, str]] = []
        for child in children:
            if child.type == "link_open":
                opened.append((len(out), str(child.attrs["href"])))
            elif child.type == "link_close":
                start, href = opened.pop()
                out.append(self._number("".join(out[start:]), href, bare=child.info == "auto"))
            elif child.type == "footnote_ref":
                out.append(f"[^{child.content}]")
            else:
                out.append(_MARKS.get(child.type, child.content))
        return "".join(out)

    def _number(self, label: str, href: str, *, bare: bool) -> str:
        if bare or label == href:
            return ""
        number = self.numbers.setdefault(href, len(self.numbers) + 1)
        return f"{NUMBERED}[{number}]"

    def _rows(self, stream: Iterator[Token]) -> Iterator[list[str]]:
        row: list[str] = []
        for token in stream:
            if token.type == "table_close":
                return
            if token.type == "inline":
                row.append(self._inline(token.children or []))
            elif token.type == "tr_close":
                yield row
                row = []


def _joined(frame: _Frame) -> str:
    return ("\n\n" if frame.loose else "\n").join(part for part in frame.parts if part)


def _close_paragraph(closed: _Frame, around: _Frame) -> None:
    around.loose = around.loose or not closed.token.hidden
    around.parts.append(_joined(closed))


def _close_item(closed: _Frame, around: _Frame) -> None:
    around.loose = around.loose or closed.loose
    around.parts.append(_joined(closed))


def _close_list(closed: _Frame, around: _Frame) -> None:
    first = int(closed.token.attrs.get("start", 1))
    ordered = closed.token.type == "ordered_list_open"
    closed.parts = [
        _hanging(f"{first + offset}. " if ordered else "* ", part) for offset, part in enumerate(closed.parts)
    ]
    around.parts.append(_joined(closed))


def _close_quote(closed: _Frame, around: _Frame) -> None:
    closed.loose = True
    around.loose = True
    lines = _joined(closed).split("\n")
    around.parts.append("\n".join(f"> {line}".rstrip() for line in lines))


def _close_other(closed: _Frame, around: _Frame) -> None:
    around.loose = True
    around.parts.append(_joined(closed))


_WAYS: Final[dict[str, Callable[[_Frame, _Frame], None]]] = {
    "paragraph_open": _close_paragraph,
    "list_item_open": _close_item,
    "bullet_list_open": _close_list,
    "ordered_list_open": _close_list,
    "blockquote_open": _close_quote,
}


def _hanging(mark: str, text: str) -> str:
    blank = " " * len(mark)
    return (mark + textwrap.indent(text, blank).removeprefix(blank)).rstrip()


def _table(rows: list[list[str]]) -> str:
    """Align the columns if all fit in a line of mail; else give each row its own lines with the headings."""
    cells = [[cell.replace("\n", " ") for cell in row] for row in rows]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    if sum(widths) + 3 * len(widths) <= TABLE_COLUMNS:
        lines = [
            " | ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True))
            for row in cells
        ]
        rule = "-+-".join("-" * width for width in widths)
        return "\n".join(line.rstrip() for line in (lines[0], rule, *lines[1:]))
    head, *body = cells
    return "\n\n".join(
        "\n".join(f"{name}: {cell}" if name else cell for name, cell in zip(head, row, strict=True) if cell)
        for row in body or [head]
    )
