"""Links that watch readers: taken out of a file without changing any other byte of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt

from publisher.content.code import CodeSpans
from publisher.content.frontmatter import value_spans
from publisher.content.text import Lines
from publisher.model.addresses import watches

_FIELDS: Final = ("link", "sponsor")
"""Front-matter fields in which an address may stand."""

_ADDRESS: Final = re.compile(
    r"https?://(?:(?<==)https?://|(?!https?://)[^\s<>\"'「」『』（）、。，；：！？])+",  # noqa: RUF001 - CJK
    re.IGNORECASE,
)
"""One address, perhaps with the marks behind it; another one in it only as the value of a parameter."""

_PARAMETER: Final = re.compile(r"(?P<name>[^=&#()\[\]*`]+)(?:=(?P<value>[^&#()\[\]*`]*))?")
_AND: Final = re.compile(r"&(?:amp;)?")
_AFTER: Final = re.compile(r"[.,;:!?*_~|\\]+\Z")
"""Marks at the end of a bare address belong to the sentence around it."""

_NOTE: Final = re.compile(r"<!--.*?-->|%%.*?%%", re.DOTALL)
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was taken out of the link on a line."""

    line: int
    names: tuple[str, ...]


def without_tracking(text: str, *, path: str) -> tuple[str, tuple[Removed, ...]]:
    """Return the text of a file with links that watch nobody, and what was taken out of them.

    Code and editors' notes stay as they are, and so does a file that cannot be understood.

    Raises:
        UnreadableError: the front matter cannot be understood.
    """
    if "?" not in text:
        return text, ()
    values, body = value_spans(text, _FIELDS, path=path)
    shown = _masked(text[body:])
    spans = [
        *((start + at.start(), start + at.end()) for start, end in values for at in _in(text[start:end])),
        *((body + at.start(), body + at.end()) for at in _in(shown)),
    ]
    lines, removed, result = Lines(text), [], text
    for start, end in sorted(spans, reverse=True):
        clean, names = _cleaned(text[start:end])
        if names:
            result = result[:start] + clean + result[end:]
            removed.append(Removed(line=lines.line(start), names=names))
    return result, tuple(reversed(removed))


def _in(text: str) -> Iterator[re.Match[str]]:
    return _ADDRESS.finditer(text)


def _cleaned(address: str) -> tuple[str, tuple[str, ...]]:
    """Return an address, perhaps with more text behind it, without what watches, and the names of that."""
    head, mark, query = address.partition("?")
    if not mark or "#" in head:
        return address, ()
    kept, names, position = "", [], 0
    separator = ""
    while found := _PARAMETER.match(query, position):
        end = found.end()
        following = _AND.match(query, end)
        if following is None and (tail := _AFTER.search(found[0])):
            end -= len(tail[0])
        parameter = query[position:end]
        name = parameter.partition("=")[0].replace("\\", "")
        if watches(name):
            names.append(name)
        else:
            kept += (separator if kept else "") + parameter
        if following is None:
            position = end
            break
        separator, position = following[0], following.end()
    rest = query[position:]
    return (f"{head}{'?' if kept else ''}{kept}{rest}" if names else address), tuple(dict.fromkeys(names))


def _masked(body: str) -> str:
    """Return a body of the same length in which code and notes are blanks."""
    text = _without_blocks(body.replace("\r", " ") if "\r\n" in body else body)
    spans = CodeSpans(text)
    pieces: list[str] = []
    position = 0
    for run in re.finditer(r"\\[\\`]|`+", text):
        end = spans.end(run.start(), len(run[0])) if run[0][0] == "`" and run.start() >= position else None
        if end is not None:
            pieces += [text[position : run.start()], " " * (end - run.start())]
            position = end
    pieces.append(text[position:])
    return _NOTE.sub(lambda found: " " * len(found[0]), "".join(pieces))


def _without_blocks(body: str) -> str:
    """Blank the lines of code blocks."""
    lines = _LINE.findall(body)
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    for token in parser.parse(body):
        if token.type in ("fence", "code_block") and token.map:
            for number in range(*token.map):
                if number < len(lines):
                    lines[number] = re.sub(r"[^\r\n]", " ", lines[number])
    return "".join(lines)
