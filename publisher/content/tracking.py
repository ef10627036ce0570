"""Links that watch readers: taken out of a file without changing any other byte of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from publisher.content.code import CodeSpans
from publisher.content.frontmatter import value_spans
from publisher.content.text import Lines
from publisher.model.addresses import bare, can_be_mended, is_balanced, tracking, watching_parts

_SCHEME: Final = re.compile(r"https?:", re.IGNORECASE)
_NOTE: Final = re.compile(r"<!--.*?-->|%%.*?%%", re.DOTALL)
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTES: Final = ("'", '"')
_BLOCK: Final = ("|", ">")
_ESCAPED: Final = re.compile(r"\\.")

_MARKDOWN: Final = re.compile(
    r"\\[!-/:-@\[-`{-~]|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});|.", re.DOTALL
)
_AS_IT_IS: Final = re.compile(r".", re.DOTALL)
_DOUBLE_QUOTED: Final = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|.", re.DOTALL
)
"""How letters are written in a text, each of which may take several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was taken out of the link on a line."""

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """An address as it is meant, and how the letters of it are written from `start` on."""

    start: int
    address: str
    letters: re.Pattern[str]


def without_tracking(text: str, *, path: str) -> tuple[str, tuple[Removed, ...]]:
    """Return the text of a file with links that watch nobody, and what was taken out of them.

    Only where links lead is changed. Their words and titles, pictures, addresses within other addresses, code
    and editors' notes stay as they are, and so does a file that cannot be understood.

    Raises:
        UnreadableError: the front matter cannot be understood.
    """
    if "?" not in text:
        return text, ()
    links, body = value_spans(text, ("link",), path=path)
    sponsors, _ = value_spans(text, ("sponsor",), path=path)
    written = [
        *(each for start, end in links for each in _in_value(text, start, end)),
        *(each for start, end in sponsors for each in _in_markdown(text[start:end], start)),
        *_in_markdown(_without_notes(text[body:]), body),
    ]
    lines, removed, result = Lines(text), [], text
    for each in sorted(written, key=lambda one: one.start, reverse=True):
        cuts = _cuts(text, each)
        for start, end in reversed(cuts):
            result = result[:start] + result[end:]
        if cuts:
            removed.append(Removed(line=lines.line(each.start), names=tracking(each.address)))
    return result, tuple(reversed(removed))


def _cuts(text: str, written: _Written) -> list[tuple[int, int]]:
    """Return from where to where the text loses letters; nothing if it is not written as it seems."""
    parts = watching_parts(written.address)
    if not parts or not can_be_mended(written.address):
        return []
    offsets = [written.start]
    for letter in written.address[: parts[-1][1]]:
        meant, end = _letter(text, offsets[-1], written.letters)
        if meant != letter:
            return []
        offsets.append(end)
    cuts = [(offsets[start], offsets[end]) for start, end in parts]
    return cuts if all(is_balanced(_ESCAPED.sub("", text[start:end])) for start, end in cuts) else []


def _letter(text: str, at: int, letters: re.Pattern[str]) -> tuple[str, int]:
    """Return the letter that is meant by an escape, an entity or itself at `at`, and where that ends."""
    found = letters.match(text, at)
    if found is None:
        return "", at
    written = found[0]
    if written[0] == "&" and len(meant := html.unescape(written)) == 1:
        return meant, found.end()
    if len(written) == 1 or written[0] == "&":
        return written[0], at + 1
    if len(written) == 2:
        return written[1], found.end()
    digits = written[2:]
    return chr(int(digits, 16)), found.end()


def _in_value(text: str, start: int, end: int) -> Iterator[_Written]:
    """Yield the address that the value of a field is."""
    value = text[start:end]
    found = _SCHEME.search(value)
    if found is None:
        return
    before, after = value[: found.start()].strip(), value[found.start() :].rstrip()
    quote = before[:1] if before[:1] in _QUOTES else ""
    if before.strip(quote or " ") and before[0] not in _BLOCK:
        return
    letters = _DOUBLE_QUOTED if quote == '"' else _AS_IT_IS
    address, at, end = "", start + found.start(), start + found.start() + len(after.rstrip(quote or " "))
    while at < end and text[at] not in "\r\n":
        letter, at = _letter(text, at, letters)
        address += letter
    yield _Written(start + found.start(), address, letters)


class _Grammar(MarkdownIt):
    """Reads every address and leaves it as it is meant."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name
        """Let every address pass."""
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        """Leave the address alone."""
        return url


class _Marks:
    """Numbers put into every address of a text, to find where the parser has put the addresses."""

    def __init__(self, text: str) -> None:
        self.sign = next(sign for sign in map(chr, range(0xE000, 0xF900)) if sign not in text)
        self.starts = [found.start() for found in _SCHEME.finditer(text)]
        numbers = iter(range(len(self.starts)))
        self.text = _SCHEME.sub(lambda found: f"{found[0]}{self.sign}{next(numbers)}{self.sign}", text)
        self._mark = re.compile(f"{self.sign}(\\d+){self.sign}")

    def taken_out(self, text: str) -> tuple[str, Mapping[int, int]]:
        """Return a text without marks, and by offset of an address where that is in the whole text."""
        starts: dict[int, int] = {}
        pieces: list[str] = []
        length = position = 0
        for found in self._mark.finditer(text):
            pieces.append(text[position : found.start()])
            length += len(pieces[-1])
            start = self.starts[int(found[1])]
            scheme = pieces[-1].rpartition(":")[0][-5:].lower()
            starts[length - (6 if scheme == "https" else 5)] = start
            position = found.end()
        return "".join(pieces) + text[position:], starts


def _in_markdown(text: str, offset: int) -> Iterator[_Written]:
    """Yield where the links of a text lead, each once."""
    if "?" not in text:
        return
    parser = _Grammar("commonmark", {"html": False, "maxNesting": 100})
    parser.enable(["table"]).use(footnote_plugin, inline=False, move_to_end=False)
    marks = _Marks(text)
    environment: dict[str, dict[str, dict[str, str]]] = {}
    tokens = parser.parse(marks.text, environment)
    if _shape(tokens) != _shape(parser.parse(text)):
        return
    found: dict[int, _Written] = {}
    defined = [(each["href"], _MARKDOWN) for each in environment.get("references", {}).values()]
    for target, letters in (*defined, *_targets(tokens)):
        address, starts = marks.taken_out(target)
        if 0 in starts:
            found[starts[0]] = _Written(offset + starts[0], address, letters)
    for run in _runs(tokens):
        words, starts = marks.taken_out(run)
        for at, address in bare(words):
            if at in starts:
                found[starts[at]] = _Written(offset + starts[at], address, _MARKDOWN)
    yield from found.values()


def _targets(tokens: list[Token]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield where links lead, and how the letters of that are written."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrs["href"]), _AS_IT_IS if child.markup == "autolink" else _MARKDOWN


def _runs(tokens: list[Token]) -> Iterator[str]:
    """Yield the words outside of links."""
    for token in tokens:
        depth = 0
        for child in token.children or ():
            if child.type in ("link_open", "link_close"):
                depth += child.nesting
            elif child.type == "text" and not depth:
                yield child.content


def _shape(tokens: list[Token]) -> list[str]:
    """Return what a text is made of, without the words."""
    return [each.type for token in tokens for each in (token, *(token.children or ()))]


def _without_notes(body: str) -> str:
    """Return a body of the same length in which notes are blanks; what looks like one in code is none."""
    shown = body.replace("\r", " ") if "\r\n" in body else body
    masked = _without_code(shown)
    for found in reversed(list(_NOTE.finditer(masked))):
        blank = re.sub(r"[^\n]", " ", found[0])
        shown = shown[: found.start()] + blank + shown[found.end() :]
    return shown


def _without_code(body: str) -> str:
    """Return a body of the same length in which code is blanks."""
    text = _without_blocks(body)
    spans = CodeSpans(text)
    pieces: list[str] = []
    position = 0
    for run in re.finditer(r"\\[\\`]|`+", text):
        end = spans.end(run.start(), len(run[0])) if run[0][0] == "`" and run.start() >= position else None
        if end is not None:
            pieces += [text[position : run.start()], " " * (end - run.start())]
            position = end
    return "".join([*pieces, text[position:]])


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
