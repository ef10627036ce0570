"""Editors' notes, `<!-- … -->` and `%% … %%`: taken out before anything else looks at the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from publisher.content.code import CodeSpans

_TOKEN = re.compile(r"\\[\\`<%]|`+|<!--|%%|\n")
_CLOSERS: Final = {"<!--": "-->", "%%": "%%"}
_FENCE = re.compile(r"((?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*)(`{3,}(?=[^`\n]*(?:\n|\Z))|~{3,})")
_MARKER = re.compile(r"[ \t]{0,3}(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)", re.MULTILINE)
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)[ \t]*\S")
_BLANK = re.compile(r"[ \t]*(?=\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A text without its notes. Lines keep their numbers, except between a note and the end of its paragraph.

    `first_line` is the line (from 0) of the first note. `moved` maps each line (from 0) with another number
    than it had to that one.
    """

    text: str
    count: int = 0
    first_line: int = 0
    moved: Mapping[int, int] = field(default_factory=dict)


def without_notes(text: str) -> Noted:
    """Take the notes out of `text` (lines ended by LF). Code is left alone; so is a note that never ends."""
    if not any(opener in text for opener in _CLOSERS):
        return Noted(text=text)
    return _Scanner(text).run()


class _Scanner:
    """Walks the text once: code blocks by the line, everything else by the token."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = CodeSpans(text)
        self._out: list[str] = []
        self._line_has_text = False
        self._owed_lines = 0
        self._line_ends = 0
        self._moved: dict[int, int] = {}
        self._count = 0
        self._first = 0
        self._in_list = False
        self._after_blank = True

    def run(self) -> Noted:
        position = self._line(0)
        while (token := _TOKEN.search(self._text, position)) is not None:
            self._emit(self._text[position : token.start()])
            closer = _CLOSERS.get(token[0])
            if closer is None:
                position = self._other(token)
                continue
            end = self._text.find(closer, token.end())
            if end < 0:
                position = token.start()
                break
            position = self._note(token.start(), end + len(closer))
        self._emit(self._text[position:])
        first = self._text.count("\n", 0, self._first)
        return Noted(text="".join(self._out), count=self._count, first_line=first, moved=self._moved)

    def _emit(self, text: str) -> None:
        self._out.append(text)
        line_ends = text.count("\n")
        if self._owed_lines:
            lines = range(self._line_ends + 1, self._line_ends + line_ends + 1)
            self._moved.update((line, line + self._owed_lines) for line in lines)
        self._line_ends += line_ends
        _, line_end, tail = text.rpartition("\n")
        self._line_has_text = bool(tail.strip()) or (self._line_has_text and not line_end)

    def _note(self, start: int, end: int) -> int:
        """Leave a note out. One that fills its lines leaves them empty; any other joins what is around it."""
        self._first = self._first if self._count else start
        self._count += 1
        line_ends = self._text.count("\n", start, end)
        if _BLANK.match(self._text, end):
            self._trim()
            if not self._line_has_text:
                self._emit("\n" * line_ends)
                return end
        self._owed_lines += line_ends
        return end

    def _trim(self) -> None:
        """Drop the blanks at the end of the line, or two of them would become a line break."""
        while self._out and not self._out[-1].strip(" \t"):
            self._out.pop()
        if self._out:
            self._out[-1] = self._out[-1].rstrip(" \t")

    def _other(self, token: re.Match[str]) -> int:
        end = token.end()
        if token[0][0] == "`":
            end = self._spans.end(token.start(), len(token[0])) or end
        self._emit(self._text[token.start() : end])
        return self._line(end) if token[0] == "\n" else end

    def _line(self, start: int) -> int:
        """Look at the line that begins at `start`; pass over it, and what follows, as long as it is code."""
        text = self._text
        while start < len(text):
            if _BLANK.match(text, start):
                owed, self._owed_lines = self._owed_lines, 0
                self._emit("\n" * owed)
                self._after_blank = True
                return start
            if (fence := _FENCE.match(text, start)) is not None:
                return self._fenced(start, fence)
            if _MARKER.match(text, start):
                self._in_list = True
            elif self._after_blank and text[start] not in " \t":
                self._in_list = False
            if self._in_list or not self._after_blank or not _INDENTED.match(text, start):
                self._after_blank = False
                return start
            end = text.find("\n", start) + 1 or len(text)
            self._emit(text[start:end])
            start = end
        return start

    def _fenced(self, start: int, fence: re.Match[str]) -> int:
        """Pass over fenced code; in a quotation it ends with the quotation at the latest."""
        closing = rf"\n[ \t>]*{fence[2][0]}{{{len(fence[2])},}}[ \t]*(?=\n|\Z)"
        if ">" in fence[1]:
            closing += r"|(?=\n(?![ \t]*>))"
        found = re.compile(closing).search(self._text, fence.end())
        end = found.end() if found else len(self._text)
        self._emit(self._text[start:end])
        self._after_blank = True
        return end
