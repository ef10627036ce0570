"""TOML front matter -> entries. `tomllib` reads the values; a small scanner finds where they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from publisher.content.fields import Kind, Where, find
from publisher.content.raw import Entry, Nested, Scalar, Sequence, quoted
from publisher.content.text import Lines
from publisher.content.trouble import UnreadableError

_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")
_DOTTED = re.compile(r"""(?<!["'\w-])(?:["'\w-]++[ \t]*+\.[ \t]*+){20}""")
_KEY = r"""[A-Za-z0-9_-]+|"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*'"""
_STATEMENT = re.compile(rf"[ \t]*+(\[\[?)?[ \t]*+({_KEY})[^=\]\r\n]*(?:=[ \t]*)?")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:\\.|[^"\\\r\n])*"|'
    r"'[^'\r\n]*'|#[^\r\n]*|[\[\]{}]|\r\n|\r|\n|.",
    re.DOTALL,
)
_FIELD = re.compile(r"[ \t]*+([A-Za-z_][\w-]*)[ \t]*+=[ \t]*+([^\"'\s][^\r\n]*)")


@dataclass(frozen=True, slots=True)
class _Statement:
    """`key = value` or `[key]` at the top level; the offsets are those of the key and of the value."""

    key: str
    table: bool = False
    start: int = 0
    value_start: int = 0
    value_end: int = 0


def entries(text: str, start: int, end: int, *, path: str) -> list[Entry]:
    """Return the fields of the TOML that stands in `text` from `start` to `end`, in order.

    Raises:
        UnreadableError: not TOML (E006), a value that needs quotes (E007), nested too deep (E012).
    """
    source = text[start:end]
    if _DOTTED.search(source):
        raise _too_deep(text, start, path)
    try:
        values = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _trouble(text, start, end, str(error), path) from None
    except (RecursionError, ValueError):
        raise _too_deep(text, start, path) from None
    statements: dict[str, _Statement] = {}
    for statement in _statements(source):
        statements.setdefault(statement.key, statement)
    return [_entry(statements.get(key, _Statement(key)), value, start) for key, value in values.items()]


def insertion_point(text: str, start: int, end: int) -> int:
    """Return the offset at which a further field can be written: before the first table, else at the end."""
    tables = (statement.start for statement in _statements(text[start:end]) if statement.table)
    return start + next(tables, end - start)


def render(value: str | int | tuple[str, ...]) -> str:
    """Return `value` as TOML writes it after `key = `."""
    if isinstance(value, tuple):
        return f"[{', '.join(quoted(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quoted(value)


def _entry(statement: _Statement, value: Any, base: int) -> Entry:  # noqa: ANN401 - tomllib's values are Any
    start, end = base + statement.value_start, base + statement.value_end
    raw: Scalar | Sequence | Nested = Nested(start=start, end=end)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        items = tuple(Scalar(text=_text(item), start=start, end=end) for item in value)
        raw = Sequence(items=items, start=start, end=end)
    elif not isinstance(value, dict | list):
        raw = Scalar(text=_text(value), start=start, end=end)
    return Entry(key=statement.key, start=base + statement.start, value=raw)


def _text(value: Any) -> str:  # noqa: ANN401 - tomllib's values are Any
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def _statements(source: str) -> Iterator[_Statement]:
    """Yield the top-level statements of valid TOML; after the first table only headers are top-level."""
    position, in_table = 0, False
    while position < len(source):
        match = _STATEMENT.match(source, position)
        if match is None:
            position = _value_end(source, position)[1]
            continue
        table = match[1] is not None
        end, position = _value_end(source, match.start(1) if table else match.end())
        if table or not in_table:
            yield _Statement(_key(match[2]), table, match.start(1 if table else 2), match.end(), end)
        in_table = in_table or table


def _value_end(source: str, position: int) -> tuple[int, int]:
    """Return the end of the value that begins at `position`, and the begin of the next statement."""
    depth, end = 0, position
    for token in _TOKEN.finditer(source, position):
        kind = token[0][0]
        if kind in "\r\n" and depth == 0:
            return end, token.end()
        depth += (kind in "[{") - (kind in "]}")
        if kind not in "# \t\r\n":
            end = token.end()
    return end, len(source)


def _key(written: str) -> str:
    if written[0] in "\"'":
        return next(iter(tomllib.loads(f"{written} = 1")))
    return written


def _too_deep(text: str, start: int, path: str) -> UnreadableError:
    """Return the error for brackets that exhaust the parser and for numbers that exhaust Python."""
    place = Lines(text).place(start, path=path)
    return UnreadableError(
        "E012", "keys, numbers or brackets go too deep", place=place, fix="front matter is flat"
    )


def _trouble(text: str, start: int, end: int, problem: str, path: str) -> UnreadableError:
    """Return the error for what tomllib complains of, in words of ours, at its place in the file."""
    lines = Lines(text)
    match = _WHERE.search(problem)
    first = lines.line(start)
    line, column = (first + int(match[1]) - 1, int(match[2])) if match else (lines.line(end), 1)
    field = _FIELD.match(text, lines.start(line))
    known = find(field[1], Where.SINGLE) if field else None
    if field is not None and known is not None and known.kind in (Kind.TEXT, Kind.PROSE):
        return UnreadableError(
            "E007",
            f"this {field[1]} needs quotes",
            place=lines.place(field.start(2), path=path),
            fix=f"write {field[1]} = {quoted(field[2].rstrip())}",
        )
    return UnreadableError(
        "E006",
        "this is not valid TOML",
        place=lines.place(lines.start(line) + column - 1, path=path),
        fix="write one `field = value` a line, with texts in quotes",
    )
