"""YAML 1.2 front matter -> entries: a flat mapping, without tags, anchors and aliases.

The events of the parser are used and not its values: they keep the text as it was typed and never recurse,
so a bomb of brackets is an error after a few of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from publisher.content.fields import Kind, Where, find
from publisher.content.raw import Entry, Nested, Scalar, Sequence, quoted
from publisher.content.text import Lines
from publisher.content.trouble import UnreadableError

if TYPE_CHECKING:
    from ruamel.yaml.events import Event

_DEPTH: Final = 8
_COMMENT = re.compile(r"[ \t]+#")
_EMPTY_COMMENT = re.compile(r"[ \t]*:[ \t]*#")
_FIELD = re.compile(r"([A-Za-z_][\w-]*):[ \t]++(\S[^\r\n]*)")
_PLAIN = re.compile(
    r"[A-Za-z][\w./-]*(?: [A-Za-z(][\w./()-]*)*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII
)
_NOT_PLAIN = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_UNCLOSED: Final = "while scanning a quoted scalar"
_NO_COLON: Final = "could not find expected ':'"

_SENTENCES: Final = (
    ("mapping values are not allowed", "a second colon stands in this line"),
    ("found character '\\t'", "a tab stands where only spaces may"),
    ("cannot start any token", "an unquoted value cannot begin with this character"),
    (_UNCLOSED, "this quotation mark is never closed"),
    (_NO_COLON, "this line has no colon"),
    ("expected <block end>", "this does not fit the lines above it"),
    ("no field begins here", "no field begins here"),
    ("second document", "a second document begins here"),
)


def entries(text: str, start: int, end: int, *, path: str) -> list[Entry]:
    """Return the fields of the YAML that stands in `text` from `start` to `end`, in order.

    Raises:
        UnreadableError: not YAML (E006), a value that needs quotes (E007), tags or aliases (E011), nested too
            deep (E012).
    """
    block = _Block(text, start, end, path)
    try:
        return list(block.entries())
    except MarkedYAMLError as error:
        problem = f"{error.context} {error.problem}"
        begun_above = _UNCLOSED in problem or _NO_COLON in problem
        mark = error.context_mark if begun_above else error.problem_mark
        raise block.trouble(problem, mark.index if mark else 0) from None
    except (YAMLError, ValueError, OverflowError) as error:
        raise block.trouble(str(error), 0) from None


def render(value: str | int | tuple[str, ...], *, indent: str | None) -> str:
    """Return `value` as YAML writes it: a list stands in brackets, or in lines of their own with `indent`."""
    if isinstance(value, tuple):
        items = [render(item, indent=None) for item in value]
        if indent is None or not items:
            return f"[{', '.join(items)}]"
        return "\n".join(f"{indent}- {item}" for item in items)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (_PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN):
        return str(value)
    return quoted(value)


class _Block:
    """One YAML block on its way to entries."""

    def __init__(self, text: str, start: int, end: int, path: str) -> None:
        self._text = text
        self._start = start
        self._source = text[start:end]
        self._path = path

    def entries(self) -> Iterator[Entry]:
        """Yield the fields as the parser comes to them."""
        events = self._events()
        top = next(events, None)
        if top is None:
            return
        if not isinstance(top, MappingStartEvent) or top.flow_style:
            raise self.trouble("no field begins here", top.start_mark.index)
        for key in events:
            if isinstance(key, CollectionEndEvent):
                break
            if not isinstance(key, ScalarEvent) or not self._begins_line(key):
                raise self.trouble("no field begins here", key.start_mark.index)
            yield Entry(
                key=key.value, start=self._start + key.start_mark.index, value=self._value(events, key)
            )
        next(events, None)  # a second document makes itself heard only now

    def trouble(self, problem: str, index: int) -> UnreadableError:
        """Return the error for what the parser complains of at `index`, in words of ours."""
        needs = None if _UNCLOSED in problem else self._needs_quotes(index)
        if needs is not None:
            return needs
        what = next((ours for theirs, ours in _SENTENCES if theirs in problem), "this is not valid YAML")
        return self._error("E006", what, index, "write one `field: value` a line, and quotes where in doubt")

    def _events(self) -> Iterator[Event]:
        """Yield the events from the outermost mapping on, refusing what no front matter needs."""
        depth = documents = 0
        for event in YAML(typ="safe", pure=True).parse(self._source):
            documents += isinstance(event, DocumentStartEvent)
            if documents > 1:
                raise self.trouble("a second document begins here", event.start_mark.index)
            if isinstance(event, NodeEvent):
                if isinstance(event, AliasEvent) or event.anchor or getattr(event, "tag", None):
                    raise self._refused(event)
                yield event
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > _DEPTH:
                raise self._error(
                    "E012",
                    "brackets or lists are nested too deep",
                    event.start_mark.index,
                    "front matter is flat",
                )
            if isinstance(event, CollectionEndEvent):
                yield event

    def _begins_line(self, key: ScalarEvent) -> bool:
        before = self._source[: key.start_mark.index]
        return not before or before[-1] in "\r\n"

    def _value(self, events: Iterator[Event], key: ScalarEvent) -> Scalar | Sequence | Nested:
        """Read one value; of nested ones only the extent matters."""
        first = next(events)
        if isinstance(first, ScalarEvent):
            return self._scalar(first, key)
        items: list[Scalar] = []
        flat, depth, end = isinstance(first, SequenceStartEvent), 1, first.end_mark.index
        for event in events:
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            flat = flat and not isinstance(event, CollectionStartEvent)
            if isinstance(event, ScalarEvent):
                items.append(self._scalar(event, None))
                end = items[-1].end - self._start
            elif isinstance(event, CollectionEndEvent) and event.start_mark.index < event.end_mark.index:
                end = event.end_mark.index
            if depth == 0:
                break
        start, end = self._start + first.start_mark.index, self._start + end
        return Sequence(items=tuple(items), start=start, end=end) if flat else Nested(start=start, end=end)

    def _scalar(self, event: ScalarEvent, key: ScalarEvent | None) -> Scalar:
        start, end = event.start_mark.index, event.end_mark.index
        plain = event.style is None
        if plain and not event.value:
            start = end = self._after_colon(key) if key else start
        end = start + len(self._source[start:end].rstrip())
        comment = _EMPTY_COMMENT.match(self._source, key.end_mark.index) if key and not event.value else None
        cut = plain and bool(comment or _COMMENT.match(self._source, end))
        return Scalar(
            text=event.value, start=self._start + start, end=self._start + end, plain=plain, cut=cut
        )

    def _after_colon(self, key: ScalarEvent) -> int:
        return self._source.index(":", key.end_mark.index) + 1

    def _refused(self, event: NodeEvent) -> UnreadableError:
        if (needs := self._needs_quotes(event.start_mark.index)) is not None:
            return needs
        return self._error(
            "E011",
            "tags (!), anchors (&) and aliases (*) have no meaning here",
            event.start_mark.index,
            "put the value in quotes, or write it out",
        )

    def _needs_quotes(self, index: int) -> UnreadableError | None:
        """Return the error for a text field whose value YAML takes for something else."""
        start = max(self._source.rfind("\n", 0, index), self._source.rfind("\r", 0, index)) + 1
        line = _FIELD.match(self._source, start)
        field = find(line[1], Where.SINGLE) if line else None
        if line is None or field is None or field.kind not in (Kind.TEXT, Kind.PROSE):
            return None
        fix = f"write {line[1]}: {quoted(_in_single_quotes(line[2].rstrip()))}"
        return self._error("E007", f"this {line[1]} needs quotes", line.start(2), fix)

    def _error(self, code: str, what: str, index: int, fix: str) -> UnreadableError:
        place = Lines(self._text).place(self._start + index, path=self._path)
        return UnreadableError(code, what, place=place, fix=fix)


def _in_single_quotes(value: str) -> str:
    """Return what stands between single quotes which an apostrophe ended too early."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
