"""The front matter of other tools: YAML, TOML, JSON or bare lines, read as far as it goes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from publisher.content import raw_yaml
from publisher.content.importers.change import Changes
from publisher.content.importers.pelican import split_head
from publisher.content.raw import Nested, Scalar, Sequence
from publisher.content.text import BOM, CONTROL, body_lines
from publisher.content.trouble import UnreadableError

Value = str | tuple[str, ...]
"""What a field of another tool says: a text, or a list of texts. Structure comes as JSON."""

_OPENING = re.compile(r"(---|\+\+\+|;;;)[ \t]*\n")
_ENDS: Final = {"---": r"(?:---|\.\.\.)", "+++": r"\+\+\+", ";;;": ";;;"}
_FIELD = re.compile(r"([A-Za-z_][\w .-]*?)[ \t]*:(?:[ \t]+(.*))?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_QUOTED = re.compile(r"\"(.*)\"|'(.*)'", re.DOTALL)
_LARGEST: Final = 48 * 1024
_ABSENT: Final = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The fields of a text by their names as written, and the text below them; lines end with LF.

    `fenced` is false for fields without a fence, and for a text without fields.
    """

    fields: Mapping[str, Value]
    body: str
    fenced: bool


def read_head(text: str, changes: Changes) -> Head:
    """Read the head of a text; what cannot be understood is noted, and stays as a field called `unread`."""
    text = "\n".join(body_lines(CONTROL.sub("", text.removeprefix(BOM))))
    opening = _OPENING.match(text)
    if opening is None:
        bare = split_head(text.lstrip("\n"))
        if bare is None:
            return Head(fields={}, body=text, fenced=False)
        return Head(fields=_limited(bare[0], changes), body=bare[1], fenced=False)
    closing = re.compile(rf"^{_ENDS[opening[1]]}[ \t]*$\n?", re.MULTILINE).search(text, opening.end())
    if closing is None:
        return Head(fields={}, body=text, fenced=False)
    source, body = text[opening.end() : closing.start()], text[closing.end() :]
    fields = _READERS[opening[1]](source, changes)
    return Head(fields=_limited(fields, changes), body=body, fenced=True)


def _yaml(source: str, changes: Changes) -> dict[str, Value]:
    try:
        found = raw_yaml.entries(source, 0, len(source), path="the front matter")
    except UnreadableError:
        changes.note("the front matter is no plain YAML; it is read line by line")
        return _by_lines(source, changes)
    fields: dict[str, Value] = {}
    for entry in found:
        value = _yaml_value(entry.value, source)
        if value is not None:
            fields.setdefault(entry.key, value)
    return fields


def _yaml_value(raw: Scalar | Sequence | Nested, source: str) -> Value | None:
    if isinstance(raw, Sequence):
        return tuple(item.text for item in raw.items)
    if isinstance(raw, Nested):
        return " ".join(source[raw.start : raw.end].split())
    if raw.plain and raw.text in _ABSENT:
        return None
    if raw.cut:  # other tools take ` #` for a comment, too; nobody can know whether it was meant
        line_end = source.find("\n", raw.end)
        return source[raw.start : line_end if line_end >= 0 else len(source)].strip()
    return raw.text


def _toml(source: str, changes: Changes) -> dict[str, Value]:
    try:
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        changes.note("the front matter is no plain TOML; it is read line by line")
        return _by_lines(re.sub(r"^([\w-]+)[ \t]*=[ \t]*", r"\1: ", source, flags=re.MULTILINE), changes)
    return _plain(values)


def _json(source: str, changes: Changes) -> dict[str, Value]:
    try:
        values = json.loads(source if source.lstrip().startswith("{") else f"{{{source}}}")
    except (ValueError, RecursionError):
        changes.note("the front matter is no plain JSON; it is read line by line")
        return _by_lines(source, changes)
    return _plain(values)


def _plain(values: Mapping[str, Any]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for key, value in values.items():
        if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
            fields[key] = tuple(map(_text, value))
        elif value is not None:
            fields[key] = _text(value)
    return fields


def _text(value: Any) -> str:  # noqa: ANN401 - tomllib's and json's values are Any
    if isinstance(value, str):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str)


def _by_lines(source: str, changes: Changes) -> dict[str, Value]:
    """Read `name: value` by lines, with lists below; all other lines are kept as `unread`."""
    fields: dict[str, Value] = {}
    unread: list[str] = []
    last = ""
    for line in source.split("\n"):
        found, item = _FIELD.fullmatch(line.rstrip()), _ITEM.fullmatch(line)
        if found is not None and found[1] not in fields:
            last = found[1]
            fields[last] = _unquoted((found[2] or "").strip())
        elif item is not None and last and (isinstance(fields[last], tuple) or not fields[last]):
            before = fields[last]
            fields[last] = (*(before if isinstance(before, tuple) else ()), _unquoted(item[1].strip()))
        elif line.strip():
            unread.append(line.strip())
    if unread:
        changes.note("lines of the front matter could not be understood", "\n".join(unread))
        fields["unread"] = " ".join(unread)
    return {key: value for key, value in fields.items() if value}


def _unquoted(text: str) -> str:
    found = _QUOTED.fullmatch(text)
    return (found[1] if found[1] is not None else found[2]) if found else text


def _limited(fields: Mapping[str, Value], changes: Changes) -> dict[str, Value]:
    """Return the fields without control characters, and no more of them than a front matter may hold."""
    kept: dict[str, Value] = {}
    room = _LARGEST
    for key, value in fields.items():
        clean = tuple(map(_clean, value)) if isinstance(value, tuple) else _clean(value)
        room -= len(key) + len(str(clean))
        if room < 0:
            changes.leave_out("a field that is too large is left out", f"{key}: {value}")
            room += len(key) + len(str(clean))
        else:
            kept[key] = clean
    return kept


def _clean(text: str) -> str:
    return CONTROL.sub("", text).strip()


_READERS: Final = {"---": _yaml, "+++": _toml, ";;;": _json}
