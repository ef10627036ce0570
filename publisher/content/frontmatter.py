"""The head of a file: YAML between `---` or TOML between `+++` -> fields, and edits of a single field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from publisher.content import raw_toml, raw_yaml
from publisher.content.fields import UNCUT, Field, Kind, Where, find, is_free, nearest
from publisher.content.raw import Entry, Scalar, Sequence, quoted, texts
from publisher.content.text import Lines
from publisher.content.trouble import UnreadableError
from publisher.content.values import Value, is_absent, value_of
from publisher.errors import Place
from publisher.model.finding import Finding
from publisher.model.issue import Intent

FRONT_MATTER_CHARACTERS: Final = 64 * 1024

_OPENING = re.compile("(\ufeff?)(---|\\+\\+\\+)[ \t]*(\r\n|\r|\n|\\Z)")
_COMMENT = re.compile(r"[ \t]*#")
_WHERE_IT_BELONGS: Final = {Where.ISSUE: "the file of a story", Where.STORY: "`issue.md`"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The fields of one file by their own names, the lines they stand on, and the text below them.

    `body_line` is the line of the file on which `body` begins, from 1.
    """

    path: str
    values: Mapping[str, Value]
    lines: Mapping[str, int]
    body: str
    body_line: int
    findings: tuple[Finding, ...] = field(default=())

    def text(self, name: str) -> str | None:
        """Return a field of text, None if it is left out or empty."""
        value = self.values.get(name)
        return value if isinstance(value, str) and value else None

    def names(self, name: str) -> tuple[str, ...] | None:
        """Return a field that is a list, None if it is left out."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else None

    def number(self, name: str) -> int | None:
        """Return a field that is a number, None if it is left out."""
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def day(self, name: str) -> date | None:
        """Return a field that is a day or a moment, None if it is left out."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    def place(self, name: str) -> Place:
        """Return where a field stands; the first line if it is left out."""
        return Place(path=self.path, line=self.lines.get(name, 1))


def read_front_matter(text: str, *, path: str, where: Where) -> FrontMatter:
    """Read the head of a file of that kind. What is wrong with one field is a finding and leaves it out.

    Raises:
        UnreadableError: there is no front matter (E005), or it cannot be understood (E003, E006, E007, E011,
            E012).
    """
    block = _split(text, path)
    lines = Lines(text)
    reader = _Reader(text=text, path=path, where=where, positions=lines)
    for entry in block.entries():
        reader.take(entry)
    return FrontMatter(
        path=path,
        values=reader.values,
        lines=reader.lines,
        body=text[block.body :],
        body_line=lines.line(block.body),
        findings=tuple(reader.findings),
    )


def set_field(
    text: str, key: str, value: str | int | tuple[str, ...] | None, *, path: str = "the file"
) -> str:
    """Return `text` with front-matter field `key` set to `value`, or without it where `value` is None.

    Only the lines of that field change; comments, line ends and the byte order mark stay as they are. A text
    without front matter gets one.

    Raises:
        UnreadableError: the front matter cannot be understood, so nothing can be changed safely.
    """
    if not _OPENING.match(text):
        bom, end = ("\ufeff" if text.startswith("\ufeff") else ""), _line_end(text)
        text = f"{bom}---{end}---{end}{text.removeprefix(bom)}"
    block = _split(text, path)
    wanted = _canonical(key)
    entries = block.entries()
    old = next((entry for entry in entries if _canonical(entry.key) == wanted), None)
    if old is not None:
        new = block.replaced(old, key, value)
    elif value is not None:
        new = block.inserted(key, value)
    else:
        return text
    if _others(_split(new, path).entries(), wanted) != _others(entries, wanted):
        raise UnreadableError(
            "E006",
            f"{key} cannot be changed without touching other fields",
            place=Lines(text).place(block.start, path=path),
            fix="change it by hand",
        )
    return new


def value_spans(
    text: str, names: tuple[str, ...], *, path: str = "the file"
) -> tuple[tuple[tuple[int, int], ...], int]:
    """Return where the values of these fields stand (offsets, quotes included), and where the body begins.

    A text without front matter is all body.

    Raises:
        UnreadableError: the front matter cannot be understood.
    """
    if not _OPENING.match(text):
        return (), 0
    block = _split(text, path)
    values = (entry.value for entry in block.entries() if _canonical(entry.key) in names)
    return tuple((value.start, value.end) for value in values), block.body


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """Where the parts of a file are: offsets of the block between the delimiters and of the body."""

    text: str
    path: str
    toml: bool
    start: int
    end: int
    body: int

    def entries(self) -> list[Entry]:
        entries = raw_toml.entries if self.toml else raw_yaml.entries
        return entries(self.text, self.start, self.end, path=self.path)

    def replaced(self, old: Entry, key: str, value: str | int | tuple[str, ...] | None) -> str:
        start, end = old.value.start, old.value.end
        if value is None:
            start, end = old.start, _next_line(self.text, end)
            return self.text[:start] + self.text[end:]
        written = self._written(value, self._indent(old)).lstrip(" ")
        if isinstance(value, str) and _COMMENT.match(self.text, end):
            written = quoted(value)
        if find(old.key, Where.SINGLE) != find(key, Where.SINGLE):
            start, written = old.start, f"{key}{' = ' if self.toml else ': '}{written}"
        gap = " " if self.text[start - 1] == ":" and not written.startswith(("\r", "\n")) else ""
        return self.text[:start] + gap + written + self.text[end:]

    def inserted(self, key: str, value: str | int | tuple[str, ...]) -> str:
        """Write a new field: an id first, everything else last."""
        line_end = _line_end(self.text)
        at = self.start if key == "id" else self.end
        if self.toml and key != "id":
            at = raw_toml.insertion_point(self.text, self.start, self.end)
        line = f"{key}{' = ' if self.toml else ': '}{self._written(value, None)}{line_end}"
        return self.text[:at] + line + self.text[at:]

    def _written(self, value: str | int | tuple[str, ...], indent: str | None) -> str:
        if self.toml:
            return raw_toml.render(value)
        return raw_yaml.render(value, indent=indent).replace("\n", _line_end(self.text))

    def _indent(self, old: Entry) -> str | None:
        """Return the blanks before the dashes of a list by lines; None for any other value."""
        if not isinstance(old.value, Sequence) or self.text[old.value.start] != "-":
            return None
        before = self.text[: old.value.start]
        return before[max(before.rfind("\n"), before.rfind("\r")) + 1 :]


class _Reader:
    """Takes entries one by one and keeps values, lines and findings."""

    def __init__(self, *, text: str, path: str, where: Where, positions: Lines) -> None:
        self.values: dict[str, Value] = {}
        self.lines: dict[str, int] = {}
        self.findings: list[Finding] = []
        self._text = text
        self._path = path
        self._where = where
        self._positions = positions

    def take(self, entry: Entry) -> None:
        known = find(entry.key, self._where)
        if known is None:
            if not is_free(entry.key):
                self._unknown(entry)
            return
        name = _canonical(known.name)
        if name in self.lines:
            meant = "" if entry.key == name else f" ({entry.key} means {name})"
            what = f"{name} stands already on line {self.lines[name]}{meant}"
            self._add("E008", what, entry.start, "keep one of the two")
            return
        self.lines[name] = self._positions.line(entry.start)
        if known.kind is Kind.FREE or (is_absent(entry.value) and not self._cut(known, entry)):
            return
        self._value(known, name, entry)

    def _value(self, known: Field, name: str, entry: Entry) -> None:
        if self._cut(known, entry):
            fix = f"put the value of {known.name} in quotes, or the comment on a line of its own"
            self._add("E010", f"' #' cuts off the rest of this {known.name}", entry.value.end, fix)
            return
        try:
            value = value_of(known, entry.value)
        except ValueError as error:
            self._add(
                "E009", str(error), entry.value.start, f"write for example {known.name}: {known.example}"
            )
            return
        if known.name != "draft":
            self.values[name] = value
        elif value:
            self.values[name] = Intent.DRAFT

    def _cut(self, known: Field, entry: Entry) -> bool:
        return known.name in UNCUT and isinstance(entry.value, Scalar) and entry.value.cut

    def _unknown(self, entry: Entry) -> None:
        other = find(entry.key, ~self._where & Where.SINGLE)
        if other is not None:
            what = f"the field '{entry.key}' has no effect here"
            fix = f"it belongs in {_WHERE_IT_BELONGS[self._where]}"
        else:
            near = nearest(entry.key, self._where)
            what = f"unknown field '{entry.key}'"
            fix = f"did you mean {near}?" if near else "delete it, or let its name begin with x_"
        self._add("W301", what, entry.start, fix)

    def _add(self, code: str, what: str, offset: int, fix: str) -> None:
        place = self._positions.place(offset, path=self._path)
        self.findings.append(Finding(code=code, what=what, fix=fix, place=place))


def _split(text: str, path: str) -> _Split:
    opening = _OPENING.match(text)
    if opening is None:
        raise UnreadableError(
            "E005",
            "the file has no front matter",
            place=Place(path=path, line=1, column=1),
            fix="begin it with a line of ---, a title and another line of ---, or run `publisher import`",
        )
    delimiter = re.escape(opening[2])
    closing = re.compile(rf"(?<=[\r\n]){delimiter}[ \t]*(?:\r\n|\r|\n|\Z)").search(text, opening.end())
    if closing is None:
        raise UnreadableError(
            "E005",
            "the front matter has no end",
            place=Place(path=path, line=1, column=1),
            fix=f"write a second line of {opening[2]} below the fields",
        )
    if closing.start() - opening.end() > FRONT_MATTER_CHARACTERS:
        raise UnreadableError(
            "E003",
            f"the front matter is larger than {FRONT_MATTER_CHARACTERS // 1024} KiB",
            place=Place(path=path, line=1, column=1),
            fix="move the text below the second delimiter",
        )
    return _Split(
        text=text,
        path=path,
        toml=opening[2] == "+++",
        start=opening.end(),
        end=closing.start(),
        body=closing.end(),
    )


def _others(entries: list[Entry], wanted: str) -> list[tuple[str, object]]:
    """Return what all fields but one say, wherever they stand."""
    return [(entry.key, texts(entry.value)) for entry in entries if _canonical(entry.key) != wanted]


def _canonical(key: str) -> str:
    """Return the field that `key` sets: `draft` is a way to write `status`."""
    known = find(key, Where.SINGLE)
    return key if known is None else {"draft": "status"}.get(known.name, known.name)


def _line_end(text: str) -> str:
    found = re.search(r"\r\n|\r|\n", text)
    return found[0] if found else "\n"


def _next_line(text: str, offset: int) -> int:
    """Return where the line after the one at `offset` begins."""
    found = re.compile(r"\r\n|\r|\n").search(text, offset)
    return found.end() if found else len(text)
