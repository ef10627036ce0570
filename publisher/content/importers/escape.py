"""Plain text -> Markdown that says the same: marks that mean something are escaped, and no others."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_PLAIN_ADDRESS = re.compile(r"[\w\-./:?=#%@+,;~()$!'&]+", re.ASCII)
_MARKS: Final = (
    re.compile(r"\\(?=[!-/:-@\[-`{-~]|\Z)"),
    re.compile(r"[`*\[\]]"),
    re.compile(r"(?<!\w)_|_(?!\w)"),
    re.compile(r"<(?=[A-Za-z/!?])"),
    re.compile(r"&(?=#?\w+;)"),
    re.compile(r"~(?=~)|=(?==)|%(?=%)|(?<==)="),
)
_LINE_START = re.compile(r"(#{1,6}|[-+]|=+|-+|>|~+|\|)(?=\s|\Z)|>|~~~|\|")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")


def escaped(text: str) -> str:
    """Return one line of plain text as Markdown that begins a paragraph. Addresses stay as they are."""
    return start_escaped(marks_escaped(text))


def marks_escaped(text: str) -> str:
    """Return plain text as Markdown in the middle of a line. Addresses stay as they are."""
    addresses = [found.span() for found in _ADDRESS.finditer(text) if _PLAIN_ADDRESS.fullmatch(found[0])]
    marks = {match.start() for mark in _MARKS for match in mark.finditer(text)}
    for start, end in addresses:
        marks.difference_update(range(start, end))
    places = sorted(marks)
    return "\\".join(text[start:end] for start, end in pairwise([0, *places, len(text)]))


def start_escaped(line: str) -> str:
    """Return a line of Markdown in which no block begins: no heading, list, quotation, table or rule."""
    if (number := _NUMBER.match(line)) is not None:
        return f"{number[1]}\\{line[number.end(1) :]}"
    return f"\\{line}" if _LINE_START.match(line) else line
